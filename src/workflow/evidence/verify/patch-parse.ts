import { LIMITS } from "../../limits.ts";
import { latin1 } from "./bytes.ts";

/** One file of a git patch, as `diff-tree --binary --full-index --no-renames` writes it. Paths are latin1. */
export interface FilePatch {
  readonly path: string;
  /** Six octal digits, or "none" where the file is not there on that side. */
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldBlob: string;
  readonly newBlob: string;
  readonly body: PatchBody;
}

type PatchBody =
  | { readonly kind: "none" }
  | { readonly kind: "text"; readonly hunks: readonly Hunk[] }
  | {
      readonly kind: "binary";
      readonly form: "literal" | "delta";
      readonly size: number;
      readonly lines: readonly string[];
    };

export interface Hunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly HunkLine[];
}

/** The bytes with their line feed, or without where the file ends without one. */
interface HunkLine {
  readonly side: " " | "-" | "+";
  readonly bytes: Uint8Array;
}

/** Thrown inside the patch code and caught by its one check: the patch is not of the form that the Harness writes. */
export class PatchProblem extends Error {}

const NO_BLOB = "0".repeat(40);
/** Both names of a file, each byte of them written as four letters. */
const NAMES_LETTERS_MAX = 2 * (4 * LIMITS.manifestPathBytesMax + 8);

export const parsePatch = (patch: Uint8Array): readonly FilePatch[] => {
  if (patch.length > LIMITS.bundleHeldFileBytesMax) throw new PatchProblem("it is larger than is read here");
  const lines = splitLines(patch);
  const files: FilePatch[] = [];
  let at = 0;
  while (at < lines.length) {
    const read = parseFile(lines, at);
    files.push(read.file);
    at = read.next;
  }
  return files;
};

