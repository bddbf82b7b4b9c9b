import type { Instant } from "../instant.ts";
import type { SourceDocument } from "../packet/packet.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { after, type Result } from "../result.ts";
import { verifySshSignature, type SignatureFault, type VerifiedSignature } from "../ssh-signature.ts";
import type { TrustRoot } from "../trust-root.ts";
import { ADMISSION_NAMESPACE } from "./admission-record.ts";
import type { AdmissionRecord } from "./admission.ts";

export type AdmissionSigner = Result<VerifiedSignature, SignatureFault> | "unknown";

/** Who signed the record's bytes: the key must have had the role when it signed, and have it still. */
export const admissionSigner = (
  record: AdmissionRecord,
  source: SourceDocument,
  signature: Uint8Array,
  trust: TrustRoot,
  now: Instant,
): Result<VerifiedSignature, SignatureFault> => {
  const at = (atMs: number): Result<VerifiedSignature, SignatureFault> =>
    verifySshSignature({
      message: source.bytes,
      signature,
      namespace: ADMISSION_NAMESPACE,
      signers: trust.signers,
      revoked: trust.revoked,
      at: atMs,
    });
  return after(at(Date.parse(record.admittedAt)), () => at(now.epochMs));
};

/** What is wrong with it. A record that only takes authority away needs no signature (W04). */
export function* objectionsToSignature(
  record: AdmissionRecord,
  source: SourceDocument,
  signature: Uint8Array | "absent",
  signer: AdmissionSigner,
): Iterable<Refusal> {
  if (record.status === "suspended" || record.status === "revoked") return;
  if (signature === "absent") yield refusal("admission/not-signed", { path: source.path });
  else if (signer === "unknown") return;
  else if (!signer.ok) yield faultOf(signer.refusals[0], record.owner);
  else if (!signer.value.principals.includes(record.owner))
    yield notTheOwner(`the signer ${signer.value.keyFingerprint}`, signer.value.principal, record.owner);
}

const faultOf = (fault: SignatureFault, owner: string): Refusal =>
  fault.kind === "no-role"
    ? notTheOwner("the signing key", fault.keyFingerprint ?? "unknown", owner)
    : refusal("admission/signature-invalid", { problem: fault.says });

export const notTheOwner = (role: string, found: string, owner: string): Refusal =>
  refusal("admission/not-the-owner", { role, found, owner });
