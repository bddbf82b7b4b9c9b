import { LIMITS } from "../../limits.ts";
import { hex, sameBytes } from "./bytes.ts";
import { objectId, type GitType } from "./git-objects.ts";
import type { VerifyTools } from "./tools.ts";

export interface GitObject {
  readonly type: GitType;
  readonly bytes: Uint8Array;
}

export type PackReading =
  | { readonly ok: true; readonly objects: ReadonlyMap<string, GitObject> }
  | { readonly ok: false; readonly says: string };

const OBJECT_BYTES_MAX = 268_435_456;
const TYPES: Readonly<Record<number, GitType>> = { 1: "commit", 2: "tree", 3: "blob" };

/**
 * Every object of a pack without deltas, found by its index and hashed again. Nothing of the index is believed. Trees are
 * kept, and the blobs that are wanted: of the others nobody will ask.
 */
export const readPack = async (
  tools: VerifyTools,
  pack: Uint8Array,
  index: Uint8Array,
  wanted: ReadonlySet<string>,
): Promise<PackReading> => {
  const no = (says: string): PackReading => ({ ok: false, says });
  const head = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  if (pack.length < 32 || head.getUint32(0) !== 0x50_41_43_4b || head.getUint32(4) !== 2)
    return no("it is no pack of version 2");
  const trailer = pack.subarray(pack.length - 20);
  if (!sameBytes(await tools.sha1(pack.subarray(0, pack.length - 20)), trailer)) return no("its checksum differs");
  const entries = await readIndex(tools, index, trailer);
  if (entries === undefined) return no("its index does not belong to it");
  if (entries.length !== head.getUint32(8)) return no("its index does not list every object");

  const objects = new Map<string, GitObject>();
  let inflated = 0;
  for (const [at, { id, offset }] of entries.entries()) {
    if (at === 0 && offset !== 12) return no("bytes stand before its first object");
    const entry = pack.subarray(offset, entries[at + 1]?.offset ?? pack.length - 20);
    const object = await readObject(tools, entry, LIMITS.bundleInflatedBytesMax - inflated);
    if (object === "too-many-bytes") return no("its objects are larger than is read here");
    if (object === undefined) return no(`object ${id} cannot be read: only whole objects are, no deltas`);
    if ((await objectId(tools, object.type, object.bytes)) !== id) return no(`object ${id} has other content`);
    inflated += object.bytes.length;
    if (object.type !== "blob" || wanted.has(id)) objects.set(id, object);
  }
  return { ok: true, objects };
};

interface IndexEntry {
  readonly id: string;
  readonly offset: number;
}

/** Index version 2, in order of the offsets. */
const readIndex = async (
  tools: VerifyTools,
  index: Uint8Array,
  packTrailer: Uint8Array,
): Promise<readonly IndexEntry[] | undefined> => {
  const FANOUT = 8 + 256 * 4;
  if (index.length < FANOUT + 40) return undefined;
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  if (view.getUint32(0) !== 0xff_74_4f_63 || view.getUint32(4) !== 2) return undefined;
  const count = view.getUint32(FANOUT - 4);
  if (index.length !== FANOUT + count * 28 + 40) return undefined;
  if (!sameBytes(index.subarray(index.length - 40, index.length - 20), packTrailer)) return undefined;
  if (!sameBytes(await tools.sha1(index.subarray(0, index.length - 20)), index.subarray(index.length - 20)))
    return undefined;
  const offsets = FANOUT + count * 24;
  return Array.from({ length: count }, (_, at) => ({
    id: hex(index.subarray(FANOUT + at * 20, FANOUT + at * 20 + 20)),
    offset: view.getUint32(offsets + at * 4),
  })).sort((a, b) => a.offset - b.offset);
};

const readObject = async (
  tools: VerifyTools,
  entry: Uint8Array,
  bytesMax: number,
): Promise<GitObject | "too-many-bytes" | undefined> => {
  const first = entry[0] ?? 0;
  const type = TYPES[Math.floor(first / 16) % 8];
  let size = first % 16;
  let at = 1;
  for (let more = first >= 128, scale = 16; more; at += 1, scale *= 128) {
    const byte = entry[at];
    if (byte === undefined || at > 8) return undefined;
    size += (byte % 128) * scale;
    more = byte >= 128;
  }
  if (size > bytesMax) return "too-many-bytes";
  if (type === undefined || size > OBJECT_BYTES_MAX) return undefined;
  const bytes = await tools.inflate(entry.subarray(at), size + 1);
  return bytes?.length === size ? { type, bytes } : undefined;
};
