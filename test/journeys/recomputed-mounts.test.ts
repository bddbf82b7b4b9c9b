import { afterEach, expect, test } from "vitest";

import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import type { World } from "../../src/harness/world.ts";
import { runId } from "../../src/workflow/ids.ts";
import { UNITTEST_FILES, UNITTEST_STEPS } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "./ground.ts";

/** A base with something for every kind of mount, and for what gets none. */
const FILES: Readonly<Record<string, string>> = {
  ...UNITTEST_FILES,
  ".claude/settings.json": "{}\n",
  "deploy/run.sh": "echo deployed\n",
  "docs/a.md": "a\n",
  "docs/a.txt": "a\n",
  "docs/deep/b.md": "b\n",
  "docs/deep/.env.local": "KEY=1\n",
  "notes/one": "1\n",
  "notes/sub/credentials/k": "k\n",
};
const ALLOWED = ["src/strings.py", "test_strings.py", "docs/**/*.md", "notes/"];

const opened: { readonly ground: Ground; readonly world: World }[] = [];
afterEach(async () => {
  for (const { ground, world } of opened.splice(0)) {
    await world.store.close();
    await ground.close();
  }
});

test.each([
  ["A", UNITTEST_STEPS, ["awaiting_outcome"], "recomputed from contract, policy and base tree"],
  ["B", UNITTEST_STEPS, ["awaiting_outcome"], "recomputed from contract, policy and base tree"],
  ["B", [], ["voided", "policy/no-change"], "not recomputed without a base tree"],
] as const)(
  "R066 at level %s the mounts of real stages are what the verifier makes of contract and tree: %#",
  async (level, steps, ending, says) => {
    const ground = await makeGround({ allowedPaths: ALLOWED, validation: ["python3", "-m", "unittest", "-q"] }, FILES);
    const { sandbox, ...rest } = await ground.open();
    const world: World = {
      ...rest,
      sandbox: { ...sandbox, probe: async () => ({ ...(await sandbox.probe()), confinement: level }) },
    };
    opened.push({ ground, world });
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
    await ground.plays(steps);
    expect(endOf(await runOnce(world, ground))).toEqual(ending);
    const run = runId(ground.work, 1);
    const verdict = await verifyFolder(world, { run }, await world.home.read(SIGNERS_PATH));
    expect(verdict.checks.filter((check) => check.verdict !== "PASS")).toEqual([]);
    expect(verdict.checks.find(({ id }) => id === "mounts")?.says).toContain(says);
  },
);
