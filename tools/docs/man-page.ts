import type { Command, RouteMap } from "@stricli/core";

import { buildApp } from "../../src/cli/app.ts";
import type { Parsing } from "../../src/cli/context.ts";
import { BRIEF, ROWS } from "../../src/cli/first-page.ts";
import { explanationOf, TOPICS } from "../../src/harness/home/explanations.ts";

type Target = Command<Parsing> | RouteMap<Parsing>;

/** cto(1): the help of every command in the order of the first page, exit codes and variables. No date and no version, so that it says what the commands say. */
export const manPage = (): string => {
  const root: Target = buildApp().root;
  if (!("getAllEntries" in root)) throw new TypeError("the command line has no commands");
  const routes = new Map(root.getAllEntries().map(({ name, target }) => [name.original, target] as const));
  const commands = ROWS.flatMap(([names]) => names.flatMap((name) => [...helpsOf(routes.get(name), ["cto", name])]));
  return [
    '.\\" Drawn from the commands by npm run docs; a test holds it to them.',
    '.TH CTO 1 "" "cto-harness" "User Commands"',
    ".SH NAME",
    `cto \\- ${roff(BRIEF.replace(/^cto /, "").replace(/\.$/, ""))}`,
    ".SH SYNOPSIS",
    ".B cto",
    "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fB\\-\\-home\\fR \\fIDIR\\fR] [\\fB\\-\\-json\\fR] [\\fB\\-q\\fR] [\\fB\\-v\\fR]",
    ".SH DESCRIPTION",
    "The answer is on standard output, the story on standard error.",
    ...ROWS.flatMap(([names, brief]) => [".TP", `.B ${roff(names.join(", "))}`, roff(brief)]),
    ".SH COMMANDS",
    ...commands.flatMap(({ name, text }) => [`.SS ${roff(name)}`, ".nf", ...text.split("\n").map(roff), ".fi"]),
    ".SH EXIT STATUS",
    ...told("exit code"),
    ".SH ENVIRONMENT",
    ...told("variable"),
    ".SH FILES",
    ".TP",
    ".I .sot/",
    "documents of a home: packets, admissions, policy, who may sign",
    ".TP",
    ".I .cto/",
    "its state: the ledger, the sealed bundles, its own keys",
    ".SH SEE ALSO",
    ".BR git (1),",
    ".BR ssh\\-keygen (1),",
    ".BR bwrap (1)",
    "",
  ].join("\n");
};

function* helpsOf(
  target: Target | undefined,
  prefix: readonly string[],
): Iterable<{ readonly name: string; readonly text: string }> {
  if (target === undefined) throw new TypeError(`the first page names ${prefix.join(" ")}, which is no command`);
  if ("getAllEntries" in target) {
    for (const { name, target: inner } of target.getAllEntries()) yield* helpsOf(inner, [...prefix, name.original]);
    return;
  }
  const help = (target.formatHelp as (of: { readonly prefix: readonly string[] }) => string)({ prefix });
  yield { name: prefix.join(" "), text: help.trimEnd() };
}

const told = (kind: string): readonly string[] =>
  TOPICS.filter((topic) => topic.kind.startsWith(kind)).flatMap(({ names }) =>
    names.flatMap((name) => [".TP", `.B ${roff(name)}`, roff(explanationOf(name)?.message ?? "")]),
  );

// A line that begins like a request is none; a hyphen that is typed is a minus.
const roff = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^(?=[.'])/, "\\&");
