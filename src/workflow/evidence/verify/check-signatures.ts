import { principalsOf, readSigners } from "./allowed-signers.ts";
import { hasBit, isAtLeast, levelOf, PRESENT } from "./assurance.ts";
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
  /** When it says that it was signed; its key must have had the role then, and still when the Harness relied on it. */
  readonly signedAt: string;
}

interface Judgement {
  readonly holds: boolean;
  readonly says: string;
}

const no = (says: string): Judgement => ({ holds: false, says });

/** Step 4, the approvals: each signed by its principal's key for this role, or said to be only attested; levels are recomputed. */
export const checkApprovalSignature = async (reading: Reading): Promise<readonly Check[]> => {
  const { approvals } = reading.records;
  if (approvals.length === 0 || reading.manifest?.reach === "gate") return [pass("approval", "no approval was used")];
  return (await Promise.all(approvals.map((approval) => checkOne(reading, approval)))).flat();
};

const checkOne = async (
  reading: Reading,
  approval: Reading["records"]["approvals"][number],
): Promise<readonly Check[]> => {
  const id = "approval";
  const { file, record } = approval;
  if (record === undefined) return [fail(id, "evidence/signature-invalid", "it does not read as approval/v1", file)];
  const { approver, authority, quorum, validity } = record.predicate;
  if (file !== `approval/approval.${approver.principal}.json` || !quorum.eligible.includes(approver.principal))
    return [fail(id, "evidence/binding-differs", "it is filed under another name than its approver's", file)];
  const level = levelOf(reading, approval) ?? "A0";
  const minimum =
    quorum.required > 1 && !isAtLeast(authority.minimumAssurance, "A2") ? "A2" : authority.minimumAssurance;
  const below = isAtLeast(level, minimum)
    ? []
    : [fail(id, "evidence/binding-differs", `${level} is below the minimum ${minimum}`, file)];
  if (approver.method !== "sshsig") return [...below, ...attested(reading, id, file, approver.assurance)];
  const signed = {
    id,
    file,
    namespace: "approval@cto-harness",
    principal: approver.principal,
    signedAt: validity.notBefore,
  };
  const rows = await verify(reading, signed, async (signature) => {
    if ((await fingerprintOf(reading, signature)) !== approver.keyFingerprint)
      return no("another key signed than the record names");
    if (approver.assurance === "A3" && level !== "A3")
      return no("the record says A3 and the key did not verify its user");
    return approver.assurance === "A0" || approver.assurance === "A1"
      ? no("a signed record says that it is only attested")
      : { holds: true, says: level };
  });
  return below.length === 0 ? rows : [...below, ...rows.filter(({ verdict }) => verdict !== "PASS")];
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
  const signed = {
    id,
    file,
    namespace: "admission@cto-harness",
    principal: admission.owner,
    signedAt: admission.admittedAt,
  };
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
  for (const at of [Date.parse(signed.signedAt), usedAt(reading)])
    if (!principalsOf(signers, signature.keyBlob, namespace, at).includes(principal))
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
