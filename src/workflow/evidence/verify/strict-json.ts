/** Strict JSON (evidence.md 1): no duplicate keys, no BOM, well-formed text; undefined for anything else. */
export const strictJson = (text: string): { readonly value: unknown } | undefined => {
  if (!text.isWellFormed() || text.startsWith("\uFEFF")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return hasDuplicateKeys(text) ? undefined : { value };
  } catch {
    return undefined;
  }
};

const DEPTH_MAX = 200;

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
