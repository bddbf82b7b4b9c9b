/**
 * Whether a text is one well-formed XML element of these names, read strictly: no document type, no processing
 * instruction and no entity but the five of XML and numbers, so that nothing in it can name a file or grow. Stricter than
 * XML 1.0 is right here: what is not plain is not taken. Linear in the length of the text.
 */
export const isPlainXml = (text: string, names: ReadonlySet<string>, depthMax: number): boolean => {
  const open: string[] = [];
  let roots = 0;
  let at = match(DECLARATION, text, 0)?.[0].length ?? 0;
  if (FORBIDDEN.test(text)) return false;
  while (at < text.length) {
    const found = TOKENS.map(([kind, pattern]) => ({ kind, token: match(pattern, text, at) })).find(
      ({ token }) => token !== undefined,
    );
    if (found?.token === undefined) return false;
    const [whole, name = "", attributes = "", close = ""] = found.token;
    if (whole === "") return false;
    if (open.length === 0 && found.kind !== "start" && whole.trim() !== "" && found.kind !== "comment") return false;
    if (found.kind === "text" && !hasPlainEntities(whole)) return false;
    if (found.kind === "start") {
      if (open.length === 0) roots += 1;
      if (roots > 1 || !names.has(name) || open.length >= depthMax || !hasPlainAttributes(attributes)) return false;
      if (close === "") open.push(name);
    }
    if (found.kind === "end" && open.pop() !== name) return false;
    at += whole.length;
  }
  return roots === 1 && open.length === 0;
};

type Kind = "text" | "comment" | "data" | "end" | "start";

const DECLARATION = /<\?xml version="1\.[01]"(?: encoding="[A-Za-z0-9._-]+")?(?: standalone="(?:yes|no)")?\s*\?>/y;
const NAME = "[A-Za-z_][A-Za-z0-9_.-]*";
const TOKENS: readonly (readonly [Kind, RegExp])[] = [
  ["text", /[^<]+/y],
  ["comment", /<!--(?:[^-]|-[^-])*-->/y],
  ["data", /<!\[CDATA\[(?:[^\]]|\](?!\]>))*\]\]>/y],
  ["end", new RegExp(String.raw`</(${NAME})\s*>`, "y")],
  ["start", new RegExp(String.raw`<(${NAME})((?:\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>`, "y")],
];

// What XML 1.0 allows in no text at all.
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const LOOSE_ENTITY = /&(?!(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)/;

const hasPlainEntities = (text: string): boolean => !LOOSE_ENTITY.test(text) && !text.includes("]]>");

const hasPlainAttributes = (attributes: string): boolean => {
  const names = [...attributes.matchAll(/\s([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(?:"[^"]*"|'[^']*')/g)].map(
    ([, name]) => name,
  );
  return new Set(names).size === names.length && !LOOSE_ENTITY.test(attributes);
};

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
};
