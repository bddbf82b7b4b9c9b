import { createHash, type Hash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, type BigIntStats } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

import { digestOf, parseDigest, type Digest } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Manifest, ManifestEntry } from "../../workflow/policy/changes.ts";
import { rawName, shown } from "./path-name.ts";
import { ManifestLimit, walk, type Found } from "./walk.ts";

export { ManifestLimit } from "./walk.ts";

export interface ManifestOptions {
  /** Asked for every entry by its path; what is below a skipped folder is not looked at. */
  readonly skip: (path: string) => boolean;
  /** Is given every plain file with the very bytes that were digested. */
  readonly keep?: (entry: ManifestEntry, bytes: Uint8Array) => Promise<void>;
  /** Is shown owner, device and inode, which stand beside the manifest and not in it. */
  readonly seen?: (entry: ManifestEntry, stat: BigIntStats) => void;
}

/** One walk of git.md 5. Throws `ManifestLimit` rather than telling of a part. */
export const takeManifest = (folder: string, options: ManifestOptions): Promise<Manifest> =>
  readFound(() => walk(folder, options.skip), options);

/** The manifest of what was found; it is asked for twice, first for the sizes alone. */
export const readFound = async (
  found: () => Iterable<Found>,
  { keep, seen }: Omit<ManifestOptions, "skip">,
): Promise<Manifest> => {
  const endsAt = performance.now() + LIMITS.manifestTimeMs;
  const rows: { readonly order: string; readonly entry: ManifestEntry }[] = [];
  let files = 0;
  let bytes = 0;
  mustFit(found());
  for (const one of found()) {
    const read = await readEntry(one, keep !== undefined, endsAt);
    rows.push({ order: one.raw.toString("latin1"), entry: read.entry });
    seen?.(read.entry, one.stat);
    if (read.entry.type === "f") {
      files += 1;
      bytes += read.entry.size;
      if (bytes > LIMITS.manifestTotalBytesMax) throw new ManifestLimit("manifest-total-bytes", shown(one.path));
      await keep?.(read.entry, read.bytes);
    }
    if (rows.length % ENTRIES_PER_TURN === 0) await nextTurn();
  }
  // A folder's listing is not the order of whole paths: "a.b" comes before "a/b".
  const entries = rows.sort((a, b) => (a.order < b.order ? -1 : 1)).map(({ entry }) => entry);
  return { entries, digest: digestOfEntries(entries), files, bytes };
};

/** SHA-256 over `type SP mode SP nlink SP size SP digest SP path NUL` of each entry. */
export const digestOfEntries = (entries: readonly ManifestEntry[]): Digest => {
  const hash = createHash("sha256");
  for (const entry of entries) {
    const { type, mode, nlink, size, sha256 } = entry;
    hash.update(`${type} ${mode.toString(8).padStart(4, "0")} ${nlink} ${size} ${sha256} `).update(rawName(entry));
    hash.update("\0");
  }
  return finished(hash);
};

/** Git's id of a blob of these bytes. */
export const blobOf = (bytes: Uint8Array): string =>
  createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");

const ENTRIES_PER_TURN = 256;
const CHUNK_BYTES = 1_048_576;
const NOTHING = digestOf("");

interface Read {
  readonly entry: ManifestEntry;
  readonly bytes: Uint8Array;
}

/** Sizes alone, before any content is read: sparse files cost whoever makes them nothing. */
const mustFit = (found: Iterable<Found>): void => {
  let bytes = 0;
  for (const { path, stat } of found) {
    if (!stat.isFile()) continue;
    if (stat.size > LIMITS.manifestFileBytesMax) throw new ManifestLimit("manifest-file-bytes", shown(path));
    bytes += Number(stat.size);
    if (bytes > LIMITS.manifestTotalBytesMax) throw new ManifestLimit("manifest-total-bytes", shown(path));
  }
};

const readEntry = async (found: Found, whole: boolean, endsAt: number): Promise<Read> => {
  const { path, utf8, stat } = found;
  const type = typeOf(stat);
  const base = { path, utf8, type, mode: Number(stat.mode & 0o7777n) };
  if (type === "f") return readFile(found, base, whole, endsAt);
  if (type === "l") return readLink(found, base);
  // Size and link count of a folder are the file system's own business and differ between equal trees.
  const nlink = type === "d" ? 1 : Number(stat.nlink);
  return { entry: { ...base, nlink, size: 0, sha256: NOTHING, blob: "" }, bytes: new Uint8Array() };
};

type Base = Pick<ManifestEntry, "path" | "utf8" | "type" | "mode">;

const readLink = ({ absolute, path, stat }: Found, base: Base): Read => {
  const text = orUnreadable(path, () => readlinkSync(absolute, { encoding: "buffer" }));
  const digests = { sha256: digestOf(text), blob: blobOf(text) };
  return { entry: { ...base, nlink: Number(stat.nlink), size: text.length, ...digests }, bytes: text };
};

const readFile = async (found: Found, base: Base, whole: boolean, endsAt: number): Promise<Read> => {
  const { absolute, path, stat } = found;
  const size = Number(stat.size);
  if (size > LIMITS.manifestFileBytesMax) throw new ManifestLimit("manifest-file-bytes", shown(path));
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = orUnreadable(path, () => openSync(absolute, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  try {
    mustAgree(stat, fstatSync(file, { bigint: true }), path);
    const sha256 = createHash("sha256");
    const blob = createHash("sha1").update(`blob ${size}\0`);
    const buffer = Buffer.allocUnsafe(whole ? size + 1 : Math.min(size + 1, CHUNK_BYTES));
    let total = 0;
    for (;;) {
      const into = whole ? total : 0;
      const room = Math.min(buffer.length - into, CHUNK_BYTES);
      const count = orUnreadable(path, () => readSync(file, buffer, into, room, null));
      if (count === 0) break;
      const part = buffer.subarray(into, into + count);
      sha256.update(part);
      blob.update(part);
      total += count;
      if (total > size) throw new ManifestLimit("entry-changed-while-read", shown(path));
      if (performance.now() > endsAt) throw new ManifestLimit("manifest-time", shown(path));
      if (count === CHUNK_BYTES) await nextTurn();
    }
    mustAgree(stat, fstatSync(file, { bigint: true }), path);
    if (total !== size) throw new ManifestLimit("entry-changed-while-read", shown(path));
    const digests = { sha256: finished(sha256), blob: blob.digest("hex") };
    return {
      entry: { ...base, nlink: Number(stat.nlink), size, ...digests },
      bytes: whole ? buffer.subarray(0, size) : new Uint8Array(),
    };
  } finally {
    closeSync(file);
  }
};

const mustAgree = (before: BigIntStats, now: BigIntStats, path: string): void => {
  const same = (["dev", "ino", "mode", "nlink", "size", "mtimeNs", "ctimeNs"] as const).every(
    (part) => before[part] === now[part],
  );
  if (!same) throw new ManifestLimit("entry-changed-while-read", shown(path));
};

export const typeOf = (stat: BigIntStats): ManifestEntry["type"] => {
  if (stat.isFile()) return "f";
  if (stat.isDirectory()) return "d";
  if (stat.isSymbolicLink()) return "l";
  if (stat.isFIFO()) return "p";
  if (stat.isSocket()) return "s";
  return stat.isCharacterDevice() ? "c" : "b";
};

const finished = (hash: Hash): Digest => {
  const digest = parseDigest(hash.digest("hex"));
  if (digest === undefined) throw new TypeError("SHA-256 gave no SHA-256");
  return digest;
};

const orUnreadable = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    throw new ManifestLimit("entry-unreadable", shown(path), cause);
  }
};
