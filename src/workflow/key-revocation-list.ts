import { createHash } from "node:crypto";

import { ok, refuse, type Result } from "./result.ts";
import { readWire, type SshWire } from "./ssh-wire.ts";

/** What a list says of plain keys: their SHA-256 fingerprints as `ssh-keygen -l` prints them, and SHA-1 in hex. */
export interface ListedKeys {
  readonly sha256: ReadonlySet<string>;
  readonly sha1: ReadonlySet<string>;
}

const MAGIC = "SSHKRL\n\0";

export const isKeyRevocationList = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, MAGIC.length)).toString("latin1") === MAGIC;

/**
 * The binary list that `ssh-keygen -k` writes (OpenSSH PROTOCOL.krl). Nothing in it is skipped: a section, extension,
 * flag or version that is not known here could revoke something, so the whole list is then worth nothing.
 */
export const readKeyRevocationList = (bytes: Uint8Array): Result<ListedKeys, string> => {
  const wire = readWire(bytes);
  wire.raw(MAGIC.length);
  if (wire.uint32() !== 1) return refuse("its format is of an unknown version");
  wire.raw(16); // the list's own version and date bind nobody
  if (wire.raw(8).some((byte) => byte !== 0)) return refuse("it has flags that are not known here");
  if (wire.string().length > 0) return refuse("its reserved field is not empty");
  wire.string(); // a comment

  const keys = { sha256: new Set<string>(), sha1: new Set<string>() };
  const problem = forEachPart(wire, sectionsInto(keys), "section");
  return problem === undefined ? ok(keys) : refuse(problem);
};

type ReadPart = (part: SshWire) => string | undefined;

const sectionsInto = (keys: {
  readonly sha256: Set<string>;
  readonly sha1: Set<string>;
}): ReadonlyMap<number, ReadPart> =>
  new Map<number, ReadPart>([
    [1, readCertificates],
    [
      2,
      (section) =>
        forEachField(section, (blob) => {
          keys.sha256.add(fingerprintOf(createHash("sha256").update(blob).digest()));
          return blob.length > 0;
        }),
    ],
    [
      3,
      (section) =>
        forEachField(section, (hash) => {
          keys.sha1.add(hash.toString("hex"));
          return hash.length === 20;
        }),
    ],
    [4, () => "it is signed, and signatures in such a list are not checked here"],
    [
      5,
      (section) =>
        forEachField(section, (hash) => {
          keys.sha256.add(fingerprintOf(hash));
          return hash.length === 32;
        }),
    ],
  ]);

// Certificates have no role here at all, so those that are revoked are read for their form only.
const readCertificates: ReadPart = (section) => {
  section.string(); // the authority
  if (section.string().length > 0) return "a reserved field of it is not empty";
  return forEachPart(section, CERTIFICATE_PARTS, "part of certificates");
};

const readWhole =
  (take: (part: SshWire) => void): ReadPart =>
  (part) => {
    take(part);
    return part.ended() ? undefined : BROKEN;
  };

const CERTIFICATE_PARTS: ReadonlyMap<number, ReadPart> = new Map([
  [
    0x20,
    readWhole((serials) => {
      while (serials.more()) serials.raw(8);
    }),
  ],
  [0x21, readWhole((range) => range.raw(16))],
  [
    0x22,
    readWhole((bitmap) => {
      bitmap.raw(8);
      bitmap.string();
    }),
  ],
  [
    0x23,
    readWhole((ids) => {
      while (ids.more()) ids.string();
    }),
  ],
]);

const BROKEN = "a section of it has too few or too many bytes, or something of another length than its kind";

const forEachPart = (wire: SshWire, known: ReadonlyMap<number, ReadPart>, what: string): string | undefined => {
  while (wire.more()) {
    const type = wire.byte();
    const read = known.get(type);
    if (read === undefined) return `it has a ${what} of type ${type}, which is not known here`;
    const problem = read(readWire(wire.string()));
    if (problem !== undefined) return problem;
  }
  return wire.ended() ? undefined : BROKEN;
};

const forEachField = (section: SshWire, take: (field: Buffer) => boolean): string | undefined => {
  while (section.more()) if (!take(section.string())) return BROKEN;
  return section.ended() ? undefined : BROKEN;
};

const fingerprintOf = (hash: Uint8Array): string => `SHA256:${Buffer.from(hash).toString("base64").replace(/=+$/, "")}`;
