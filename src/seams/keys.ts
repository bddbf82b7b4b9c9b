import type { NoteSigner } from "../workflow/checkpoint.ts";
import type { KeyRole, OwnPublicKey } from "../workflow/own-keys.ts";
import type { Refusal } from "../workflow/refusal.ts";
import type { Result } from "../workflow/result.ts";

/** One namespace per role: a signature for one is worth nothing for another (evidence.md 1). */
export const NAMESPACES = [
  "approval@cto-harness",
  "admission@cto-harness",
  "outcome@cto-harness",
  "revocation@cto-harness",
  "trust@cto-harness",
] as const;
export type Namespace = (typeof NAMESPACES)[number];

/** Human signing. Verifying is pure and lives in workflow/ssh-signature.ts. */
export interface Keys {
  /** The human's own `ssh-keygen -Y sign`; private key and passphrase never enter this process. Answers the armored SSHSIG. */
  askHumanToSign(bytes: Uint8Array, namespace: Namespace, keyPath: string): Promise<Result<Uint8Array, Refusal>>;
  /** The public key line that belongs to a key path (the `.pub` beside a private key, or the path itself). */
  publicKeyOf(keyPath: string): Promise<string>;
}

/**
 * The home's own two Ed25519 keys in `.cto/keys/`. They are read anew for each use, so that a rotated key is used at
 * once. Failures: `keys/absent` where a key was never made, `keys/exposed` where others could read it.
 */
export interface OwnKeys {
  /** Absolute paths of the private keys: what no sandbox may reach. */
  readonly paths: Readonly<Record<KeyRole, string>>;
  publicKey(role: KeyRole): Promise<OwnPublicKey>;
  /** Ed25519 over exactly these bytes, 64 bytes, by the key of what the Harness saw: runs and checkpoints. */
  signAsHarness(bytes: Uint8Array): Promise<Uint8Array>;
  /** The same key for what has to be signed between two events; it is the one of now for as long as it is held. */
  noteSigner(): Promise<NoteSigner>;
  /** The same by the key of the verdict. */
  signAsVerifier(bytes: Uint8Array): Promise<Uint8Array>;
  /** Makes the keys that are not there, and answers their roles; a key that stands is never replaced by this. */
  make(): Promise<readonly KeyRole[]>;
  /** Who else than this user could read or exchange a key; empty where nobody can. An absent key is told too. */
  problems(): Promise<readonly KeyProblem[]>;
  /** The key that will follow one: made once, and the same one until it takes its place. */
  successor(role: KeyRole): Promise<OwnPublicKey>;
  signAsSuccessor(role: KeyRole, bytes: Uint8Array): Promise<Uint8Array>;
  /** The successor takes the place of a key, which is gone then; without a successor nothing happens. */
  promote(role: KeyRole): Promise<void>;
}

export interface KeyProblem {
  /** Absolute path. */
  readonly path: string;
  readonly kind: "absent" | "exposed";
  readonly says: string;
  readonly fix: string;
}
