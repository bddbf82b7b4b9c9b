import type { Command, RouteMap } from "@stricli/core";

import { buildApp } from "../../src/cli/app.ts";
import type { Parsing } from "../../src/cli/context.ts";
import { ROWS } from "../../src/cli/first-page.ts";

type Target = Command<Parsing> | RouteMap<Parsing>;

/** One page for each row of the first page of help, drawn from the help of its commands. By its path in the package. */
export const cliPages = (): ReadonlyMap<string, string> => {
  const root: Target = buildApp().root;
  if (!("getAllEntries" in root)) throw new TypeError("the command line has no commands");
  const routes = new Map(root.getAllEntries().map(({ name, target }) => [name.original, target] as const));
  const pages = ROWS.map(([names, brief]) => {
    const title = names.map((name) => `cto ${name}`).join(", ");
    const sections = names.flatMap((name) => [...sectionsOf(routes.get(name), ["cto", name])]);
    return [
      `${FOLDER}/${names.join("-")}.md`,
      `# ${title}\n\n${capital(brief)}.\n\n${MADE}\n\n${sections.join("\n")}`,
    ] as const;
  });
  return new Map([[`${FOLDER}/index.md`, index()], ...pages]);
};

const FOLDER = "docs/reference/cli";
const MADE = "<!-- Drawn from the commands by `npm run docs`; a test holds it to them. -->";

const index = (): string =>
  [
    "# Command line",
    "",
    "Every command of `cto`, as `cto COMMAND --help` tells it. stdout is the answer, stderr the story.",
    "",
    MADE,
    "",
    "| Commands | |",
    "|---|---|",
    ...ROWS.map(
      ([names, brief]) =>
        `| [${names.map((name) => `cto ${name}`).join(", ")}](${names.join("-")}.md) | ${cell(brief)} |`,
    ),
    "",
    "## Flags of every command",
    "",
    "| | |",
    "|---|---|",
    "| `--home DIR` | the home; without it the folder in which you are, or the nearest one above |",
    "| `--json` | one JSON object on stdout, also for refusals and mistakes |",
    "| `-q`, `--quiet` | no progress on stderr |",
    "| `-v`, `--verbose` | more detail |",
    "| `-h`, `--help` | the help of the command |",
    "| `--version` | the version, with no command |",
    "",
    "## Exit codes",
    "",
    "[What each one means](../codes.md#exit-codes). A command's page names those that it adds to 1, 2 and 4, which each may give.",
    "",
  ].join("\n");

function* sectionsOf(target: Target | undefined, prefix: readonly string[]): Iterable<string> {
  if (target === undefined) throw new TypeError(`the first page names ${prefix.join(" ")}, which is no command`);
  if (!("getAllEntries" in target)) {
    yield sectionOf(helpOf(target, prefix));
    return;
  }
  for (const { name, target: inner } of target.getAllEntries()) yield* sectionsOf(inner, [...prefix, name.original]);
}

const helpOf = (command: Command<Parsing>, prefix: readonly string[]): string =>
  (command.formatHelp as (of: { readonly prefix: readonly string[] }) => string)({ prefix });

// The help is in blocks: name and brief, examples, usage, arguments and flags, what to know, and the foot.
const sectionOf = (help: string): string => {
  const [head = "", examples = "", usage = "", ...rest] = help.trimEnd().split("\n\n");
  const foot = rest.pop() ?? "";
  const isTable = rest[0]?.split("\n").every((line) => line.startsWith("  ")) === true;
  const flags = isTable ? (rest.shift() ?? "") : "";
  const [name = "", brief = ""] = splitOnce(head, ": ");
  const ends = new Map(foot.split("\n").map((line) => [line.slice(0, 8).trim(), line.slice(8)]));
  return [
    `## ${name}`,
    "",
    `${capital(brief)}.`,
    "",
    "```",
    usage.replace(/^usage {3}/, ""),
    "```",
    "",
    ...(flags === "" ? [] : ["| | |", "|---|---|", ...flags.split("\n").map(row), ""]),
    ...(rest.length === 0 ? [] : ["```text", ...rest.join("\n\n").split("\n"), "```", ""]),
    "For example:",
    "",
    "```",
    ...examples.split("\n").map((line) => line.trim()),
    "```",
    "",
    `Exit codes: ${ends.get("exit") ?? ""}${ends.has("see") ? `. See also: ${code(ends.get("see") ?? "")}` : ""}`,
    "",
  ].join("\n");
};

const row = (line: string): string => {
  const [name = "", says = ""] = splitOnce(line.trim(), /\s{2,}/);
  return `| \`${cell(name)}\` | ${cell(says)} |`;
};

const splitOnce = (text: string, by: string | RegExp): readonly string[] => {
  const found = typeof by === "string" ? text.indexOf(by) : text.search(by);
  const length = typeof by === "string" ? by.length : (by.exec(text)?.[0].length ?? 0);
  return found < 0 ? [text] : [text.slice(0, found), text.slice(found + length)];
};

const code = (names: string): string =>
  names
    .split(", ")
    .map((name) => `\`${name}\``)
    .join(", ");
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
