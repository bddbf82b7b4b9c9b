import type { Refusal } from "../workflow/refusal.ts";
import type { Result } from "../workflow/result.ts";

/** One namespace per role: a signature for one is worth nothing for another (evidence.md 1). */
export const NAMESPACES = [
  "approval@cto-harness",
  "admission@cto-harness",
  "outcome@cto-harness",
  "revocation@cto-harness",
] as const;
export type Namespace = (typeof NAMESPACES)[number];

/** Human signing. Verifying is pure and lives in workflow/ssh-signature.ts. */
export interface Keys {
  /** The human's own `ssh-keygen -Y sign`; private key and passphrase never enter this process. Answers the armored SSHSIG. */
  askHumanToSign(bytes: Uint8Array, namespace: Namespace, keyPath: string): Promise<Result<Uint8Array, Refusal>>;
  /** The public key line that belongs to a key path (the `.pub` beside a private key, or the path itself). */
  publicKeyOf(keyPath: string): Promise<string>;
}
