import type { SignatureEntry } from "../schemas/bundle.ts";
import { principalsOf, readSigners, type Signer } from "./allowed-signers.ts";
import { base64Bytes, sameBytes, unpaddedBase64 } from "./bytes.ts";
import { checkApprovalSignature } from "./check-signatures.ts";
import type { Reading } from "./reading.ts";
import { readEnvelope, type Statement } from "./sigstore.ts";
import { readSshKey } from "./ssh-key.ts";
import { fail, notProven, type Check } from "./verdict.ts";

/** An attestation whose signature fits its bytes and the key that bundle.json tells of, and what was found out about that key. */
export interface Attestation {
  readonly statement: Statement;
  readonly fingerprint: string;
  /** "trusted" with who says so, or the row that says why nobody does. */
  readonly key: { readonly by: string } | Check;
}

/** One attestation of bundle.json: read, its signature checked, its key looked up. A row says what is wrong with it. */
export const readAttestation = async (
  reading: Reading,
  id: string,
  { path, namespace, publicKey }: SignatureEntry,
): Promise<Attestation | Check> => {
  const bytes = reading.files.get(path);
  if (bytes === undefined)
    return fail(id, "evidence/signature-missing", "bundle.json says that it must be there", path);
  const invalid = (says: string): Check => fail(id, "evidence/signature-invalid", says, path);
  const envelope = readEnvelope(bytes);
  if (typeof envelope === "string") return invalid(envelope);
  const keyBlob = base64Bytes(publicKey.split(" ")[1] ?? "");
  const key = keyBlob === undefined ? undefined : readSshKey(keyBlob);
  if (keyBlob === undefined || key?.type !== "ssh-ed25519") return invalid("the key in bundle.json is no Ed25519 key");
  const fingerprint = `SHA256:${unpaddedBase64(await reading.tools.sha256(keyBlob))}`;
  if (envelope.keyid !== fingerprint) return invalid("it names another key than bundle.json");
  if (!(await reading.tools.verifyKey(key.numbers, "none", envelope.signed, envelope.signature)))
    return invalid(`it does not fit its bytes and ${fingerprint}`);
  return {
    statement: envelope.statement,
    fingerprint,
    key: await judgeKey(reading, { id, path, namespace, keyBlob, fingerprint }),
  };
};

interface Used {
  readonly id: string;
  readonly path: string;
  readonly namespace: string;
  readonly keyBlob: Uint8Array;
  readonly fingerprint: string;
}

/**
 * The reader's trust decides where it speaks of this role at all; where it names no key for it, the owner's verified
 * approval may vouch for the Harness's key, and the Harness's own statement for the verifier's.
 */
const judgeKey = async (reading: Reading, used: Used): Promise<Attestation["key"]> => {
  const { id, path, namespace, keyBlob, fingerprint } = used;
  const { trust } = reading;
  const signers = trust === "none" ? undefined : readSigners(trust.allowedSigners);
  if (signers === undefined) return notProven(id, `signed by ${fingerprint}; whose key that is needs trust`, path);
  if (principalsOf(signers, keyBlob, namespace, Date.parse(sealedTime(reading))).length > 0)
    return { by: "the trust file" };
  const isNamed = signers.some((signer) => speaksOf(signer, namespace) && sameBytes(signer.keyBlob, keyBlob));
  if (isNamed) return invalidKey(used, `had no role ${namespace} when the run was sealed`);
  const isSpokenOf = signers.some((signer) => speaksOf(signer, namespace));
  const voucher = await voucherFor(reading, used, isSpokenOf);
  if (voucher !== undefined) return { by: voucher };
  return isSpokenOf
    ? invalidKey(used, `is no key for ${namespace}`)
    : notProven(
        id,
        `signed by ${fingerprint}; neither the trust file nor an approval names a key for ${namespace}`,
        path,
      );
};

const invalidKey = ({ id, path, fingerprint }: Used, says: string): Check =>
  fail(id, "evidence/signature-invalid", `${fingerprint} ${says}`, path);

const speaksOf = ({ namespaces }: Signer, namespace: string): boolean => namespaces.includes(namespace);

/** Who vouches for a key by its fingerprint, under a signature that was verified itself. */
const voucherFor = async (
  reading: Reading,
  { namespace, fingerprint }: Used,
  isSpokenOf: boolean,
): Promise<string | undefined> => {
  if (namespace === "run@cto-harness")
    return (await approvedKey(reading)) === fingerprint ? "the owner's approval" : undefined;
  // The Harness is no owner: where the reader names keys for verdicts himself, it adds none.
  if (isSpokenOf) return undefined;
  const run = reading.manifest?.signatures.find((entry) => entry.namespace === "run@cto-harness");
  const attestation = run === undefined ? undefined : await readAttestation(reading, "run-statement", run);
  return attestation !== undefined && "statement" in attestation && "by" in attestation.key
    ? "the Harness's signature over bundle.json"
    : undefined;
};

/** The fingerprint of the Harness's key that every approver signed for; undefined where there is none to rely on. */
export const approvedKey = async (reading: Reading): Promise<string | undefined> => {
  const [first, ...others] = reading.records.approvals.map(({ record }) => record?.predicate);
  const named = first?.harness.keyFingerprint ?? undefined;
  const isOne = [first, ...others].every(
    (said) => said?.approver.method === "sshsig" && said.harness.keyFingerprint === named,
  );
  if (!isOne || reading.manifest?.reach === "gate") return undefined;
  const rows = await checkApprovalSignature(reading);
  return rows.every(({ verdict }) => verdict === "PASS") ? named : undefined;
};

/** The time of the last event: the Harness's own clock, as no offline check can do better. */
export const sealedTime = ({ events }: Reading): string => events?.at(-1)?.event?.time ?? "";
