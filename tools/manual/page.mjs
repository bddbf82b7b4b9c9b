import { NAV } from "./nav.mjs";

/** One page: no script, and only relative addresses, so that it reads the same from a server and from a folder. */
export const render = ({ content, title, path }) => {
  const up = "../".repeat(path.split("/").length - 1);
  const { before, after } = neighbours(path);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(path === "index.html" ? "CTO Harness documentation" : `${title} · CTO Harness`)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${up}style.css">
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header><a href="${up}index.html">CTO Harness</a> <span>Documentation</span></header>
<div class="frame">
<nav class="wide" aria-label="Pages">
${navList(path, up)}</nav>
<main id="content" tabindex="-1">
<details class="narrow"><summary>All pages</summary><nav aria-label="All pages">
${navList(path, up)}</nav></details>
<article>
${content}</article>
${before === undefined && after === undefined ? "" : `<nav class="turn" aria-label="Next and previous page">${turn(before, up, "Before")}${turn(after, up, "Next")}</nav>`}
</main>
</div>
</body>
</html>
`;
};

const navList = (path, up) =>
  NAV.map(
    ([section, pages]) =>
      `<p>${section}</p><ul>\n${pages.map(([to, name]) => `<li><a href="${up}${to}"${here(path, to)}>${escaped(name)}</a></li>\n`).join("")}</ul>\n`,
  ).join("");

// A page that is not listed itself belongs to the index of its folder.
const here = (path, to) => {
  if (path === to) return ' aria-current="page"';
  const folder = to.endsWith("/index.html") ? to.slice(0, -"index.html".length) : undefined;
  return folder !== undefined && path.startsWith(folder) ? ' aria-current="true"' : "";
};

const neighbours = (path) => {
  const pages = NAV.flatMap(([, listed]) => listed);
  const at = pages.findIndex(([to]) => to === path);
  return at < 0 ? {} : { before: pages[at - 1], after: pages[at + 1] };
};

const turn = (page, up, word) =>
  page === undefined ? "<span></span>" : `<a href="${up}${page[0]}"><small>${word}</small> ${escaped(page[1])}</a>`;

const escaped = (text) =>
  text.replaceAll("`", "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
