import { isMap, isPair, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";

import { cleverNodeIn } from "./plain-yaml.ts";
import { ok, refuse, type Result } from "./result.ts";
import { problemIn, utf8Text } from "./strict-json.ts";

/** What is wrong with a document, as one clause without a full stop; line and column are 1-based. */
export interface YamlProblem {
  readonly says: string;
  readonly line: number;
  readonly column: number;
}

export interface ReadYaml<T> {
  readonly value: T;
  /** The place of a member, or of the nearest thing around it. */
  readonly placeOf: (path: readonly PropertyKey[]) => Pick<YamlProblem, "line" | "column">;
}

/** YAML that everybody reads alike, and exactly the schema: nothing hidden, no anchor, tag, key twice or unknown key. */
export const readStrictYaml = <T>(
  bytes: Uint8Array,
  bytesMax: number,
  schema: z.ZodType<T>,
): Result<ReadYaml<T>, YamlProblem> => {
  const no = (says: string, { line, column } = START): Result<never, YamlProblem> => refuse({ says, line, column });
  if (bytes.length > bytesMax) return no(`it is longer than ${bytesMax} bytes`);
  const text = utf8Text(bytes);
  if (text === undefined) return no("it is not UTF-8");
  if (/[^\P{C}\n]/u.test(text)) return no("it holds a character that cannot be seen");

  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", lineCounter: lines, uniqueKeys: true });
  const placeAt = (offset: number): Pick<YamlProblem, "line" | "column"> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong !== undefined) return no(wrong.message.split(/ at line |\n/)[0] ?? wrong.code, placeAt(wrong.pos[0]));
  const clever = cleverNodeIn(document);
  if (clever !== undefined) return no(clever.problem, placeAt(clever.offset));

  const placeOf = (path: readonly PropertyKey[]): Pick<YamlProblem, "line" | "column"> =>
    placeAt(offsetOf(document, path));
  const read = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (read.success) return ok({ value: read.data, placeOf });
  return no(problemIn(read.error), placeOf(pathOf(read.error)));
};

const START = { line: 1, column: 1 };

// Of a key that nobody knows the place is its own, not that of what it stands in.
const pathOf = ({ issues: [issue] }: z.ZodError): readonly PropertyKey[] => {
  if (issue === undefined) return [];
  return issue.code === "unrecognized_keys" ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
};

const offsetOf = (document: Document, path: readonly PropertyKey[]): number => {
  for (let length = path.length; length > 0; length -= 1) {
    const around: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    const pair = isMap(around)
      ? around.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key)
      : undefined;
    if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  return 0;
};
