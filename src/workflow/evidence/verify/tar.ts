import { LIMITS } from "../../limits.ts";
import { joined, textIn } from "./bytes.ts";
import type { BundleContent, DigestedFile, OddEntry } from "./reading.ts";
import { BLOCK, readPax, readTarHeader } from "./tar-header.ts";
import { tarNames, type TarNames } from "./tar-names.ts";
import { tarSource, type TarSource } from "./tar-source.ts";
import type { Eventually } from "./tools.ts";

/** Takes one file piece by piece; answers it whole, or only its digest. A piece is valid until `take` returns. */
export interface FileTaker {
  take(piece: Uint8Array): void;
  done(): Eventually<Uint8Array | DigestedFile>;
}

export interface TarBundle {
  readonly files: BundleContent;
  /** Every entry that no bundle may have, with the reason; the verifier fails on any. */
  readonly odd: readonly OddEntry[];
}

/**
 * Reads one bundle out of a tar, unpacking nothing: plain files and folders only, flat or below one folder. Whatever else
 * stands in the archive is odd. A piece of the source is used before the next one is asked for.
 */
export const readTar = async (
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  taker: (sizeBytes: number) => FileTaker = heldFile,
): Promise<TarBundle> => {
  const bytes = tarSource(source);
  const names = tarNames();
  let total = 0;
  for (;;) {
    const entry = await nextEntry(bytes, names);
    if (entry === "end") break;
    total += entry.size;
    if (total > LIMITS.bundleBytesMax) {
      names.odd(entry.name, `the archive has more than ${LIMITS.bundleBytesMax} bytes`);
      break;
    }
    const file = entry.why === undefined && entry.isFile ? taker(entry.size) : undefined;
    if (!(await bytes.through(entry.size, (piece) => file?.take(piece)))) {
      names.odd(entry.name, "the archive is cut short in it");
      break;
    }
    if (entry.why !== undefined) names.odd(entry.name, entry.why);
    else if (file === undefined) names.folder(entry.name);
    else names.file(entry.name, await file.done());
    if (names.count() > LIMITS.bundleFilesMax) {
      names.odd(entry.name, `the archive has more than ${LIMITS.bundleFilesMax} entries`);
      break;
    }
  }
  return names.bundle();
};

/** Keeps the file in memory. */
export const heldFile = (): FileTaker => {
  const parts: Uint8Array[] = [];
  return { take: (piece) => void parts.push(piece.slice()), done: () => joined(...parts) };
};

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly isFile: boolean;
  /** Why no bundle may have it. */
  readonly why?: string;
}

const PAX_BYTES_MAX = 65_536;

/** Types that say something of the entry behind them. */
const ABOUT_NEXT: ReadonlySet<string> = new Set(["x", "L"]);

const FOREIGN: Readonly<Record<string, string>> = {
  "1": "it is a hard link",
  "2": "it is a symbolic link",
  "3": "it is a device",
  "4": "it is a device",
  "6": "it is a pipe",
  S: "it is a sparse file",
  g: "it speaks of all entries at once",
};

const nextEntry = async (bytes: TarSource, names: TarNames): Promise<Entry | "end"> => {
  let told: { readonly name: string | undefined } | undefined;
  for (;;) {
    const block = await bytes.exactly(BLOCK);
    const header = block === undefined ? undefined : readTarHeader(block);
    if (header === undefined || header.kind === "broken") {
      names.odd(told?.name ?? names.last(), header?.says ?? "the archive has no end");
      return "end";
    }
    if (header.kind === "zeros") {
      if (told !== undefined) names.odd(told.name ?? names.last(), "it is named and not there");
      if (!(await bytes.isZeroToEnd())) names.odd(names.last(), "bytes stand behind the end of the archive");
      return "end";
    }
    const { type, size } = header;
    if (!ABOUT_NEXT.has(type)) return entryOf(told?.name ?? header.name, type, size);
    const more = size > PAX_BYTES_MAX || told !== undefined ? undefined : await bytes.content(size);
    told = more === undefined ? undefined : nameTold(type, more);
    if (told === undefined) {
      names.odd(header.name, "a long name in front of it is not understood");
      return "end";
    }
  }
};

const entryOf = (name: string, type: string, size: number): Entry => {
  if (type === "5") return { name, size, isFile: false, ...(size === 0 ? {} : { why: "it is a folder with content" }) };
  if (type === "0" || type === "\0") return { name, size, isFile: true };
  return { name, size, isFile: false, why: FOREIGN[type] ?? "it is of an unknown type" };
};

/** The name that a pax or GNU header gives to the next entry, if it gives one; undefined where it says more than we know. */
const nameTold = (type: string, content: Uint8Array): { readonly name: string | undefined } | undefined => {
  if (type === "L") {
    const name = textIn(content.at(-1) === 0 ? content.subarray(0, -1) : content);
    return name === undefined ? undefined : { name };
  }
  const members = readPax(content);
  if (members === undefined || [...members.keys()].some((key) => !HARMLESS.test(key))) return undefined;
  return { name: members.get("path") };
};

/** Owner, times and notes change no byte of a bundle; `size` and `GNU.sparse` would. */
const HARMLESS = /^(?:path|[acm]time|uid|gid|uname|gname|comment|hdrcharset|LIBARCHIVE\.creationtime)$/;
