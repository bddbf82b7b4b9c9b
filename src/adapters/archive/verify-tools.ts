import { createPublicKey, hash as digestAtOnce, verify, type JsonWebKey } from "node:crypto";
import { inflateSync } from "node:zlib";

import { assertNever } from "../../workflow/assert-never.ts";
import type { KeyNumbers, VerifyTools } from "../../workflow/evidence/verify/tools.ts";

/** The crypto object of the verifier, by Node's own library. */
export const nodeVerifyTools: VerifyTools = {
  sha256: (bytes) => hash("sha256", bytes),
  sha512: (bytes) => hash("sha512", bytes),
  sha1: (bytes) => hash("sha1", bytes),
  verifyKey: (key, digest, message, signature) => {
    try {
      const options = { key: createPublicKey({ key: jwkOf(key), format: "jwk" }), dsaEncoding: "ieee-p1363" as const };
      return verify(digest === "none" ? null : digest, message, options, signature);
    } catch {
      return false;
    }
  },
  inflate: (bytes, bytesMax) => {
    try {
      const made: unknown = inflateSync(bytes, { maxOutputLength: bytesMax, info: true });
      // As in a browser: bytes behind the end of a stream are refused, or nobody would have looked at them.
      return isInflated(made) && made.engine.bytesWritten === bytes.length ? made.buffer : undefined;
    } catch {
      return undefined;
    }
  },
};

// With `info`, zlib gives its engine as well, which counts what it took in; the types of Node do not know.
const isInflated = (
  made: unknown,
): made is { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } } =>
  typeof made === "object" &&
  made !== null &&
  "buffer" in made &&
  made.buffer instanceof Uint8Array &&
  "engine" in made;

const hash = (algorithm: string, bytes: Uint8Array): Uint8Array => digestAtOnce(algorithm, bytes, "buffer");

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

const jwkOf = (key: KeyNumbers): JsonWebKey => {
  switch (key.kind) {
    case "ed25519":
      return { kty: "OKP", crv: "Ed25519", x: text(key.point) };
    case "ecdsa": {
      const half = (key.point.length - 1) / 2;
      return {
        kty: "EC",
        crv: key.curve,
        x: text(key.point.subarray(1, 1 + half)),
        y: text(key.point.subarray(1 + half)),
      };
    }
    case "rsa":
      return { kty: "RSA", n: text(key.n), e: text(key.e) };
    default:
      return assertNever(key);
  }
};
