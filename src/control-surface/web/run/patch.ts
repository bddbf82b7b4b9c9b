/** One file of a patch, as lines. For showing only: what a patch does is recomputed by the verifier. */
export interface PatchFile {
  readonly path: string;
  /** What the head says beside the lines: modes, renames, that it is binary. */
  readonly notes: readonly string[];
  readonly lines: readonly PatchLine[];
}

export interface PatchLine {
  readonly kind: "hunk" | "same" | "added" | "removed" | "note";
  readonly text: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  /** Line of patch.diff, 1-based: evidence cites by it. */
  readonly at: number;
}

/** The files of a patch in its own order, and what of it belongs to none. */
export const patchFilesOf = (
  patch: string,
): { readonly files: readonly PatchFile[]; readonly rest: readonly string[] } => {
  const files: Open[] = [];
  const rest: string[] = [];
  const lines = patch.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    const file = files.at(-1);
    const path = file?.isInHunk === true ? undefined : pathIn(line);
    if (path !== undefined)
      files.push({ path, notes: [], lines: [], before: 0, after: 0, left: [0, 0], isInHunk: false });
    else if (file === undefined) rest.push(line);
    else take(file, line, index + 1);
  }
  return { files: files.map(({ path, notes, lines: own }) => ({ path, notes, lines: own })), rest };
};

interface Open {
  readonly path: string;
  readonly notes: string[];
  readonly lines: PatchLine[];
  before: number;
  after: number;
  left: readonly [number, number];
  isInHunk: boolean;
}

const take = (file: Open, line: string, at: number): void => {
  const hunk = file.isInHunk ? null : /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (hunk !== null) {
    const [, before, beforeLines = "1", after, afterLines = "1"] = hunk;
    [file.before, file.after] = [Number(before), Number(after)];
    begin(file, [Number(beforeLines), Number(afterLines)]);
    file.lines.push({ kind: "hunk", text: line, before: undefined, after: undefined, at });
  } else if (line.startsWith("\\")) {
    file.lines.push({ kind: "note", text: line.slice(2), before: undefined, after: undefined, at });
  } else if (file.isInHunk) body(file, line, at);
  else if (HEAD.test(line)) return;
  else if (isNote(line)) file.notes.push(line);
  else if (line !== "") file.lines.push({ kind: "note", text: line, before: undefined, after: undefined, at });
};

const body = (file: Open, line: string, at: number): void => {
  const [before, after] = file.left;
  const text = line.slice(1);
  if (line.startsWith("+")) {
    file.lines.push({ kind: "added", text, before: undefined, after: file.after++, at });
    begin(file, [before, after - 1]);
  } else if (line.startsWith("-")) {
    file.lines.push({ kind: "removed", text, before: file.before++, after: undefined, at });
    begin(file, [before - 1, after]);
  } else {
    file.lines.push({ kind: "same", text, before: file.before++, after: file.after++, at });
    begin(file, [before - 1, after - 1]);
  }
};

const begin = (file: Open, left: readonly [number, number]): void => {
  file.left = left;
  file.isInHunk = left[0] > 0 || left[1] > 0;
};

// They say nothing that the other rows do not.
const HEAD = /^(?:index |--- |\+\+\+ |new file mode |deleted file mode |old mode |new mode |GIT binary patch$)/;

const isNote = (line: string): boolean => /^(?:similarity|dissimilarity|rename|copy) /.test(line);

const pathIn = (line: string): string | undefined => {
  if (!line.startsWith("diff --git ")) return undefined;
  const both = line.slice("diff --git ".length);
  // Renames are never looked for, so both names are the same: half of the two is one.
  return both.startsWith('"')
    ? unquoted(both.slice(3, (both.length - 1) / 2 - 1))
    : both.slice(2, (both.length - 1) / 2);
};

const unquoted = (quoted: string): string => {
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of quoted.matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\])/gsu))
    if (octal === undefined)
      bytes.push(...new TextEncoder().encode(escaped === undefined ? plain : (ESCAPES[escaped] ?? escaped)));
    else bytes.push(Number.parseInt(octal, 8));
  return new TextDecoder().decode(new Uint8Array(bytes));
};

const ESCAPES: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };
