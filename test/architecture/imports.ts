import { posix } from "node:path";

import type { Token } from "./tokens.ts";

export interface Import {
  /** As written: `../gate/permit.ts`, `node:fs`, `zod`. */
  readonly from: string;
  /** The file of the house that it names, from its root; undefined for a package. */
  readonly file: string | undefined;
  /** The names between the braces, as the other file exports them. */
  readonly names: readonly string[];
  /** Whether nothing of it is left when the program runs. */
  readonly isType: boolean;
  readonly line: number;
}

/** Every way that one file can name another: static, re-exported, for its effects, dynamic, and in a type. */
export const importsIn = (path: string, tokens: readonly Token[]): readonly Import[] =>
  tokens.flatMap((token, index) => {
    if (token.kind !== "word" || (token.text !== "import" && token.text !== "export")) return [];
    if (tokens[index - 1]?.text === ".") return [];
    const clause = clauseAt(tokens, index);
    if (clause === undefined) return [];
    const { from } = clause;
    const file = from.startsWith(".") ? posix.join(posix.dirname(path), from) : undefined;
    return [{ ...clause, file, line: token.line }];
  });

const clauseAt = (tokens: readonly Token[], start: number): Omit<Import, "file" | "line"> | undefined => {
  const isExport = tokens[start]?.text === "export";
  const next = tokens[start + 1];
  if (next === undefined) return undefined;
  if (!isExport && next.kind === "string") return { from: next.text, names: [], isType: false };
  if (!isExport && next.text === "(") return { from: dynamicName(tokens, start + 2), names: [], isType: false };
  const isWhole = next.text === "type" && tokens[start + 2]?.text !== "from";
  const names: string[] = [];
  let values = 0;
  for (let at = start + 1; at < tokens.length; at += 1) {
    const token = tokens[at];
    const after = tokens[at + 1];
    if (token === undefined || after === undefined) return undefined;
    if (token.text === "from" && after.kind === "string")
      return { from: after.text, names, isType: isWhole || values === 0 };
    const isPartOfClause =
      token.kind === "word" || (token.kind === "mark" && ["{", "}", ",", "*"].includes(token.text));
    if (!isPartOfClause) return undefined;
    if (isExport && token.kind === "word" && DECLARES.has(token.text)) return undefined;
    if (token.text === "*") {
      names.push("*");
      values += 1;
    }
    if (token.kind !== "word" || token.text === "type" || token.text === "as" || tokens[at - 1]?.text === "as")
      continue;
    names.push(token.text);
    if (tokens[at - 1]?.text !== "type") values += 1;
  }
  return undefined;
};

const DECLARES = new Set([
  "const",
  "let",
  "function",
  "async",
  "class",
  "interface",
  "declare",
  "default",
  "enum",
  "abstract",
  "namespace",
]);

// A name that is put together at run time could be anything, so it is told as itself and no rule allows it.
const dynamicName = (tokens: readonly Token[], at: number): string => {
  const [name, end] = [tokens[at], tokens[at + 1]];
  return name?.kind === "string" && (end?.text === ")" || end?.text === ",") ? name.text : "a computed name";
};
