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

const CURVES: Readonly<Record<string, { readonly curve: "P-256" | "P-384" | "P-521"; readonly name: string }>> = {
  "ecdsa-sha2-nistp256": { curve: "P-256", name: "nistp256" },
  "sk-ecdsa-sha2-nistp256@openssh.com": { curve: "P-256", name: "nistp256" },
  "ecdsa-sha2-nistp384": { curve: "P-384", name: "nistp384" },
  "ecdsa-sha2-nistp521": { curve: "P-521", name: "nistp521" },
};

const readNumbers = (type: string, wire: ReturnType<typeof wireOf>): KeyNumbers | undefined => {
  if (type === "ssh-ed25519" || type === "sk-ssh-ed25519@openssh.com") {
    const point = wire.string();
    return point?.length === 32 ? { kind: "ed25519", point } : undefined;
  }
  if (type === "ssh-rsa") {
    const e = wire.string();
    const n = wire.string();
    return e === undefined || n === undefined ? undefined : { kind: "rsa", e: unsigned(e), n: unsigned(n) };
  }
  const curve = CURVES[type];
  if (curve === undefined || wire.text() !== curve.name) return undefined;
  const point = wire.string();
  return point?.[0] === 4 ? { kind: "ecdsa", curve: curve.curve, point } : undefined;
};

/** An mpint without its leading zeros. */
export const unsigned = (mpint: Uint8Array): Uint8Array => {
  const from = mpint.findIndex((byte) => byte !== 0);
  return from < 0 ? new Uint8Array() : mpint.subarray(from);
};
