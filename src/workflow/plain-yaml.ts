import { isAlias, isNode, isScalar, visit, type Document } from "yaml";

/** YAML can say one thing and mean another: the first anchor, alias, tag or odd key of a document that needs none. */
export const cleverNodeIn = (document: Document): { readonly problem: string; readonly offset: number } | undefined => {
  let found: { readonly problem: string; readonly offset: number } | undefined;
  const stop = (problem: string, offset: number): symbol => {
    found = { problem, offset };
    return visit.BREAK;
  };
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      if (isAlias(node) || node.anchor !== undefined) return stop("anchors and aliases are not accepted", offset);
      return node.tag === undefined ? undefined : stop("tags are not accepted", offset);
    },
    Pair: (_key, pair) =>
      isScalar(pair.key) && typeof pair.key.value === "string" && pair.key.value !== "__proto__"
        ? undefined
        : stop("a key is not plain text", isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0),
  });
  return found;
};
