import { createHash } from "node:crypto";

/** One entry of git's index, as its bytes say. */
interface IndexEntry {
  /** The name's bytes as latin1, so that order and equality are those of the bytes. */
  readonly name: string;
  readonly mode: string;
  readonly oid: string;
  readonly stage: number;
  readonly assumeUnchanged: boolean;
  readonly skipWorktree: boolean;
  readonly intentToAdd: boolean;
}

export interface IndexFile {
  readonly version: number;
  readonly entries: readonly IndexEntry[];
  /** Four-letter names in their order: `link` splits the index, `sdir` makes it sparse, `FSMN` trusts a monitor. */
  readonly extensions: readonly string[];
}

/** Reads an index of version 2, 3 or 4 as data; undefined if it is anything else or its checksum is wrong. */
export const parseIndex = (bytes: Uint8Array): IndexFile | undefined => {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.length < HEADER + CHECKSUM || data.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = data.readUInt32BE(4);
  if (version < 2 || version > 4 || !checksumHolds(data)) return undefined;
  const end = data.length - CHECKSUM;
  const entries: IndexEntry[] = [];
  let at = HEADER;
  for (let left = data.readUInt32BE(8); left > 0; left -= 1) {
    const read = readEntry(data, at, end, version, entries.at(-1)?.name ?? "");
    if (read === undefined) return undefined;
    entries.push(read.entry);
    at = read.next;
  }
  const extensions = readExtensions(data, at, end);
  return extensions === undefined ? undefined : { version, entries, extensions };
};

const HEADER = 12;
const CHECKSUM = 20;
const FIXED = 62;

// A checksum of zeros is what `index.skipHash` writes.
const checksumHolds = (data: Buffer): boolean => {
  const kept = data.subarray(-CHECKSUM);
  return (
    kept.every((byte) => byte === 0) || createHash("sha1").update(data.subarray(0, -CHECKSUM)).digest().equals(kept)
  );
};

interface ReadEntry {
  readonly entry: IndexEntry;
  readonly next: number;
}

const readEntry = (data: Buffer, at: number, end: number, version: number, last: string): ReadEntry | undefined => {
  if (at + FIXED > end) return undefined;
  const flags = data.readUInt16BE(at + 60);
  const extended = version >= 3 && (flags & 0x4000) !== 0;
  const more = extended ? data.readUInt16BE(at + FIXED) : 0;
  const named = version === 4 ? shortName(data, at + FIXED + (extended ? 2 : 0), last) : wholeName(data, at, extended);
  if (named === undefined || named.next > end) return undefined;
  return {
    entry: {
      name: named.name,
      mode: data
        .readUInt32BE(at + 24)
        .toString(8)
        .padStart(6, "0"),
      oid: data.toString("hex", at + 40, at + 60),
      stage: (flags >> 12) & 3,
      assumeUnchanged: (flags & 0x8000) !== 0,
      skipWorktree: (more & 0x4000) !== 0,
      intentToAdd: (more & 0x2000) !== 0,
    },
    next: named.next,
  };
};

interface Named {
  readonly name: string;
  readonly next: number;
}

/** Versions 2 and 3: the whole name, then NULs up to a multiple of eight. */
const wholeName = (data: Buffer, at: number, extended: boolean): Named | undefined => {
  const from = at + FIXED + (extended ? 2 : 0);
  const to = data.indexOf(0, from);
  if (to < 0) return undefined;
  return { name: data.toString("latin1", from, to), next: at + Math.ceil((to - at + 1) / 8) * 8 };
};

/** Version 4: how many bytes of the last name are dropped, then what is added. */
const shortName = (data: Buffer, at: number, last: string): Named | undefined => {
  let from = at;
  let byte = data[from] ?? 0;
  let dropped = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    from += 1;
    byte = data[from] ?? 0;
    dropped = (dropped + 1) * 128 + (byte & 0x7f);
  }
  const to = data.indexOf(0, from + 1);
  if (to < 0 || dropped > last.length) return undefined;
  return { name: last.slice(0, last.length - dropped) + data.toString("latin1", from + 1, to), next: to + 1 };
};

const readExtensions = (data: Buffer, from: number, end: number): string[] | undefined => {
  const names: string[] = [];
  let at = from;
  while (at < end) {
    if (at + 8 > end) return undefined;
    names.push(data.toString("latin1", at, at + 4));
    at += 8 + data.readUInt32BE(at + 4);
  }
  return at === end ? names : undefined;
};
