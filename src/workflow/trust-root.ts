import { hasRole, readAllowedSigners, type Signer } from "./allowed-signers.ts";
import type { Digest } from "./digest.ts";
import type { SourceDocument } from "./packet/packet.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { ok, refuse, refusalsOf, type Result } from "./result.ts";
import { isRevoked, readRevokedKeys, type RevokedKeys } from "./revoked-keys.ts";

/** Whose keys count here, and for what. It comes from the home, never from a bundle (evidence.md 1). */
export interface TrustRoot {
  /** Digest of the allowed_signers file; an approval is bound to it. */
  readonly digest: Digest;
  readonly signers: readonly Signer[];
  readonly revoked: RevokedKeys;
}

/** Without an allowed_signers file nobody has any role; without a revoked_keys file nothing is revoked. */
export const readTrustRoot = (
  allowedSigners: SourceDocument | "absent",
  revokedKeys: SourceDocument | "absent",
): Result<TrustRoot, Refusal> => {
  if (allowedSigners === "absent")
    return refuse(refusal("approval/no-signer", { problem: "there is no .sot/authority/allowed_signers" }));
  const signers = readAllowedSigners(allowedSigners.bytes);
  const revoked = readRevokedKeys(revokedKeys);
  if (!signers.ok) return refuse(...signers.refusals, ...refusalsOf(revoked));
  if (!revoked.ok) return revoked;
  return ok({ digest: allowedSigners.digest, signers: signers.value, revoked: revoked.value });
};

/** Whether a principal has any key for a role at this moment that is not revoked. */
export const canSign = (trust: TrustRoot, principal: string, namespace: string, atMs: number): boolean =>
  trust.signers.some(
    (signer) =>
      signer.principals.includes(principal) &&
      hasRole(signer, namespace, atMs) &&
      !isRevoked(trust.revoked, signer.key),
  );
