/** A piece of TypeScript as far as these tests need it: words, strings and marks, with the line that each begins on. */
export interface Token {
  readonly kind: "word" | "string" | "mark" | "regex" | "number";
  /** A word or mark as written; the content of a string, its quotes and escapes taken off. */
  readonly text: string;
  readonly line: number;
}

export interface Scanned {
  readonly tokens: readonly Token[];
  readonly comments: readonly { readonly text: string; readonly line: number }[];
}

/**
 * Splits TypeScript without understanding it. Comments are kept apart, so that nothing is found in them by mistake; a
 * template gives its text parts as strings and its inserted expressions as tokens.
 */
export const scan = (source: string): Scanned => {
  const tokens: Token[] = [];
  const comments: { text: string; line: number }[] = [];
  const templates: number[] = [];
  let depth = 0;
  let at = 0;
  let line = 1;

  const take = (length: number): string => {
    const text = source.slice(at, at + length);
    at += length;
    line += text.split("\n").length - 1;
    return text;
  };
  const push = (kind: Token["kind"], length: number, text?: string): void => {
    const begins = line;
    const taken = take(length);
    tokens.push({ kind, text: text ?? taken, line: begins });
  };
  const templatePart = (): void => {
    const [part = "", end = ""] = match(/((?:[^`\\$]|\\[^]|\$(?!\{))*)(`|\$\{)/y).slice(1);
    push("string", part.length, unescaped(part));
    take(end.length);
    if (end === "${") templates.push(depth);
  };
  const match = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) throw new Error(`line ${line}: cannot be scanned: ${source.slice(at, at + 40)}`);
    return found;
  };

  while (at < source.length) {
    const here = source[at] ?? "";
    const two = source.slice(at, at + 2);
    if (/\s/.test(here)) take(1);
    else if (two === "//" || two === "/*") {
      const begins = line;
      const [text] = match(two === "//" ? /\/\/[^\n]*/y : /\/\*[^]*?\*\//y);
      comments.push({ text: take(text.length), line: begins });
    } else if (here === '"' || here === "'") {
      const [text] = match(here === '"' ? /"(?:[^"\\\n]|\\[^])*"/y : /'(?:[^'\\\n]|\\[^])*'/y);
      push("string", text.length, unescaped(text.slice(1, -1)));
    } else if (here === "`") {
      take(1);
      templatePart();
    } else if (here === "}" && templates.at(-1) === depth) {
      templates.pop();
      take(1);
      templatePart();
    } else if (/[\p{L}_$#@]/u.test(here)) push("word", match(/[\p{L}\p{N}_$#@]+/uy)[0].length);
    else if (/\d/.test(here)) push("number", match(/[\d][\w.]*/y)[0].length);
    else if (here === "/" && mayBeginRegex(tokens.at(-1)))
      push("regex", match(/\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y)[0].length);
    else {
      if (here === "{") depth += 1;
      if (here === "}") depth -= 1;
      push("mark", match(/=>|\?\.|\.\.\.|[^]/y)[0].length);
    }
  }
  return { tokens, comments };
};

const BEFORE_REGEX = new Set([
  "return",
  "typeof",
  "case",
  "in",
  "of",
  "do",
  "else",
  "void",
  "delete",
  "throw",
  "yield",
  "await",
]);

const mayBeginRegex = (before: Token | undefined): boolean => {
  if (before === undefined) return true;
  if (before.kind === "mark") return ![")", "]", "}"].includes(before.text);
  return before.kind === "word" && BEFORE_REGEX.has(before.text);
};

const unescaped = (text: string): string => text.replaceAll(/\\(["'`\\$])/g, "$1");
