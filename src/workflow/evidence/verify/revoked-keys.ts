import { base64Bytes, hex, latin1, textIn } from "./bytes.ts";
import { readSshKey } from "./ssh-key.ts";
import { wireOf, type Wire } from "./ssh-wire.ts";
import type { VerifyTools } from "./tools.ts";

/** What a revocation list names: whole keys, and digests of keys in hex. */
export interface Revoked {
  readonly blobs: ReadonlySet<string>;
  readonly sha256: ReadonlySet<string>;
  readonly sha1: ReadonlySet<string>;
}

/** Both forms that `ssh-keygen -r` reads; undefined when any of it is not understood: half a list revokes too little. */
export const readRevoked = (bytes: Uint8Array): Revoked | undefined =>
  latin1(bytes.subarray(0, MAGIC.length)) === MAGIC ? readBinary(bytes.subarray(MAGIC.length)) : readLines(bytes);

export const isRevokedKey = async (revoked: Revoked, keyBlob: Uint8Array, tools: VerifyTools): Promise<boolean> =>
  revoked.blobs.has(hex(keyBlob)) ||
  revoked.sha256.has(hex(await tools.sha256(keyBlob))) ||
  revoked.sha1.has(hex(await tools.sha1(keyBlob)));

const MAGIC = "SSHKRL\n\0";

const readLines = (bytes: Uint8Array): Revoked | undefined => {
  const lines = textIn(bytes)
    ?.split("\n")
    .map((line) => line.replace(/^[ \t]+/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"));
  const keys = lines?.map((line) => {
    const [, type, base64 = ""] = /^(\S+)[ \t]+(\S+)(?:[ \t].*)?$/.exec(line) ?? [];
    const blob = base64Bytes(base64);
    return blob !== undefined && type !== undefined && readSshKey(blob)?.type === type ? hex(blob) : undefined;
  });
  return keys === undefined || keys.includes(undefined)
    ? undefined
    : { blobs: new Set(keys.flatMap((key) => key ?? [])), sha256: new Set(), sha1: new Set() };
};

/** OpenSSH PROTOCOL.krl behind its magic: version, 24 bytes of which the last eight are flags, two strings, sections. */
const readBinary = (bytes: Uint8Array): Revoked | undefined => {
  const wire = wireOf(bytes);
  const version = wire.uint32();
  const numbers = [1, 2, 3, 4, 5, 6].map(() => wire.uint32());
  const reserved = wire.string();
  const comment = wire.string();
  if (version !== 1 || numbers.slice(4).some((flag) => flag !== 0)) return undefined;
  if (reserved?.length !== 0 || comment === undefined) return undefined;
  const found = { blobs: new Set<string>(), sha256: new Set<string>(), sha1: new Set<string>() };
  while (!wire.isAtEnd()) {
    const type = wire.byte();
    const section = wire.string();
    if (section === undefined || !isSection(type, wireOf(section), found)) return undefined;
  }
  return found;
};

const isSection = (type: number | undefined, section: Wire, found: Record<keyof Revoked, Set<string>>): boolean => {
  if (type === 1) return isCertificates(section);
  if (type === 2) return everyString(section, (blob) => blob.length > 0 && found.blobs.add(hex(blob)).size > 0);
  if (type === 3) return everyString(section, (sum) => sum.length === 20 && found.sha1.add(hex(sum)).size > 0);
  return type === 5 && everyString(section, (sum) => sum.length === 32 && found.sha256.add(hex(sum)).size > 0);
};

// No certificate counts here, so what revokes some is only read for its form.
const isCertificates = (section: Wire): boolean => {
  if (section.string() === undefined || section.string()?.length !== 0) return false;
  while (!section.isAtEnd()) {
    const type = section.byte();
    const part = section.string();
    if (part === undefined || !isCertificatePart(type, part)) return false;
  }
  return true;
};

const isCertificatePart = (type: number | undefined, part: Uint8Array): boolean => {
  if (type === 0x20) return part.length % 8 === 0;
  if (type === 0x21) return part.length === 16;
  if (type === 0x22) return everyString(wireOf(part.subarray(8)), () => true) && part.length >= 12;
  return type === 0x23 && everyString(wireOf(part), () => true);
};

const everyString = (wire: Wire, holds: (field: Uint8Array) => boolean): boolean => {
  while (!wire.isAtEnd()) {
    const field = wire.string();
    if (field === undefined || !holds(field)) return false;
  }
  return true;
};
