import type { Assignment } from "./assignment.ts";

/** The one renderer of what an agent is told (backends.md 2): no repository text, no names of people. */
export const promptFor = (told: Omit<Assignment, "words">): string =>
  [
    told.task.trim(),
    section("You may change only:", told.allowedPaths),
    section("Never touch:", told.forbiddenPaths),
    ...(told.allowedHosts === undefined
      ? []
      : [section("There is no network but these hosts, by the proxy that HTTPS_PROXY names:", told.allowedHosts)]),
    section("Never do:", told.forbiddenActions),
    section(
      "It is done when:",
      told.criteria.map(({ id, text }) => `${id}: ${text}`),
    ),
    `The Harness runs this afterwards:\n\n    ${told.validation.map(quoted).join(" ")}`,
    "Do not commit, push or open anything; the Harness makes the one commit. When you are done, stop.\n",
  ].join("\n\n");

const section = (title: string, lines: readonly string[]): string =>
  [title, ...lines.map((line) => `- ${line}`)].join("\n");

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
