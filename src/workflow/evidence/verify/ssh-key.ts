import { wireOf } from "./ssh-wire.ts";
import type { KeyNumbers } from "./tools.ts";

/** A public key as OpenSSH writes it. `application` belongs to hardware keys only. */
export interface SshKey {
  readonly type: string;
  readonly numbers: KeyNumbers;
  readonly application?: string;
}

/** Reads a key blob whole; undefined for a type that is not known or a blob that is not exactly its fields. */
export const readSshKey = (blob: Uint8Array): SshKey | undefined => {
  const wire = wireOf(blob);
  const type = wire.text();
  if (type === undefined) return undefined;
  const numbers = readNumbers(type, wire);
  if (numbers === undefined) return undefined;
  const application = type.startsWith("sk-") ? wire.text() : "";
  if (application === undefined || !wire.isAtEnd()) return undefined;
  return type.startsWith("sk-") ? { type, numbers, application } : { type, numbers };
};

const CURVES: Readonly<
  Record<string, { readonly curve: "P-256" | "P-384" | "P-521"; readonly name: string; readonly bytes: number }>
> = {
  "ecdsa-sha2-nistp256": { curve: "P-256", name: "nistp256", bytes: 32 },
  "sk-ecdsa-sha2-nistp256@openssh.com": { curve: "P-256", name: "nistp256", bytes: 32 },
  "ecdsa-sha2-nistp384": { curve: "P-384", name: "nistp384", bytes: 48 },
  "ecdsa-sha2-nistp521": { curve: "P-521", name: "nistp521", bytes: 66 },
};

const readNumbers = (type: string, wire: ReturnType<typeof wireOf>): KeyNumbers | undefined => {
  if (type === "ssh-ed25519" || type === "sk-ssh-ed25519@openssh.com") {
    const point = wire.string();
    return point?.length === 32 ? { kind: "ed25519", point } : undefined;
  }
  if (type === "ssh-rsa") {
    const e = positive(wire.string());
    const n = positive(wire.string());
    const bits = n === undefined ? 0 : n.length * 8 - Math.clz32(n[0] ?? 0) + 24;
    const isOfSize = bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX;
    return e === undefined || n === undefined || !isOfSize ? undefined : { kind: "rsa", e, n };
  }
  const curve = CURVES[type];
  if (curve === undefined || wire.text() !== curve.name) return undefined;
  const point = wire.string();
  return point?.[0] === 4 && point.length === 1 + 2 * curve.bytes
    ? { kind: "ecdsa", curve: curve.curve, point }
    : undefined;
};

// A key that is too small can be broken; one that is too large only keeps the reader busy.
const RSA_BITS_MIN = 2048;
const RSA_BITS_MAX = 16_384;

/** A number in its one shortest form, without the sign byte; undefined if it is written otherwise. */
const positive = (mpint: Uint8Array | undefined): Uint8Array | undefined => {
  const [first, second] = mpint ?? [];
  if (mpint === undefined || first === undefined || first >= 0x80) return undefined;
  if (first !== 0) return mpint;
  return second !== undefined && second >= 0x80 ? mpint.subarray(1) : undefined;
};

/** An mpint without its leading zeros. */
export const unsigned = (mpint: Uint8Array): Uint8Array => {
  const from = mpint.findIndex((byte) => byte !== 0);
  return from < 0 ? new Uint8Array() : mpint.subarray(from);
};
