import { visible } from "../visible-text.ts";

/** Text that nobody vouches for, as plain words of a Markdown line or table cell: no markup, no HTML, no hidden characters. */
export const plain = (text: string): string =>
  visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]()#+!|~$-]/g, (sign) => `\\${sign}`)
    .replaceAll(/:(?=\/\/)/g, "&#58;")
    .replaceAll("@", "&#64;");

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(" | ")} |`,
  `|${head.map(() => "---").join("|")}|`,
  ...rows.map((cells) => `| ${cells.join(" | ")} |`),
];

/** A heading and what stands under it; nothing at all where there is nothing to say. */
export const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];

export const items = (texts: readonly string[]): readonly string[] => texts.map((text) => `- ${text}`);
