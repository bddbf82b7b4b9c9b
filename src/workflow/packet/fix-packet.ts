import type { Place, RefusalCode } from "../refusal.ts";
import { BANNER } from "./fixed-words.ts";
import type { Diagnostic } from "./lint-packet.ts";

/** A place of a text: lines and columns from 1, in code points. */
type Point = Pick<Place, "line" | "column">;

/** What stands between two places becomes another text. */
export interface Edit {
  readonly from: Point;
  readonly to: Point;
  readonly text: string;
}

/** What mends one finding without anybody's judgement. */
export interface Fix {
  readonly code: RefusalCode;
  readonly at: Place;
  readonly title: string;
  readonly edits: readonly Edit[];
}

/**
 * The fixes of those findings that have one right answer. None of them gives more leave: they restore words that every
 * packet repeats, add what stays forbidden or demanded in every contract, and drop bytes that say nothing.
 */
export const fixesOf = (text: string, diagnostics: readonly Diagnostic[]): readonly Fix[] => {
  const lines = text.split("\n");
  return diagnostics.flatMap((found) => {
    const mended = FIXES[found.code]?.(found, lines);
    if (mended === undefined) return [];
    return [{ code: found.code, at: found.at, title: mended.title, edits: mended.edits }];
  });
};

/** The text with all of these fixes made. */
export const applyFixes = (text: string, fixes: readonly Fix[]): string => {
  const lines = text.split("\n").map((line) => Array.from(line));
  const edits = fixes.flatMap(({ edits }) => edits);
  // From the end, so that no place moves; of two at one place the later one is made first and stands behind.
  const ordered = edits
    .map((edit, index) => ({ edit, index }))
    .toSorted((a, b) => compare(b.edit.from, a.edit.from) || b.index - a.index);
  for (const { edit } of ordered) {
    const { from, to } = edit;
    const head = (lines[from.line - 1] ?? []).slice(0, from.column - 1).join("");
    const tail = (lines[to.line - 1] ?? []).slice(to.column - 1).join("");
    const made = `${head}${edit.text}${tail}`.split("\n").map((line) => Array.from(line));
    lines.splice(from.line - 1, to.line - from.line + 1, ...made);
  }
  return lines.map((line) => line.join("")).join("\n");
};

const compare = (a: Point, b: Point): number => a.line - b.line || a.column - b.column;

type Mend = (found: Diagnostic, lines: readonly string[]) => Pick<Fix, "title" | "edits"> | undefined;

const FIXES: Readonly<Partial<Record<RefusalCode, Mend>>> = {
  "packet/trailing-space": ({ at }, lines) => ({ title: "Remove the space", edits: [toEnd(at, lines, "")] }),
  "packet/invisible-characters": ({ facts, at }, lines) => {
    if (facts["codePoint"] === "U+000D" && lines[at.line - 1]?.endsWith("\r") === true)
      return { title: "End each line in a line feed alone", edits: carriageReturns(lines) };
    if (facts["codePoint"] === "U+FEFF" && at.line === 1 && at.column === 1)
      return { title: "Remove the byte order mark", edits: [{ from: at, to: { line: 1, column: 2 }, text: "" }] };
    return undefined;
  },
  "packet/name-mismatch": ({ facts, at }, lines) => ({
    title: `Name it ${facts["expected"]}`,
    edits: [toEnd(at, lines, String(facts["expected"]))],
  }),
  "packet/banner": ({ at }, lines) =>
    (lines[at.line - 1] ?? "").startsWith("Local planning SOT only.")
      ? { title: "Restore the planning banner", edits: [toEnd({ ...at, column: 1 }, lines, BANNER)] }
      : { title: "Insert the planning banner", edits: [behind(titleLine(lines), lines, BANNER)] },
  "packet/notice": ({ facts, at }, lines) => {
    const isAlone = lines.slice(at.line).every((line) => line.trim() === "");
    const isNotice = (lines[at.line - 1] ?? "").startsWith("This approval packet is child-local planning.");
    if (!isAlone || !isNotice) return undefined;
    return { title: "Restore the notice", edits: [toEnd({ ...at, column: 1 }, lines, String(facts["expected"]))] };
  },
  "packet/forbidden-action-removed": ({ facts, at }, lines) => ({
    title: `Forbid ${facts["action"]} again`,
    edits: [behind(lastItem(at.line, lines), lines, `- ${facts["action"]}`)],
  }),
  "packet/forbidden-path-removed": ({ facts, at }, lines) => ({
    title: `Forbid ${facts["path"]} again`,
    edits: [behind(lastItem(at.line, lines), lines, `- \`${facts["path"]}\``)],
  }),
  "packet/evidence-missing": ({ facts, at }, lines) => {
    const item = String(facts["item"]);
    return {
      title: `Demand ${item} again`,
      edits: [behind(lastItem(at.line, lines), lines, item.includes(".") ? `- \`${item}\`` : `- ${item}`)],
    };
  },
  "packet/item-repeated": ({ facts, at }, lines) => {
    const [line, earlier] = [lines[at.line - 1], lines[Number(facts["line"]) - 1]];
    if (line === undefined || line !== earlier || at.line >= lines.length) return undefined;
    const edit: Edit = { from: { line: at.line, column: 1 }, to: { line: at.line + 1, column: 1 }, text: "" };
    return { title: "Remove the second of two equal items", edits: [edit] };
  },
  "packet/sentence-disagrees": ({ facts, at }, lines) => {
    const label = / for the (\S.*?) task\.?\r?$/.exec(lines[at.line - 1] ?? "")?.[1];
    if (label === undefined) return undefined;
    const sentence = String(facts["expected"]).replace("LABEL", () => label);
    return { title: "Write the sentence anew", edits: [toEnd({ ...at, column: 1 }, lines, sentence)] };
  },
};

/** From a place to the end of its line; its carriage return stays, for that is a finding of its own. */
const toEnd = (from: Point, lines: readonly string[], text: string): Edit => {
  const line = (lines[from.line - 1] ?? "").replace(/\r$/, "");
  return { from: at(from), to: { line: from.line, column: Array.from(line).length + 1 }, text };
};

const behind = (line: number, lines: readonly string[], text: string): Edit => {
  const end = { line, column: Array.from((lines[line - 1] ?? "").replace(/\r$/, "")).length + 1 };
  const ending = lines[line - 1]?.endsWith("\r") === true ? "\r\n" : "\n";
  return { from: end, to: end, text: `${ending}${text}` };
};

const at = ({ line, column }: Point): Point => ({ line, column });

/** The last item of the list that stands at or below a line. */
const lastItem = (from: number, lines: readonly string[]): number => {
  let last = from;
  for (let line = from + 1; line <= lines.length; line += 1) {
    const text = lines[line - 1] ?? "";
    if (text.startsWith("- ")) last = line;
    else if (text.trim() !== "") break;
  }
  return last;
};

const titleLine = (lines: readonly string[]): number => lines.findIndex((line) => line.startsWith("# ")) + 1;

const carriageReturns = (lines: readonly string[]): readonly Edit[] =>
  lines.flatMap((line, index) => {
    const column = Array.from(line).length;
    const [from, to] = [
      { line: index + 1, column },
      { line: index + 1, column: column + 1 },
    ];
    return line.endsWith("\r") ? [{ from, to, text: "" }] : [];
  });
