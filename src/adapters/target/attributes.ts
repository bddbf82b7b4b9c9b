/** A line of a `.gitattributes` file that makes bytes on disk differ from bytes committed. */
export interface RewritingAttribute {
  readonly line: number;
  readonly attribute: string;
}

/** Every attribute that is set to rewrite content, by whatever pattern, in a macro too; unset ones do nothing. */
export const rewritingAttributes = (bytes: Uint8Array): readonly RewritingAttribute[] =>
  Buffer.from(bytes)
    .toString("latin1")
    .split("\n")
    .flatMap((text, index) =>
      attributesOf(text)
        .filter((attribute) => REWRITES.test(attribute))
        .map((attribute) => ({ line: index + 1, attribute })),
    );

const REWRITES = /^(?:filter|ident|working-tree-encoding)(?:=|$)/i;

const attributesOf = (text: string): string[] => {
  const line = text.replace(/^\u00ef\u00bb\u00bf/, "").replace(/^[ \t\r]+/, "");
  if (line.startsWith("#")) return [];
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(line)?.[0];
  const rest = quoted === undefined ? line.replace(/^[^ \t\r]+/, "") : line.slice(quoted.length);
  return rest.split(/[ \t\r]+/).filter((token) => token !== "");
};
