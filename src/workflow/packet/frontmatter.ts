import { isMap, isScalar, parseDocument } from "yaml";

import { LIMITS } from "../limits.ts";
import { refusal, type Place, type Refusal } from "../refusal.ts";
import { placeWithin, type Line } from "./line.ts";
import { FRONTMATTER_KEYS, type FrontmatterKey, type Placed } from "./packet.ts";

export interface Frontmatter {
  readonly values: Readonly<Partial<Record<FrontmatterKey, Placed<string>>>>;
  readonly objections: readonly Refusal[];
  /** The lines behind it, where it ends. */
  readonly body: readonly Line[] | undefined;
}

/** The ten keys, each once, each one flat string on one line (R010). */
export const readFrontmatter = (lines: readonly Line[], file: string): Frontmatter => {
  const start: Place = { file, line: 1, column: 1 };
  if (lines[0]?.text !== "---") return without("does not begin in line 1", start);
  const end = lines.findIndex(({ text }, index) => index > 0 && text === "---");
  if (end < 0) return without("is never closed", start);

  if (end > LINES_MAX) return without(`has more than ${LINES_MAX} lines`, start);

  const values: Partial<Record<FrontmatterKey, Placed<string>>> = {};
  const objections: Refusal[] = [];
  for (const line of lines.slice(1, end)) {
    const entry = readFlatLine(line.text);
    if ("problem" in entry) {
      objections.push(refusal("packet/not-flat", { problem: entry.problem }, line.at));
      continue;
    }
    const { key, value } = entry;
    const earlier = isKey(key) ? values[key] : undefined;
    if (!isKey(key)) objections.push(refusal("packet/unknown-key", { key }, line.at));
    else if (earlier !== undefined)
      objections.push(refusal("packet/key-repeated", { key, line: earlier.at.line }, line.at));
    else values[key] = { value, at: placeWithin(line.at, line.text, key.length + 2) };
  }
  const closing = lines[end]?.at ?? start;
  const missing = FRONTMATTER_KEYS.filter((key) => values[key] === undefined);
  objections.push(...missing.map((key) => refusal("packet/key-missing", { key }, closing)));
  return { values, objections, body: lines.slice(end + 1) };
};

/** One `key: value` line that a line reader and YAML understand in the same way, or what hinders that. */
export const readFlatLine = (
  text: string,
): { readonly key: string; readonly value: string } | { readonly problem: string } => {
  // Asked before YAML is, which takes the square of what it is given.
  if (text.length > LIMITS.frontmatterLineCharactersMax)
    return { problem: `it is longer than ${LIMITS.frontmatterLineCharactersMax} characters` };
  const [, key, written] = /^([A-Za-z][A-Za-z0-9_-]*): (.+)$/.exec(text) ?? [];
  if (key === undefined || written === undefined) return { problem: "it is not written as key: value" };
  const quote = /^["']/.exec(written)?.[0];
  if (quote === undefined && INDICATOR.test(written))
    return { problem: `a value cannot begin with ${written.slice(0, 1)}` };
  const value = quote === undefined ? written : written.slice(1, -1);
  // Only what is free of escapes reaches YAML: then its answer must be the text that stands there.
  return yamlReads(text, key, value)
    ? { key, value }
    : { problem: "YAML reads another value than the one that stands there" };
};

const LINES_MAX = 64;
const INDICATOR = /^[-?:,[\]{}#&*!|>%@`\s]/;

const yamlReads = (text: string, key: string, value: string): boolean => {
  const document = parseDocument(text, { schema: "failsafe", prettyErrors: false });
  if (document.errors.length > 0 || document.warnings.length > 0 || !isMap(document.contents)) return false;
  const [pair, ...others] = document.contents.items;
  if (pair === undefined || others.length > 0 || !isScalar(pair.key) || !isScalar(pair.value)) return false;
  return pair.key.value === key && pair.value.value === value;
};

const isKey = (key: string): key is FrontmatterKey => FRONTMATTER_KEYS.some((known) => known === key);

const without = (problem: string, at: Place): Frontmatter => ({
  values: {},
  objections: [refusal("packet/frontmatter", { problem }, at)],
  body: undefined,
});
