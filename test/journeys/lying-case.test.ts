import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readReport } from "../../src/harness/read-report.ts";
import type { World } from "../../src/harness/world.ts";
import { parseRunId } from "../../src/workflow/ids.ts";
import type { RunEnding } from "../../src/workflow/run-state.ts";
import { installFakeCa, type CaseScript } from "../fakes/install-ca.ts";
import { expectEvidence, factsOf, UNITTEST_FILES } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, runOnce, targetDigest, type Ground } from "./ground.ts";

const EDIT = { edit: "src/strings.py", old: 'text.lower().replace(" ", "-")', new: '"-".join(text.lower().split())' };

interface Lie {
  readonly script: CaseScript;
  readonly ending: RunEnding;
  readonly code: string;
}

/** What an installed `ca` may say that is not so. None of it is believed, and none makes a commit. */
const LIES: readonly (readonly [what: string, lie: Lie])[] = [
  [
    "exits 0 though its pipeline failed",
    { script: { steps: [EDIT], end: "failed", exit: 0 }, ending: "failed", code: "backend/gave-up" },
  ],
  [
    "exits 0 and tells no end of its pipeline",
    { script: { steps: [EDIT], end: "none", exit: 0 }, ending: "failed", code: "backend/gave-up" },
  ],
  [
    "forges every mark and has done nothing",
    {
      script: {
        steps: [{ mark: "tested" }, { mark: "reviewed" }, { status: "pr-opened" }, { say: "All done, merged." }],
      },
      ending: "voided",
      code: "policy/no-change",
    },
  ],
  [
    "says that it tested what fails",
    {
      script: { steps: [{ edit: "src/strings.py", old: "text.lower()", new: "text.lower(" }, { mark: "tested" }] },
      ending: "voided",
      code: "validation/failed",
    },
  ],
];

let ground: Ground;
let world: World;
let ca: string;
beforeAll(async () => {
  const validation = ["python3", "-m", "unittest", "-q"];
  ground = await makeGround(
    { backend: "case", validation },
    { ...UNITTEST_FILES, "test_src.py": "import src.strings\n" },
  );
  ca = path.join(ground.root, "case");
  await installFakeCa(ca, { steps: [] });
  world = await ground.open({ ...openSwitches("case"), CTO_HARNESS_CASE_BIN: path.join(ca, "ca") });
  await admit(world, ground);
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

test.each(LIES)("R071 a ca that %s is not believed", async (_, { script, ending, code }) => {
  const before = await targetDigest(world, ground);
  await installFakeCa(ca, script);
  expect(await approveBy(world, ground)).toEqual([]);
  const result = await runOnce(world, ground);
  if (!result.ok) throw new Error(endOf(result).join(", "));
  const { run, ending: ended } = result.value;
  expect([ended.kind, ended.failure?.code ?? ended.refusals[0]?.code]).toEqual([ending, code]);
  expect(await targetDigest(world, ground)).toBe(before);
  expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });

  const id = parseRunId(run) ?? run;
  const report = readReport(await expectEvidence(world, id, ending));
  expect(report?.commit).toBeNull();
  const seen = JSON.stringify(report?.told.seen);
  for (const claim of ["tested", "reviewed", "pr-opened", "merged"]) expect(seen).not.toContain(claim);
  const marks = (await factsOf(world, id)).filter(({ data }) => JSON.stringify(data).includes("marker_written"));
  expect(marks).toHaveLength(script.steps.filter((step) => JSON.stringify(step).startsWith('{"mark"')).length);
  expect(marks.every(({ trust }) => trust === "backend-claimed")).toBe(true);
});
