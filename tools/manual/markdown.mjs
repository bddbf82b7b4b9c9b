/** What our pages ask of Markdown beyond the standard: ids of headings, links between files, tables and code that scroll. */
export const housePlugin = (markdown) => {
  markdown.core.ruler.push("house", ({ tokens }) => {
    const seen = new Map();
    for (const [at, token] of tokens.entries()) {
      if (token.type === "heading_open") token.attrSet("id", idOf(tokens[at + 1]?.content ?? "", seen));
      for (const inner of token.children ?? []) if (inner.type === "link_open") turnLink(inner);
    }
    dropEmptyHeads(tokens);
  });
  const { rules } = markdown.renderer;
  rules.table_open = () => '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n';
  rules.table_close = () => "</table></div>\n";
  rules.fence = (tokens, at) => {
    const { content, info } = tokens[at];
    const language = /^[a-z]+/.exec(info)?.[0] ?? "text";
    return `<pre tabindex="0" data-language="${language}"><code>${markdown.utils.escapeHtml(content)}</code></pre>\n`;
  };
  rules.code_block = rules.fence;
};

// As code hosts do it, so that one link serves both.
const idOf = (heading, seen) => {
  const text = heading.replaceAll(/\]\([^)]*\)/g, "").replaceAll("\\", "");
  const id = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
  const times = seen.get(id) ?? 0;
  seen.set(id, times + 1);
  return times === 0 ? id : `${id}-${times}`;
};

const turnLink = (link) => {
  const href = link.attrGet("href") ?? "";
  if (/^[a-z]+:/i.test(href)) link.attrSet("rel", "noreferrer");
  else if (!/(?:^|\/)examples\//.test(href))
    link.attrSet("href", href.replace(/README\.md(?=#|$)/, "index.md").replace(/\.md(?=#|$)/, ".html"));
};

// `| | |` names no column, and an empty heading says nothing to whoever hears it.
const dropEmptyHeads = (tokens) => {
  for (const [at, token] of tokens.entries())
    if (token.type === "th_open" && (tokens[at + 1]?.content ?? "").trim() === "")
      for (const part of [token, tokens[at + 2]]) part.tag = "td";
  for (let at = 0; at < tokens.length; at += 1) {
    if (tokens[at].type !== "thead_open") continue;
    const end = tokens.findIndex(({ type }, index) => index > at && type === "thead_close");
    const inside = tokens.slice(at, end).filter(({ type }) => type === "inline");
    if (inside.every(({ content }) => content.trim() === "")) tokens.splice(at, end - at + 1);
  }
};