/** Lines without their line feed. A patch always ends with one. */
const splitLines = (bytes: Uint8Array): readonly Uint8Array[] => {
  const lines: Uint8Array[] = [];
  let from = 0;
  while (from < bytes.length) {
    const end = bytes.indexOf(0x0a, from);
    if (end < 0) throw new PatchProblem("its last line has no line feed");
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return lines;
};

interface Read<T> {
  readonly file: T;
  readonly next: number;
}

const parseFile = (lines: readonly Uint8Array[], from: number): Read<FilePatch> => {
  const textAt = (index: number): string => latin1(lines[index] ?? new Uint8Array());
  const path = pathOf(textAt(from));
  let at = from + 1;
  const takeAfter = (prefix: string): string | undefined => {
    const text = textAt(at);
    if (at >= lines.length || !text.startsWith(prefix)) return undefined;
    at += 1;
    return text.slice(prefix.length);
  };
  const [flippedFrom, flippedTo] = [takeAfter("old mode "), takeAfter("new mode ")];
  const made = takeAfter("new file mode ");
  const deleted = takeAfter("deleted file mode ");
  const index = takeAfter("index ");
  const [, oldId, newId, mode] = /^([0-9a-f]{40})\.\.([0-9a-f]{40})(?: ([0-7]{6}))?$/.exec(index ?? "") ?? [];
  if (index === undefined && flippedTo === undefined) throw new PatchProblem(`${path} has no index line`);
  if (index !== undefined && (oldId === undefined || newId === undefined))
    throw new PatchProblem(`${path} has shortened ids`);
  const modes = {
    oldMode: made === undefined ? (deleted ?? flippedFrom ?? mode ?? "none") : "none",
    newMode: deleted === undefined ? (made ?? flippedTo ?? mode ?? "none") : "none",
  };
  const body = parseBody(lines, at, path, { isNew: made !== undefined, isDeleted: deleted !== undefined });
  return {
    file: { path, ...modes, oldBlob: oldId ?? NO_BLOB, newBlob: newId ?? NO_BLOB, body: body.file },
    next: body.next,
  };
};

const parseBody = (
  lines: readonly Uint8Array[],
  from: number,
  path: string,
  ends: { readonly isNew: boolean; readonly isDeleted: boolean },
): Read<PatchBody> => {
  const textAt = (index: number): string => latin1(lines[index] ?? new Uint8Array());
  if (textAt(from) === "GIT binary patch") return parseBinary(lines, from + 1, path);
  if (!textAt(from).startsWith("--- ")) return { file: { kind: "none" }, next: from };
  const [was, is] = [nameOn(textAt(from), "--- ", "a/"), nameOn(textAt(from + 1), "+++ ", "b/")];
  if (was !== (ends.isNew ? "/dev/null" : path) || is !== (ends.isDeleted ? "/dev/null" : path))
    throw new PatchProblem(`the names of ${path} differ in its own headers`);
  const hunks: Hunk[] = [];
  let at = from + 2;
  while (at < lines.length && textAt(at).startsWith("@@ ")) {
    const read = parseHunk(lines, at, path);
    hunks.push(read.file);
    at = read.next;
  }
  return { file: { kind: "text", hunks }, next: at };
};

const parseHunk = (lines: readonly Uint8Array[], from: number, path: string): Read<Hunk> => {
  const found = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/.exec(
    latin1(lines[from] ?? new Uint8Array()),
  );
  if (found === null) throw new PatchProblem(`${path} has a broken hunk`);
  const [oldStart, oldLines] = [Number(found[1]), Number(found[2] ?? 1)];
  const [newStart, newLines] = [Number(found[3]), Number(found[4] ?? 1)];
  const body: HunkLine[] = [];
  let [left, right, at] = [oldLines, newLines, from + 1];
  while (left > 0 || right > 0) {
    const line = lines[at];
    const side = String.fromCharCode(line?.[0] ?? 0);
    if (line === undefined || (side !== " " && side !== "-" && side !== "+"))
      throw new PatchProblem(`${path} has a hunk cut short`);
    left -= side === "+" ? 0 : 1;
    right -= side === "-" ? 0 : 1;
    at += 1;
    const isOpen = latin1(lines[at] ?? new Uint8Array()) === "\\ No newline at end of file";
    const bytes = line.subarray(1);
    // Only the last line of a side can end without a line feed: any other would be one line with the next.
    if (isOpen && (bytes.length === 0 || (side !== "+" && left > 0) || (side !== "-" && right > 0)))
      throw new PatchProblem(`${path} has a line without its end in the middle`);
    body.push({ side, bytes: isOpen ? bytes : withLineFeed(bytes) });
    at += isOpen ? 1 : 0;
  }
  if (left < 0 || right < 0) throw new PatchProblem(`${path} has a hunk that counts wrong`);
  return { file: { oldStart, oldLines, newStart, newLines, lines: body }, next: at };
};

const parseBinary = (lines: readonly Uint8Array[], from: number, path: string): Read<PatchBody> => {
  const forward = parseBlock(lines, from, path);
  const hasReverse = /^(?:literal|delta) \d+$/.test(latin1(lines[forward.next] ?? new Uint8Array()));
  return { file: forward.file, next: hasReverse ? parseBlock(lines, forward.next, path).next : forward.next };
};

const parseBlock = (lines: readonly Uint8Array[], from: number, path: string): Read<PatchBody> => {
  const [, form, size] = /^(literal|delta) (\d{1,10})$/.exec(latin1(lines[from] ?? new Uint8Array())) ?? [];
  if ((form !== "literal" && form !== "delta") || size === undefined)
    throw new PatchProblem(`${path} has a broken binary part`);
  let at = from + 1;
  while ((lines[at]?.length ?? 0) > 0) at += 1;
  if (lines[at] === undefined) throw new PatchProblem(`${path} has a binary part without an end`);
  const encoded = lines.slice(from + 1, at).map((line) => latin1(line));
  return { file: { kind: "binary", form, size: Number(size), lines: encoded }, next: at + 1 };
};

const pathOf = (line: string): string => {
  const both = line.startsWith("diff --git ") ? line.slice("diff --git ".length) : undefined;
  if (both === undefined) throw new PatchProblem("a line belongs to no file");
  if (both.length > NAMES_LETTERS_MAX) throw new PatchProblem("a file has a name that no file can have");
  const half = (both.length - 1) / 2;
  const [was, is] = [unprefixed(both.slice(0, half), "a/"), unprefixed(both.slice(half + 1), "b/")];
  if (both[half] !== " " || was === undefined || was !== is) throw new PatchProblem("a file has two names");
  return was;
};

const nameOn = (line: string, prefix: string, side: "a/" | "b/"): string => {
  const text = line.startsWith(prefix) ? line.slice(prefix.length).replace(/\t$/, "") : "";
  if (text === "/dev/null") return text;
  const name = unprefixed(text, side);
  if (name === undefined) throw new PatchProblem("a file header has no name");
  return name;
};

const unprefixed = (text: string, side: "a/" | "b/"): string | undefined => {
  const name = text.startsWith('"') ? unquoted(text) : text;
  return name?.startsWith(side) === true && name.length > 2 ? name.slice(2) : undefined;
};

const unquoted = (text: string): string | undefined => {
  if (!/^"(?:[^"\\]|\\(?:[0-3][0-7]{2}|[abtnvfr"\\]))*"$/s.test(text)) return undefined;
  return text
    .slice(1, -1)
    .replaceAll(/\\([0-3][0-7]{2})|\\(.)/gs, (_, octal: string | undefined, letter: string | undefined) =>
      octal === undefined ? (ESCAPES[letter ?? ""] ?? letter ?? "") : String.fromCharCode(Number.parseInt(octal, 8)),
    );
};

const ESCAPES: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };

const withLineFeed = (line: Uint8Array): Uint8Array => {
  const whole = new Uint8Array(line.length + 1);
  whole.set(line);
  whole[line.length] = 0x0a;
  return whole;
};
