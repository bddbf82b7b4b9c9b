import { explanationOf, TOPICS } from "../../src/harness/home/explanations.ts";
import type { Explanation } from "../../src/harness/objects/explanation.ts";
import { FINDINGS } from "../../src/workflow/finding.ts";

/** Every name that `cto explain` knows, on one page. */
export const codePage = (): string =>
  [
    "# Codes, states and variables",
    "",
    "What anything that `cto` prints means, as `cto explain NAME` tells it on your machine. Marks like `<path>` stand for what a real case says.",
    "",
    "<!-- Drawn from the tables in the code by `npm run docs`; a test holds it to them. -->",
    "",
    ...[...TOPICS, { kind: "findings", names: Object.keys(FINDINGS) }].flatMap(({ kind, names }) => [
      `## ${TITLES[kind] ?? kind}`,
      "",
      ...groupsOf(names).flatMap(([stage, codes]) => [
        ...(stage === "" ? [] : [`### ${stage}`, ""]),
        ...codes.flatMap((name) => entry(name, explanationOf(name), stage === "" ? "###" : "####")),
      ]),
    ]),
  ].join("\n");

const TITLES: Readonly<Record<string, string>> = {
  refusals: "Refusals",
  failures: "Failures",
  states: "States",
  "exit codes": "Exit codes",
  variables: "Variables",
  backends: "Backends",
  checks: "Checks of cto doctor",
  findings: "Findings",
};

/** Codes with a stage before a slash, under it; a list of few kinds stays flat. */
const groupsOf = (names: readonly string[]): readonly (readonly [string, readonly string[]])[] => {
  const stages = Map.groupBy(names, (name) => (name.startsWith("doctor/") ? "" : (/^([^/]+)\//.exec(name)?.[1] ?? "")));
  return [...stages];
};

const entry = (name: string, known: Explanation | undefined, level: string): readonly string[] => {
  if (known === undefined) throw new TypeError(`nothing explains ${name}`);
  const { message, why, next } = known;
  const lines = message.split("\n");
  return [
    `${level} ${name}`,
    "",
    ...(lines.length > 1 ? ["```text", ...lines, "```"] : [text(message)]),
    "",
    ...(why === "" ? [] : [`**Why.** ${text(why)}`, ""]),
    ...next.map((step) => `**Next.** ${text(step)}`),
    "",
  ];
};

/** Words of a table, with nothing in them that Markdown would read. */
const text = (words: string): string => words.replaceAll(/[\\`*_<>[\]#|~]/g, (mark) => `\\${mark}`);
