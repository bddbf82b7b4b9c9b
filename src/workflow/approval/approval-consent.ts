import { assertNever } from "../assert-never.ts";
import type { Assurance } from "../authority.ts";
import type { Instant } from "../instant.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { after, ok, refuse, type Result } from "../result.ts";
import { verifySshSignature, type SignatureFault, type VerifiedSignature } from "../ssh-signature.ts";
import type { TrustRoot } from "../trust-root.ts";
import { APPROVAL_NAMESPACE, type ApprovalRecord } from "./approval-record.ts";
import { assuranceOf, isBelow } from "./assurance.ts";

/** Who said it, and how sure that is. Without a signature the name is the host's word only. */
export interface Consent {
  readonly assurance: Assurance;
  readonly principals: readonly string[];
  readonly keyFingerprint: string | null;
}

export const consentOf = (
  said: { readonly record: Uint8Array; readonly signature: Uint8Array | "absent" },
  record: ApprovalRecord,
  trust: TrustRoot,
  now: Instant,
): Result<Consent, SignatureFault | "not-signed"> => {
  const { signature } = said;
  const { method, principal } = record.approver;
  if (signature === "absent") {
    if (method === "sshsig") return refuse("not-signed");
    return ok({ assurance: assuranceOf(method), principals: [principal], keyFingerprint: null });
  }
  const at = (atMs: number): Result<VerifiedSignature, SignatureFault> =>
    verifySshSignature({
      message: said.record,
      signature,
      namespace: APPROVAL_NAMESPACE,
      signers: trust.signers,
      revoked: trust.revoked,
      at: atMs,
    });
  // The key must have had the role when it signed, and have it still.
  const verified = after(at(Date.parse(record.validity.notBefore)), () => at(now.epochMs));
  return after(verified, (by) =>
    ok({ assurance: assuranceOf(by), principals: by.principals, keyFingerprint: by.keyFingerprint }),
  );
};

/** Nobody but the owner, and never below the minimum of the risk class (R046, R047). */
export function* objectionsToConsent(
  { approver }: ApprovalRecord,
  owner: string,
  consent: Result<Consent, SignatureFault | "not-signed"> | "unknown",
  minimum: Assurance,
): Iterable<Refusal> {
  if (consent === "unknown") return;
  if (!consent.ok) {
    const [fault] = consent.refusals;
    yield fault === "not-signed" ? refusal("approval/not-signed", {}) : faultOf(fault, owner);
    return;
  }
  const { assurance, principals, keyFingerprint } = consent.value;
  if (!principals.includes(owner)) yield notTheOwner(principals.join(", "), owner);
  else if (approver.principal !== owner) yield notTheOwner(approver.principal, owner);
  if (keyFingerprint !== null && approver.keyFingerprint !== null && approver.keyFingerprint !== keyFingerprint)
    yield refusal("approval/signature-invalid", { problem: `the record names the key ${approver.keyFingerprint}` });
  if (isBelow(assurance, minimum)) yield refusal("approval/below-minimum", { found: assurance, minimum });
}

const faultOf = (fault: SignatureFault, owner: string): Refusal => {
  const key = fault.keyFingerprint ?? "an unread key";
  switch (fault.kind) {
    case "no-role":
      return notTheOwner(key, owner);
    case "revoked":
      return refusal("approval/key-revoked", { key });
    case "no-user-presence":
      return refusal("approval/no-user-presence", { key });
    case "malformed":
    case "other-namespace":
    case "does-not-verify":
      return refusal("approval/signature-invalid", { problem: fault.says });
    default:
      return assertNever(fault.kind);
  }
};

const notTheOwner = (by: string, owner: string): Refusal => refusal("approval/not-the-owner", { by, owner });
