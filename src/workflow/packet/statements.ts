import { refusal, type Place, type Refusal } from "../refusal.ts";
import { placeWithin, type Line } from "./line.ts";

/** One line is one statement (R022); only a fence spans lines. `at` is where the text begins. */
export type Statement =
  | { readonly kind: "title" | "heading" | "item" | "line"; readonly text: string; readonly at: Place }
  | Fence;

export interface Fence {
  readonly kind: "fence";
  readonly language: string;
  readonly at: Place;
  readonly lines: readonly Line[];
}

export interface Statements {
  readonly statements: readonly Statement[];
  readonly objections: readonly Refusal[];
}

/** The lines behind the frontmatter -> statements. Blank lines mean nothing; what Markdown could read otherwise is refused. */
export const statementsOf = (lines: readonly Line[]): Statements => {
  const statements: Statement[] = [];
  const objections: Refusal[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined || isBlank(line.text)) continue;
    if (line.text.startsWith("```")) {
      const fence = fenceFrom(lines, index);
      statements.push(fence.statement);
      objections.push(...fence.objections);
      index += fence.statement.lines.length + 1;
      continue;
    }
    if (/^#(?!#? )/.test(line.text)) {
      objections.push(refusal("packet/heading-unknown", { heading: line.text }, line.at));
      continue;
    }
    const statement = statementOf(line);
    statements.push(statement);
    objections.push(...objectionsTo(line, statement));
  }
  return { statements, objections };
};

/**
 * The same document with one blank line around headings and fences and between statements, none between items: as
 * Markdown programs need it to see the statements that are there (R141).
 */
export const separateStatements = (text: string): string => {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const body = lines[0] === "---" ? lines.indexOf("---", 1) + 1 : 0;
  const separated = lines.slice(0, body);
  let isOpen = false;
  let follows: string | undefined;
  for (const line of lines.slice(body)) {
    if (!isOpen && isBlank(line)) continue;
    const isItem = line.startsWith("- ");
    if (!isOpen && !(isItem && follows?.startsWith("- "))) separated.push("");
    separated.push(line);
    if (line.startsWith("```")) isOpen = !isOpen;
    follows = line;
  }
  return `${separated.join("\n")}\n`;
};

const isBlank = (text: string): boolean => /^ *$/.test(text);

const statementOf = ({ text: written, at }: Line): Exclude<Statement, Fence> => {
  const text = written.trimEnd();
  const marker = /^(?:# |## |- )/.exec(text)?.[0];
  if (marker === undefined) return { kind: "line", text, at };
  const kind = marker === "- " ? "item" : marker === "# " ? "title" : "heading";
  return { kind, text: text.slice(marker.length), at: placeWithin(at, text, marker.length) };
};

function* objectionsTo(line: Line, statement: Exclude<Statement, Fence>): Iterable<Refusal> {
  const { text, at } = line;
  if (text.startsWith(" ")) {
    yield refusal("packet/indented", {}, at);
    return;
  }
  if (text.endsWith(" ")) yield refusal("packet/trailing-space", {}, placeWithin(at, text, text.trimEnd().length));
  const what = markupIn(statement);
  if (what !== undefined) yield refusal("packet/markup", { what }, statement.at);
}

const markupIn = ({ kind, text }: Exclude<Statement, Fence>): string | undefined => {
  const html = /<[A-Za-z/!?]/.exec(text);
  if (html !== null) return "HTML, which Markdown may hide";
  if (kind === "title" || kind === "heading") return undefined;
  if (/^\d+[.)]( |$)/.test(text)) return "a numbered list";
  if (text.startsWith("```")) return "a fence inside an item";
  // A statement begins like a sentence or with inline code; every other start means something to Markdown.
  return /^[\p{L}\p{N}`"'(]/u.test(text) ? undefined : "Markdown other than a sentence or an item";
};

const fenceFrom = (
  lines: readonly Line[],
  start: number,
): { readonly statement: Fence; readonly objections: readonly Refusal[] } => {
  const opening = lines[start];
  if (opening === undefined) throw new TypeError("a fence begins on a line");
  const wrong = (problem: string, at: Place): Refusal => refusal("packet/fence", { problem }, at);
  let end = start + 1;
  while (end < lines.length && lines[end]?.text !== "```") end += 1;
  const inside = lines.slice(start + 1, end);
  const language = /^```([a-z]+)$/.exec(opening.text)?.[1];
  const objections = [
    ...(language === undefined ? [wrong("does not open with three backticks and one word", opening.at)] : []),
    ...(end === lines.length ? [wrong("is never closed", opening.at)] : []),
    ...inside.filter(({ text }) => /^ *```/.test(text)).map(({ at }) => wrong("is closed by something else first", at)),
  ];
  return { statement: { kind: "fence", language: language ?? "", at: opening.at, lines: inside }, objections };
};
