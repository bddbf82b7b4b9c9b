import { readFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { World } from "../../src/harness/world.ts";
import { reportSchema, type Report } from "../../src/workflow/evidence/schemas/report.ts";
import { runId } from "../../src/workflow/ids.ts";
import { admit, approveBy, endOf, HONEST_STEPS, makeGround, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
let world: World;
let runs = 0;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
  await admit(world, ground);
}, 60_000);
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

const reportOf = async (steps: readonly object[]): Promise<{ readonly ending: string; readonly report: Report }> => {
  await ground.plays([...HONEST_STEPS, ...steps]);
  expect(await approveBy(world, ground)).toEqual([]);
  const [ending = ""] = endOf(await runOnce(world, ground));
  runs += 1;
  const file = path.join(ground.home, ".cto/runs", runId(ground.work, runs), "report.json");
  return { ending, report: reportSchema.parse(JSON.parse(await readFile(file, "utf8"))) };
};

const verdictsIn = ({ actions }: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(actions.map(({ action, verdict }) => [action, verdict]));

const FLOOD = "for i in $(seq -w 1 150); do : > src/+$i; done";
const TRIED = { credential_change: "attempted and denied", push: "attempted and denied", deploy: "not possible" };

test.each<[string, string, readonly object[], string]>([
  ["in a flood of strays", `${FLOOD}; echo A=1 > src/.env; mkdir src/.git; echo x > src/.git/config`, [], "voided"],
  [
    "as links, which are no files",
    "ln -s /etc/passwd src/.npmrc; mkdir -p src/.ssh src/.git; ln -s x src/.ssh/id; ln -s x src/.git/config",
    [],
    "voided",
  ],
  [
    "by an agent that gave up afterwards",
    "echo A=1 > src/.env; mkdir src/.git; echo x > src/.git/config",
    [{ stop: "refusal" }],
    "failed",
  ],
])(
  "R086 what was tried by its path is told by its action, %s",
  async (_, bash, more, ended) => {
    const { ending, report } = await reportOf([{ bash: `${bash}; exit 0`, native: true }, ...more]);
    expect(ending).toBe(ended);
    expect(verdictsIn(report)).toMatchObject(TRIED);
  },
  60_000,
);

test("R086 nothing is called impossible where more was left than is read", async () => {
  const { ending, report } = await reportOf([
    { bash: `perl -e 'for (1..5100) { open my $f, ">", "src/+$_" }'; echo A=1 > src/.env; exit 0`, native: true },
  ]);
  expect(ending).toBe("voided");
  expect(new Set(Object.values(verdictsIn(report)))).toEqual(new Set(["not observed"]));
}, 60_000);
