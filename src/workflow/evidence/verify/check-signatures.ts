import { principalsOf, readSigners } from "./allowed-signers.ts";
import { isAtLeast, levelOf, LEVELS } from "./assurance.ts";
import { unpaddedBase64 } from "./bytes.ts";
import { eventsOf } from "./events.ts";
import { hasBit, PRESENT } from "./flags.ts";
import { readPolicyView } from "./policy-view.ts";
import type { Reading } from "./reading.ts";
import type { ApprovalStatement, Level } from "./records.ts";
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
  /** The page on which a passkey was asked, where the record names one. */
  readonly origin?: string | undefined;
}

interface Judgement {
  readonly holds: boolean;
  readonly says: string;
}

const no = (says: string): Judgement => ({ holds: false, says });

/** Step 4, the approvals: each signed by its principal's key for this role, or said to be only attested; levels are recomputed. */
export const checkApprovalSignature = async (reading: Reading): Promise<readonly Check[]> => {
  const { approvals } = reading.records;
  if (reading.manifest?.reach === "gate")
    return [pass("approval", approvals.length === 0 ? "no approval was used" : NOT_JUDGED)];
  if (approvals.length === 0) return [pass("approval", "no approval was used")];
  return (await Promise.all(approvals.map((approval) => checkOne(reading, approval)))).flat();
};

/** What the gate refused may be signed by nobody; report and proofs say nothing of it. */
const NOT_JUDGED = "no approval was used; what lies here is not judged, as the gate did not let it count";

const checkOne = async (
  reading: Reading,
  approval: Reading["records"]["approvals"][number],
): Promise<readonly Check[]> => {
  const id = "approval";
  const { file, record } = approval;
  if (record === undefined) return [fail(id, "evidence/signature-invalid", "it does not read as approval/v1", file)];
  const { approver, quorum, validity } = record.predicate;
  if (file !== `approval/approval.${approver.principal}.json` || !quorum.eligible.includes(approver.principal))
    return [fail(id, "evidence/binding-differs", "it is filed under another name than its approver's", file)];
  const level = levelOf(reading, approval) ?? "A0";
  const minimum = minimumOf(reading, record);
  const below = isAtLeast(level, minimum)
    ? belowAsked(reading, level, file)
    : [fail(id, "evidence/binding-differs", `${level} is below the minimum ${minimum}`, file)];
  if (approver.method !== "sshsig") {
    const rows = attested(reading, id, file, approver.assurance, level);
    return below.length === 0 ? rows : [...below, ...rows.filter(({ verdict }) => verdict !== "PASS")];
  }
  const signed = {
    id,
    file,
    namespace: "approval@cto-harness",
    principal: approver.principal,
    signedAt: validity.notBefore,
    origin: approver.origin,
  };
  const rows = await verify(reading, signed, async (signature) => {
    if ((await fingerprintOf(reading, signature)) !== approver.keyFingerprint)
      return no("another key signed than the record names");
    if (approver.assurance === "A3" && level !== "A3")
      return no("the record says A3 and the key did not verify its user");
    return approver.assurance === "A0" || approver.assurance === "A1"
      ? no("a signed record says that it is only attested")
      : { holds: true, says: `${level}${byPasskey(signature)}` };
  });
  return below.length === 0 ? rows : [...below, ...rows.filter(({ verdict }) => verdict !== "PASS")];
};

const byPasskey = ({ passkey }: SshSignature): string =>
  passkey === undefined ? "" : ` by a passkey that ${passkey.origin} asked`;

/** The highest of what the record says, what policy.yaml asks for this risk class, and what a quorum needs. */
const minimumOf = ({ files, records }: Reading, { predicate: { authority, quorum } }: ApprovalStatement): Level => {
  const risk = records.admission?.riskClassification ?? "";
  const policy = readPolicyView(files.get("approval/policy.yaml"))?.riskClasses.get(risk)?.minimumAssurance ?? "A0";
  const all = [authority.minimumAssurance, policy, quorum.required > 1 ? ("A2" as const) : ("A0" as const)];
  return LEVELS.findLast((level) => all.includes(level)) ?? "A3";
};

/** Nothing is wrong with it, and yet it proves less than the reader wants to know. */
const belowAsked = ({ trust }: Reading, level: Level, file: string): readonly Check[] => {
  const asked = (trust === "none" ? undefined : trust.minimumAssurance) ?? "A2";
  if (isAtLeast(level, asked)) return [];
  const says = isAtLeast(level, "A2")
    ? `${level}, and the reader asks for ${asked} at least`
    : `${level}: consent is host-attested only, no human signed it, and the reader asks for ${asked} at least`;
  return [notProven("approval", says, file)];
};

const attested = ({ files }: Reading, id: string, file: string, claimed: Level, level: Level): readonly Check[] => {
  if (claimed === "A2" || claimed === "A3")
    return [fail(id, "evidence/signature-missing", `${claimed} is claimed without a signature`, file)];
  if (claimed !== level) return [fail(id, "evidence/binding-differs", `it says ${claimed} and is ${level}`, file)];
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
  if (!(await isSignatureOver(tools, signature, message, signed.origin)))
    return invalid("it does not fit these bytes and its key");
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
