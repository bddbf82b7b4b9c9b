import type { Level } from "./records.ts";

/** A value now or later: node:crypto answers at once, WebCrypto answers a Promise. Always `await` it; that costs nothing. */
export type Eventually<T> = T | Promise<T>;

/** Every value, in order; what was begun runs side by side. No Promise is made for a value that is there already. */
export const allOf = async <T>(values: readonly Eventually<T>[]): Promise<readonly T[]> => {
  const made: T[] = [];
  for (const value of values) made.push(value instanceof Promise ? await value : value);
  return made;
};

/** All that the verifier cannot do in plain code; whoever runs it brings it (node:crypto here, WebCrypto elsewhere). */
export interface VerifyTools {
  sha256(bytes: Uint8Array): Eventually<Uint8Array>;
  sha512(bytes: Uint8Array): Eventually<Uint8Array>;
  sha1(bytes: Uint8Array): Eventually<Uint8Array>;
  /** Whether the signature fits; a key or signature of the wrong form is false. @throws CannotJudge */
  verifyKey(key: KeyNumbers, hash: SignatureHash, message: Uint8Array, signature: Uint8Array): Eventually<boolean>;
  /** zlib, at most `bytesMax` out; undefined for anything that is no whole stream. */
  inflate(bytes: Uint8Array, bytesMax: number): Eventually<Uint8Array | undefined>;
}

/** Thrown by tools that lack an algorithm. The check that asked becomes NOT-PROVEN: no check has to catch it. */
export class CannotJudge extends Error {
  override readonly name = "CannotJudge";
}

export type SignatureHash = "none" | "sha256" | "sha384" | "sha512";

export type KeyNumbers =
  | { readonly kind: "ed25519"; readonly point: Uint8Array }
  /** The point is 0x04, x, y; the signature r, s, each of the curve's length. */
  | { readonly kind: "ecdsa"; readonly curve: "P-256" | "P-384" | "P-521"; readonly point: Uint8Array }
  | { readonly kind: "rsa"; readonly n: Uint8Array; readonly e: Uint8Array };

/** The trust root comes from outside the bundle, as an allowed_signers file; so may a list of revoked keys. */
export type Trust =
  | {
      readonly allowedSigners: Uint8Array;
      readonly revokedKeys?: Uint8Array;
      /** The least assurance of an approval that the reader takes for proven; A2, a human's signature, where it is left out. */
      readonly minimumAssurance?: Level;
    }
  | "none";
