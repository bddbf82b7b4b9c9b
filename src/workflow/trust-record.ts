import { z } from "zod";

import type { Checkpoint } from "./checkpoint.ts";
import type { Digest } from "./digest.ts";
import type { Instant } from "./instant.ts";
import { LIMITS } from "./limits.ts";
import { after, ok, refuse, type Result } from "./result.ts";
import { verifySshSignature } from "./ssh-signature.ts";
import { readStrictJson } from "./strict-json.ts";
import type { TrustRoot } from "./trust-root.ts";
import { writtenDigest, writtenFingerprint, writtenLine, writtenSubject, writtenTime } from "./written.ts";

/** The owner's word that exactly these files are the trust root (docs/adr/0015-signed-trust-root.md). */
export interface TrustRecord {
  readonly owner: string;
  readonly keyFingerprint: string;
  readonly decidedAt: string;
  /** SHA-256 of the record before this one; null for the first, which only its way to the reader anchors. */
  readonly previous: Digest | null;
  readonly ledgerCheckpoint: Checkpoint;
}

/** The only namespace in which a signature over a trust root counts. */
export const TRUST_NAMESPACE = "trust@cto-harness";
export const TRUST_PATH = ".sot/authority/trust-root.json";
const PREDICATE = "urn:cto-harness:predicate:trust-root:v1";

/** The exact bytes that are signed: an in-toto Statement v1 over the files; a list of revoked keys only where there is one. */
export const writeTrustRecord = (record: TrustRecord, trust: Pick<TrustRoot, "digest" | "revoked">): string =>
  `${JSON.stringify(
    {
      _type: "https://in-toto.io/Statement/v1",
      predicateType: PREDICATE,
      subject: [
        { name: "allowed_signers", digest: { sha256: trust.digest } },
        ...(trust.revoked.digest === "none"
          ? []
          : [{ name: "revoked_keys", digest: { sha256: trust.revoked.digest } }]),
      ],
      predicate: record,
    },
    null,
    2,
  )}\n`;

/** Reads a record back, strictly; its signature and its files are not looked at. */
export const readTrustRecord = (bytes: Uint8Array): Result<TrustRecord, string> =>
  after(readStrictJson(bytes, LIMITS.approvalRecordBytesMax, statement), ({ predicate }) => ok(predicate));

/** Whether a signed record speaks of these very files, by a key that they give the role; or what is wrong with it. */
export const judgeTrustRecord = (
  bytes: Uint8Array,
  signature: Uint8Array | "absent",
  trust: TrustRoot,
  now: Instant,
): Result<TrustRecord, string> => {
  const read = readStrictJson(bytes, LIMITS.approvalRecordBytesMax, statement);
  if (!read.ok) return read;
  const { subject, predicate: record } = read.value;
  const [signers, revoked] = subject;
  if (signers.digest.sha256 !== trust.digest) return refuse("allowed_signers was changed since it was signed");
  if ((revoked?.digest.sha256 ?? "none") !== trust.revoked.digest)
    return refuse("revoked_keys was changed since it was signed");
  if (signature === "absent") return refuse("its signature is missing");
  const at = (atMs: number): ReturnType<typeof verifySshSignature> =>
    verifySshSignature({
      message: bytes,
      signature,
      namespace: TRUST_NAMESPACE,
      signers: trust.signers,
      revoked: trust.revoked,
      at: atMs,
    });
  const signer = after(at(Date.parse(record.decidedAt)), () => at(now.epochMs));
  if (!signer.ok) return refuse(signer.refusals[0].says);
  return signer.value.principals.includes(record.owner) && signer.value.keyFingerprint === record.keyFingerprint
    ? ok(record)
    : refuse("it is signed by another than it names");
};

const statement = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  predicateType: z.literal(PREDICATE),
  subject: z.union([
    z.tuple([writtenSubject("allowed_signers")]),
    z.tuple([writtenSubject("allowed_signers"), writtenSubject("revoked_keys")]),
  ]),
  predicate: z.strictObject({
    owner: writtenLine,
    keyFingerprint: writtenFingerprint,
    decidedAt: writtenTime,
    previous: writtenDigest.nullable(),
    ledgerCheckpoint: z.strictObject({
      origin: writtenLine,
      size: z.int().nonnegative(),
      rootHash: z.string().max(128),
    }),
  }),
});
