import { expect, test } from "vitest";

import { EXIT } from "../../src/cli/exit-code.ts";
import { DOCTOR_CHECKS } from "../../src/harness/home/doctor-checks.ts";
import { explanationOf, TOPICS } from "../../src/harness/home/explanations.ts";
import { FAILURES } from "../../src/workflow/failure.ts";
import { switchesOf } from "../../src/workflow/gate/switches.ts";
import { REFUSALS } from "../../src/workflow/refusal.ts";
import { SHOWN_STATES } from "../../src/workflow/state-words.ts";
import { BACKEND_KINDS } from "../../src/workflow/vocabulary.ts";
import { jsonOf, runCto } from "./cli.ts";

const NAMES = [
  ...Object.keys(REFUSALS),
  ...Object.keys(FAILURES),
  ...SHOWN_STATES,
  ...Object.values(EXIT).map(String),
  ...BACKEND_KINDS.flatMap((kind) => Object.values(switchesOf(kind))),
  ...Object.keys(DOCTOR_CHECKS).map((id) => `doctor/${id}`),
];

test.each(NAMES)("R128 cto explain knows %s", (name) => {
  const found = explanationOf(name);
  expect(found).toMatchObject({ code: name, message: expect.stringMatching(/\S/), docs: expect.stringMatching(/\S/) });
  expect(found?.next.every((step) => step.trim() !== "")).toBe(true);
  // Facts stand open, none is half filled in.
  expect(`${found?.message} ${found?.next.join(" ")}`).not.toMatch(/\{\w+\}|undefined/);
});

test("R128 what is listed is what can be explained, each once", () => {
  const listed = TOPICS.flatMap(({ names }) => names);
  expect(new Set(listed).size).toBe(listed.length);
  for (const name of NAMES) expect(listed).toContain(name);
  for (const name of listed) expect(explanationOf(name)?.code).toBe(name);
});

test("R128 a refusal is explained with its reason and next step", async () => {
  const said = await runCto(["explain", "approval/not-exact"]);
  expect(said).toEqual({
    exit: 0,
    stderr: "",
    stdout: `approval/not-exact  (refusal)
  At character <at>: expected <expected>, got <got>. Nothing was recorded.
why   ${REFUSALS["approval/not-exact"].why}
next  ${REFUSALS["approval/not-exact"].next}
`,
  });
});

test.each([
  ["approval/not-exat", "approval/not-exact"],
  ["NOT-EXACT", "approval/not-exact"],
  ["awaiting-outcome", "awaiting_outcome"],
  ["CTO_HARNESS_ALOW_CASE", "CTO_HARNESS_ALLOW_CASE"],
])("R128 %s is answered with %s", async (given, meant) => {
  const said = await runCto(["explain", given]);
  expect(said).toMatchObject({ exit: 2, stdout: "" });
  expect(said.stderr).toContain(meant);
});

test.each(["toString", "__proto__", "constructor", "doctor/toString", "exit-constructor"])(
  "R128 %s is a property of every object and no name",
  async (name) => {
    expect(await runCto(["explain", name])).toMatchObject({ exit: 2, stdout: "" });
  },
);

test("R128 without a name every name is listed", async () => {
  const { stdout } = await runCto(["explain"]);
  for (const name of NAMES) expect(stdout).toContain(name);
  expect(jsonOf(await runCto(["explain", "--json"]))).toMatchObject({ schema: "cto.topics.v1" });
});
