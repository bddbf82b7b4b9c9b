import { z } from "zod";

import { principalsOf, readSigners } from "./allowed-signers.ts";
import { readJson, type Reading } from "./reading.ts";
import { isSignatureOver, readSshSignature } from "./ssh-signature.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "trust-record";
const FILE = "approval/trust-root.json";
const NAMESPACE = "trust@cto-harness";

/** Where the owner signed the trust root: the approvals rest on exactly the signers that he signed, and the list of the gate. */
export const checkTrustRecord = async ({
  files,
  records,
  digest,
  trust,
  tools,
  manifest,
}: Reading): Promise<readonly Check[]> => {
  const bytes = files.get(FILE);
  if (bytes === undefined || manifest?.reach === "gate") return [pass(ID, "the home had no signed trust root")];
  const read = readJson(bytes, schema);
  const armored = files.get(`${FILE}.sig`);
  const invalid = (says: string): readonly Check[] => [fail(ID, "evidence/signature-invalid", says, FILE)];
  if (read === undefined) return invalid("it does not read as a trust record");
  const [signers, revoked] = read.subject;
  const bound = records.approvals.map(({ record }) => record?.predicate.authority.allowedSignersSha256);
  if (bound.some((sum) => sum !== signers?.digest.sha256)) return invalid("the approvals rest on other signers");
  if (revoked?.digest.sha256 !== digest("approval/revoked_keys")) return invalid("the gate read another revoked_keys");
  const signature = armored === undefined ? undefined : readSshSignature(armored);
  if (signature === undefined) return invalid("its signature is missing or does not read");
  if (signature.namespace !== NAMESPACE) return invalid(`it is for another role than ${NAMESPACE}`);
  if (!(await isSignatureOver(tools, signature, bytes))) return invalid("it does not fit these bytes and its key");
  if (signature.flags !== undefined && signature.flags % 2 !== 1) return invalid("the key was not touched");
  const known = trust === "none" ? undefined : readSigners(trust.allowedSigners);
  if (known === undefined) return [notProven(ID, "whose key signed it needs trust", FILE)];
  const { owner, decidedAt } = read.predicate;
  return principalsOf(known, signature.keyBlob, NAMESPACE, Date.parse(decidedAt)).includes(owner)
    ? [pass(ID, `signed by ${owner}, over the signers and revoked keys of the gate`)]
    : invalid(`its key is none of ${owner} for ${NAMESPACE} at that time`);
};

const subject = z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) });

const schema = z.looseObject({
  predicateType: z.literal("urn:cto-harness:predicate:trust-root:v1"),
  subject: z.union([z.tuple([subject]), z.tuple([subject, subject])]),
  predicate: z.looseObject({ owner: z.string(), decidedAt: z.iso.datetime() }),
});
