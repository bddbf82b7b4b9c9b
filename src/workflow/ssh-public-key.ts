import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

import { assertNever } from "./assert-never.ts";
import { ok, refuse, type Result } from "./result.ts";
import { positiveInteger, readWire, type SshWire } from "./ssh-wire.ts";

export const KEY_TYPES = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "ssh-rsa",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export interface SshPublicKey {
  readonly type: KeyType;
  /** `SHA256:` and unpadded base64, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
  /** SHA-1 of the same bytes in hex: old revocation lists name keys so. It proves nothing and admits nobody. */
  readonly sha1: string;
  readonly key: KeyObject;
  /** The application of a hardware key; null for all others. */
  readonly application: Buffer | null;
  /** The key as signatures carry it. */
  readonly blob: Uint8Array;
}

/** A public key in the wire form that allowed_signers and signatures carry; or what is wrong with it. */
export const readPublicKey = (blob: Uint8Array): Result<SshPublicKey, string> => {
  const wire = readWire(blob);
  const name = wire.string().toString("latin1");
  const type = KEY_TYPES.find((known) => known === name);
  if (type === undefined) return refuse(`key type ${JSON.stringify(name.slice(0, 64))} is not supported`);
  const jwk = jwkOf(type, wire);
  const application = type.startsWith("sk-") ? wire.string() : null;
  if (typeof jwk === "string") return refuse(jwk);
  if (!wire.ended()) return refuse("the key has too few or too many bytes");
  try {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    return ok({ type, fingerprint: fingerprintOf(blob), sha1: sha1Of(blob), key, application, blob });
  } catch {
    return refuse("the key is not valid");
  }
};

/** A line of a `.pub` file: type, base64, comment. */
export const readPublicKeyLine = (line: string): Result<SshPublicKey, string> => {
  const [, type, base64] = /^([\w.@-]+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t].*)?$/.exec(line) ?? [];
  if (type === undefined || base64 === undefined) return refuse("it is not a key type and a key");
  return readTypedKey(type, base64);
};

/** The key of a line, which says its type twice: beside the base64 and inside it. */
export const readTypedKey = (type: string, base64: string): Result<SshPublicKey, string> => {
  const blob = Buffer.from(base64, "base64");
  if (blob.toString("base64") !== base64) return refuse("the key is not base64 in its one form");
  const key = readPublicKey(blob);
  if (key.ok && key.value.type !== type) return refuse(`the line says ${type}, the key is ${key.value.type}`);
  return key;
};

const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;

const sha1Of = (blob: Uint8Array): string => createHash("sha1").update(blob).digest("hex");

export const CURVES = {
  "ecdsa-sha2-nistp256": { name: "nistp256", crv: "P-256", bytes: 32 },
  "ecdsa-sha2-nistp384": { name: "nistp384", crv: "P-384", bytes: 48 },
  "ecdsa-sha2-nistp521": { name: "nistp521", crv: "P-521", bytes: 66 },
  "sk-ecdsa-sha2-nistp256@openssh.com": { name: "nistp256", crv: "P-256", bytes: 32 },
} as const;

const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 16_384;

const jwkOf = (type: KeyType, wire: SshWire): JsonWebKey | string => {
  switch (type) {
    case "ssh-ed25519":
    case "sk-ssh-ed25519@openssh.com":
      return { kty: "OKP", crv: "Ed25519", x: wire.string().toString("base64url") };
    case "ssh-rsa":
      return rsaJwk(wire);
    case "ecdsa-sha2-nistp256":
    case "ecdsa-sha2-nistp384":
    case "ecdsa-sha2-nistp521":
    case "sk-ecdsa-sha2-nistp256@openssh.com":
      return ecJwk(CURVES[type], wire);
    default:
      return assertNever(type);
  }
};

const rsaJwk = (wire: SshWire): JsonWebKey | string => {
  const e = positiveInteger(wire.string());
  const n = positiveInteger(wire.string());
  if (e === undefined || n === undefined) return "an RSA number is not in its one form";
  const bits = n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) return `an RSA key of ${bits} bits is not accepted`;
  return { kty: "RSA", e: e.toString("base64url"), n: n.toString("base64url") };
};

const ecJwk = (curve: (typeof CURVES)[keyof typeof CURVES], wire: SshWire): JsonWebKey | string => {
  const name = wire.string().toString("latin1");
  const point = wire.string();
  if (name !== curve.name) return `the key is for curve ${JSON.stringify(name.slice(0, 32))}`;
  if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) return "the point is not in its one uncompressed form";
  const x = point.subarray(1, 1 + curve.bytes).toString("base64url");
  const y = point.subarray(1 + curve.bytes).toString("base64url");
  return { kty: "EC", crv: curve.crv, x, y };
};
