import { expect, test } from "vitest";

import { showFailure, showRefusals } from "../../src/cli/show.ts";
import { explanationOf } from "../../src/harness/home/explanations.ts";
import { Failure, FAILURES, isFailureCode } from "../../src/workflow/failure.ts";
import { isRefusalCode, meaningOf, REFUSALS } from "../../src/workflow/refusal.ts";
import { makeGround } from "../journeys/ground.ts";
import { jsonOf, runCto } from "./cli.ts";

/** The commands that a person could copy out of what was printed. */
const commandsIn = (text: string): readonly string[] =>
  text
    .split("\n")
    .filter((line) => /^(?:next|more) {6}/.test(line))
    .flatMap((line) => [...line.matchAll(/\b(?:cto|git|ssh-keygen|chmod|unset|export|npm|script\/[a-z]+)\b [^\n]+/g)])
    .map(([command]) => command);

const factsOf = (code: string): Readonly<Record<string, string>> => {
  if (!isRefusalCode(code)) return {};
  const { says, next } = meaningOf(code);
  return Object.fromEntries([...`${says}${next}`.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, "x"]));
};

test.each(Object.keys(REFUSALS).filter(isRefusalCode))(
  "R128 what is printed of the refusal %s ends in a command",
  (code) => {
    const text = showRefusals([{ code, facts: factsOf(code) }], undefined);
    expect(commandsIn(text)).not.toEqual([]);
    expect(explanationOf(code)).toBeDefined();
  },
);

test.each(Object.keys(FAILURES).filter(isFailureCode))(
  "R128 what is printed of the failure %s ends in a command",
  (code) => {
    const text = showFailure(new Failure(code, "It broke."));
    if (!/\bscript\/[a-z]/.test(text)) expect(commandsIn(text)).not.toEqual([]);
    expect(explanationOf(code)).toBeDefined();
  },
);

test("R128 where one refusal of several leads on, nothing is added; where none does, the first is explained", () => {
  const bare = { code: "gate/disk-low", facts: factsOf("gate/disk-low") } as const;
  const leading = { code: "approval/absent", facts: factsOf("approval/absent") } as const;
  expect(showRefusals([bare], undefined)).toMatch(/\nmore {6}cto explain gate\/disk-low$/);
  expect(showRefusals([bare, leading], undefined)).not.toContain("cto explain");
});

test.each([
  ["runs", "awating_outcome", "awaiting_outcome"],
  ["runs", "voided,acepted", "accepted"],
  ["work list", "aproved", "approved"],
  ["packet list", "blokced", "blocked"],
  ["runs", "", ""],
])("R128 cto %s --state %s is a mistake, and no empty list", async (command, state, meant) => {
  const ground = await makeGround();
  try {
    const given = [...command.split(" "), "--state", state];
    const said = await runCto(given, { home: ground.home });
    expect(said).toMatchObject({
      exit: 2,
      stdout: "",
      stderr: expect.stringMatching(/\nnext {6}cto explain states\n$/),
    });
    if (meant !== "") expect(said.stderr).toContain(`did you mean ${meant}`);
    expect(jsonOf(await runCto([...given, "--json"], { home: ground.home }))).toMatchObject({ ok: false });
    expect((await runCto([...command.split(" "), "--state", "voided"], { home: ground.home })).exit).toBe(0);
  } finally {
    await ground.close();
  }
});
