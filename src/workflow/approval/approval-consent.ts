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
      origin: record.approver.origin,
    });
  // The key must have had the role when it signed, and have it still.
  const verified = after(at(Date.parse(record.validity.notBefore)), () => at(now.epochMs));
  return after(verified, (by) =>
    ok({ assurance: assuranceOf(by), principals: by.principals, keyFingerprint: by.keyFingerprint }),
  );
};

/** Nobody but those whom policy names, the owner alone where it names none, and never below the minimum (R046, R047). */
export function* objectionsToConsent(
  { approver }: ApprovalRecord,
  eligible: readonly string[],
  consent: Result<Consent, SignatureFault | "not-signed"> | "unknown",
  minimum: Assurance,
): Iterable<Refusal> {
  if (consent === "unknown") return;
  if (!consent.ok) {
    const [fault] = consent.refusals;
    yield fault === "not-signed" ? refusal("approval/not-signed", {}) : faultOf(fault, eligible);
    return;
  }
  const { assurance, principals, keyFingerprint } = consent.value;
  if (!eligible.some((name) => principals.includes(name))) yield notEligible(principals.join(", "), eligible);
  else if (!eligible.includes(approver.principal)) yield notEligible(approver.principal, eligible);
  else if (!principals.includes(approver.principal)) yield notEligible(principals.join(", "), [approver.principal]);
  if (keyFingerprint !== null && approver.keyFingerprint !== null && approver.keyFingerprint !== keyFingerprint)
    yield refusal("approval/signature-invalid", { problem: `the record names the key ${approver.keyFingerprint}` });
  if (isBelow(assurance, minimum)) yield refusal("approval/below-minimum", { found: assurance, minimum });
}

const faultOf = (fault: SignatureFault, eligible: readonly string[]): Refusal => {
  const key = fault.keyFingerprint ?? "an unread key";
  switch (fault.kind) {
    case "no-role":
      return notEligible(key, eligible);
    case "revoked":
      return refusal("approval/key-revoked", { key });
    case "no-user-presence":
      return refusal("approval/no-user-presence", { key });
    case "no-user-verification":
      return refusal("approval/no-user-verification", { key });
    case "malformed":
    case "other-namespace":
    case "other-page":
    case "does-not-verify":
      return refusal("approval/signature-invalid", { problem: fault.says });
    default:
      return assertNever(fault.kind);
  }
};

const notEligible = (by: string, eligible: readonly string[]): Refusal => {
  const [owner, ...others] = eligible;
  return owner !== undefined && others.length === 0
    ? refusal("approval/not-the-owner", { by, owner })
    : refusal("approval/not-eligible", { by, eligible: eligible.join(", ") });
};
