import { principalsOf, readSigners } from "./allowed-signers.ts";
import { unpaddedBase64 } from "./bytes.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";
import { isSignatureOver, readSshSignature, type SshSignature } from "./ssh-signature.ts";
import type { Eventually } from "./tools.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

interface Signed {
  readonly id: string;
  readonly file: string;
  readonly namespace: string;
  readonly principal: string;
}

interface Judgement {
  readonly holds: boolean;
  readonly says: string;
}

const no = (says: string): Judgement => ({ holds: false, says });

const LEVELS = ["A0", "A1", "A2", "A3"] as const;
const [PRESENT, VERIFIED] = [1, 4];

/** Step 4, the approval: signed by the owner's key for this role, or said to be only attested; the level is recomputed. */
export const checkApprovalSignature = async (reading: Reading): Promise<readonly Check[]> => {
  const id = "approval";
  const [approval] = reading.records.approvals;
  if (approval === undefined || reading.manifest?.reach === "gate") return [pass(id, "no approval was used")];
  const { file, record } = approval;
  if (record === undefined) return [fail(id, "evidence/signature-invalid", "it does not read as approval/v1", file)];
  const { approver, authority, quorum } = record.predicate;
  if (file !== `approval/approval.${approver.principal}.json` || !quorum.eligible.includes(approver.principal))
    return [fail(id, "evidence/binding-differs", "it is filed under another name than its approver's", file)];
  if (LEVELS.indexOf(approver.assurance) < LEVELS.indexOf(authority.minimumAssurance))
    return [
      fail(
        id,
        "evidence/binding-differs",
        `${approver.assurance} is below the minimum ${authority.minimumAssurance}`,
        file,
      ),
    ];
  if (approver.method !== "sshsig") return attested(reading, id, file, approver.assurance);
  const signed = { id, file, namespace: "approval@cto-harness", principal: approver.principal };
  return verify(reading, signed, async (signature) => {
    if ((await fingerprintOf(reading, signature)) !== approver.keyFingerprint)
      return no("another key signed than the record names");
    const isA3 = hasBit(signature.flags, PRESENT) && hasBit(signature.flags, VERIFIED);
    if (approver.assurance === "A3" && !isA3) return no("the record says A3 and the key did not verify its user");
    return approver.assurance === "A0" || approver.assurance === "A1"
      ? no("a signed record says that it is only attested")
      : { holds: true, says: approver.assurance };
  });
};

const attested = ({ files }: Reading, id: string, file: string, level: string): readonly Check[] => {
  if (level === "A2" || level === "A3")
    return [fail(id, "evidence/signature-missing", `${level} is claimed without a signature`, file)];
  if (files.has(`${file}.sig`))
    return [fail(id, "evidence/signature-invalid", "a signature lies beside a record that has none", `${file}.sig`)];
  return [pass(id, `${level}: consent is host-attested only`)];
};

/** The admission, signed by the target's owner. */
export const checkAdmissionSignature = async (reading: Reading): Promise<readonly Check[]> => {
  const id = "admission";
  const { admission } = reading.records;
  const file = "approval/admission.json";
  if (!reading.files.has(file) || reading.manifest?.reach === "gate") return [pass(id, "no admission was used")];
  if (admission === undefined)
    return [fail(id, "evidence/signature-invalid", "it does not read as admission/v1, admitted", file)];
  const signed = { id, file, namespace: "admission@cto-harness", principal: admission.owner };
  return verify(reading, signed, () => ({ holds: true, says: "admitted" }));
};

/** A signature that does not fit is FAIL without any trust; whose key it is needs the trust root. */
const verify = async (
  reading: Reading,
  signed: Signed,
  judge: (signature: SshSignature) => Eventually<Judgement>,
): Promise<readonly Check[]> => {
  const { files, tools, trust } = reading;
  const { id, file, namespace, principal } = signed;
  const [message, armored] = [files.get(file), files.get(`${file}.sig`)];
  if (message === undefined || armored === undefined)
    return [fail(id, "evidence/signature-missing", "it is not signed", `${file}.sig`)];
  const invalid = (says: string): readonly Check[] => [fail(id, "evidence/signature-invalid", says, `${file}.sig`)];
  const signature = readSshSignature(armored);
  if (signature === undefined) return invalid("it does not read as an SSH signature");
  if (signature.namespace !== namespace) return invalid(`it is for another role than ${namespace}`);
  if (!(await isSignatureOver(tools, signature, message))) return invalid("it does not fit these bytes and its key");
  if (signature.key.application !== undefined && !hasBit(signature.flags, PRESENT))
    return invalid("the key was not touched");
  const { holds, says } = await judge(signature);
  if (!holds) return invalid(says);
  const fingerprint = await fingerprintOf(reading, signature);
  const signers = trust === "none" ? undefined : readSigners(trust.allowedSigners);
  if (signers === undefined)
    return [notProven(id, `signed by ${fingerprint}; whose key that is needs trust`, `${file}.sig`)];
  const names = principalsOf(signers, signature.keyBlob, namespace, usedAt(reading));
  if (!names.includes(principal))
    return invalid(`${fingerprint} is no key of ${principal} for ${namespace} at that time`);
  return [pass(id, `${principal}, ${says}, ${fingerprint}`)];
};

/** The moment at which the Harness relied on it. */
const usedAt = ({ events, records }: Reading): number => {
  const [consumed] = eventsOf(events, "approval.consumed");
  const fallback = records.approvals[0]?.record?.predicate.validity.notBefore ?? records.admission?.admittedAt ?? "";
  return Date.parse(consumed?.time ?? fallback);
};

const fingerprintOf = async ({ tools }: Reading, { keyBlob }: SshSignature): Promise<string> =>
  `SHA256:${unpaddedBase64(await tools.sha256(keyBlob))}`;

const hasBit = (flags: number | undefined, bit: number): boolean => Math.floor((flags ?? 0) / bit) % 2 === 1;
