/** Strict JSON (evidence.md 1): no duplicate keys, no BOM, well-formed text; undefined for anything else. */
export const strictJson = (text: string): { readonly value: unknown } | undefined => {
  if (!text.isWellFormed() || text.startsWith("\uFEFF")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isPlainlyUnique(text, value) || !hasDuplicateKeys(text) ? { value } : undefined;
  } catch {
    return undefined;
  }
};

const DEPTH_MAX = 200;

/**
 * A quick yes for text as our writers write it. Where no quote is followed by white space, every key of the text is
 * followed by its colon at once; when there are no more such places than keys were read, none was read over another.
 */
const isPlainlyUnique = (text: string, value: unknown): boolean => {
  if (SPACED.test(text)) return false;
  let places = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) places += 1;
  return places === keysIn(value, 1);
};

const SPACED = /"[ \t\r\n]/;

const keysIn = (value: unknown, depth: number): number => {
  if (typeof value !== "object" || value === null) return 0;
  if (depth > DEPTH_MAX) return Number.NaN;
  const members: readonly unknown[] = Object.values(value);
  let keys = Array.isArray(value) ? 0 : members.length;
  for (const member of members) keys += keysIn(member, depth + 1);
  return keys;
};

/** Walks text that `JSON.parse` accepted. Nesting that no writer of ours makes counts as broken, too. */
const hasDuplicateKeys = (text: string): boolean => {
  const open: (Set<string> | "array")[] = [];
  for (const [token, string, colon] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")([ \t\r\n]*:)?|[{}[\]]/gs)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push("array");
    else if (token === "}" || token === "]") open.pop();
    if (open.length > DEPTH_MAX) return true;
    const keys = open.at(-1);
    if (string === undefined || colon === undefined || keys === undefined || keys === "array") continue;
    const key = String(JSON.parse(string));
    if (keys.has(key)) return true;
    keys.add(key);
  }
  return false;
};
