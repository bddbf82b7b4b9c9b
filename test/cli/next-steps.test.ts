import { expect, test } from "vitest";

import { explanationOf, TOPICS } from "../../src/harness/home/explanations.ts";
import { FAILURES } from "../../src/workflow/failure.ts";
import { REFUSALS } from "../../src/workflow/refusal.ts";
import { STATE_WORDS } from "../../src/workflow/state-words.ts";
import { runCto } from "./cli.ts";

/** Every line that tells somebody to give a command. */
const said: readonly string[] = [
  ...Object.values(REFUSALS).map(({ next }) => next),
  ...Object.values(FAILURES),
  ...Object.values(STATE_WORDS).map(({ next }) => next),
  ...TOPICS.flatMap(({ names }) => names.flatMap((name) => explanationOf(name)?.next ?? [])),
];

const commandsIn = (line: string): readonly string[] =>
  [...line.matchAll(/\bcto ([a-z]+)(?: ([a-z]+))?/g)].map(([, first = "", second]) =>
    GROUPS.has(first) ? `${first} ${second ?? ""}`.trim() : first,
  );

const GROUPS: ReadonlySet<string> = new Set([
  "packet",
  "work",
  "target",
  "approval",
  "audit",
  "keys",
  "store",
  "config",
  "archive",
]);

const NAMED = [...new Set(said.flatMap(commandsIn))].filter((name) => name !== "command");

test.each(NAMED)("R128 a next step names cto %s, and there is such a command", async (name) => {
  const { exit, stdout } = await runCto([...name.split(" "), "--help"]);
  expect(exit).toBe(0);
  expect(stdout).toContain(`cto ${name}`);
});
