// The documentation site: docs/ as plain pages without a script, so that they hold under the policy of `cto serve`.
import { readdirSync, readFileSync } from "node:fs";

import MarkdownIt from "markdown-it";

import { housePlugin } from "./markdown.mjs";
import { render } from "./page.mjs";

export default (eleventy) => {
  eleventy.setLibrary("md", new MarkdownIt({ html: true }).use(housePlugin));
  eleventy.setTemplateFormats(["md"]);
  eleventy.setFrontMatterParsingOptions({ delimiters: ["---site", "---"] });
  eleventy.addGlobalData(
    "permalink",
    () =>
      ({ page }) =>
        addressOf(page.filePathStem),
  );
  eleventy.addTransform("page", function (content) {
    const { rawInput, url, filePathStem } = this.page;
    return render({ content, title: titleOf(rawInput ?? ""), path: addressOf(filePathStem).slice(1), url });
  });
  eleventy.addTemplate("adr/index.md", adrIndex());
  // Given as they are, to be copied.
  eleventy.ignores.add("docs/examples/**");
  for (const folder of ["deploy", "examples", "pictures"]) eleventy.addPassthroughCopy({ [`docs/${folder}`]: folder });
  eleventy.addPassthroughCopy({
    "tools/manual/style.css": "style.css",
    "node_modules/@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2": "plex-sans.woff2",
    "node_modules/@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2": "plex-mono.woff2",
  });
  return { markdownTemplateEngine: false, htmlTemplateEngine: false };
};

/** `/agents/README` is `/agents/index.html`. */
const addressOf = (stem) => `${stem.replace(/\/README$/, "/index")}.html`;

const titleOf = (markdown) => /^# (.+)$/m.exec(markdown)?.[1] ?? "CTO Harness";

const adrIndex = () => {
  const rows = readdirSync("docs/adr")
    .filter((name) => /^\d{4}-/.test(name))
    .sort()
    .map((name) => `- [${titleOf(readFileSync(`docs/adr/${name}`, "utf8"))}](${name})`);
  return [
    "# Decisions",
    "",
    "Choices that are hard to undo, each with what else was weighed and what keeps it.",
    "",
    ...rows,
  ].join("\n");
};
