import { readdirSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";

import { withdraw } from "../../src/harness/approval/withdraw.ts";
import { readStanding } from "../../src/harness/gate/read-standing.ts";
import { stopRun } from "../../src/harness/run/stop-run.ts";
import type { World } from "../../src/harness/world.ts";
import { openGate } from "../../src/workflow/gate/gate.ts";
import { runId, type RunId } from "../../src/workflow/ids.ts";
import { refusalsOf } from "../../src/workflow/result.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import { breakOff, livingOf, type BreakingPoint } from "./breaking.ts";
import { commitsOf, expectEvidence, expectNothing, factsOf, textOf, withApproved, type Approved } from "./ended.ts";
import { ADMISSION, endOf, runOnce, targetDigest } from "./ground.ts";
import { AT_WORK, expectOneCommit, KILL_POINTS, TRIED_POINTS } from "./kill-points.ts";

if (TRIED_POINTS.length < KILL_POINTS.length)
  process.stderr.write(
    `${TRIED_POINTS.length} of ${KILL_POINTS.length} kill points are tried; the others: npm run test:kills\n`,
  );

test.each(TRIED_POINTS)(
  "R133 R097 killed when %s, a run goes on to exactly one commit",
  async (_, point, target, agents) => {
    await withApproved(async ({ ground, world, base }) => {
      const family = await breakOff(ground, point);

      const shown = jsonOf(await runCto(["show", "R-049-01", "--json"], { home: ground.home }));
      expect(shown).toMatchObject({
        state: "interrupted",
        word: expect.stringContaining(`target ${target}`),
        next: expect.stringContaining("cto run CTO-WORK-049"),
      });
      const status = jsonOf(await runCto(["status", "--json"], { home: ground.home }));
      const isSpent = (await factsOf(world, runId(ground.work, 1))).some(({ type }) => type === "approval.consumed");
      expect(status).toMatchObject({
        needs: [{ work: "CTO-WORK-049", state: isSpent ? "interrupted" : "approved" }],
        running: [],
      });

      const alive: number[] = [];
      const ended = await runOnce(world, ground, () => void alive.push(livingOf(family).length));
      expect(endOf(ended)).toEqual(["awaiting_outcome"]);
      expect(alive.every((many) => many === 0)).toBe(true);

      await expectOneCommit({ ground, world, base }, agents);

      expect(endOf(await runOnce(world, ground))).toEqual(
        expect.arrayContaining(["blocked", "gate/work-not-approved", "approval/consumed"]),
      );
      expect(commitsOf(ground)).toHaveLength(2);
    });
  },
);

const AGENT_DONE: BreakingPoint = { line: "step.finished", subject: "step/backend" };

test("R133 R072 the agent of a broken attempt is never resumed: once it is ended another one starts in a fresh Workspace, and both leave their logs", async () => {
  await withApproved(async ({ ground, world }) => {
    await breakOff(ground, AT_WORK);
    const run = await onlyRun(world);
    const written = path.join(ground.home, ".cto/started");
    expect(readdirSync(written).every((name) => name.startsWith(`${run}-agent-`))).toBe(true);
    expect(readdirSync(written, { recursive: true }).length).toBeGreaterThan(1);
    const unending = { ...world, sandbox: { ...world.sandbox, endOrphans: async () => 2 } };
    await expect(runOnce(unending, ground)).rejects.toMatchObject({ code: "sandbox/broken" });
    expect((await factsOf(world, run)).filter(({ type }) => type === "run.recovered")).toEqual([]);
    expect(endOf(await runOnce({ ...world, isAlive: () => false }, ground))).toEqual(["awaiting_outcome"]);
    expect(readdirSync(written)).toEqual([]);
    const facts = await factsOf(world, run);
    const prepared = facts.filter(({ type }) => type === "workspace.prepared").map(({ data }) => data);
    expect(prepared).toMatchObject([{ performance: 1 }, { performance: 2, logsOfTheOneBefore: "backend/attempt-1" }]);
    const order = facts.map(({ type }) => type).filter((type) => ORDER.includes(type));
    expect(order).toEqual(["backend.started", "run.recovered", "backend.started", "backend.exited"]);
    const files = await expectEvidence(world, run, "awaiting_outcome");
    const logs = [...files.keys()].filter((name) => name.startsWith("backend/"));
    expect(logs).toEqual(expect.arrayContaining(["backend/attempt-1/frames.jsonl", "backend/frames.jsonl"]));
    expect(textOf(files, "backend/attempt-1/frames.jsonl")).not.toBe(textOf(files, "backend/frames.jsonl"));
  });
});

const ORDER: readonly string[] = ["backend.started", "backend.exited", "run.recovered"];

/** What changed between the kill and the next start, and what the run then ends with, its agent never started again. */
const NO_LONGER: readonly (readonly [
  what: string,
  at: BreakingPoint,
  change: (approved: Approved) => Promise<unknown>,
  code: string,
])[] = [
  ["the operator's switches are closed", AT_WORK, async () => undefined, "gate/env-not-set"],
  [
    "the owner withdrew the approval",
    AT_WORK,
    ({ world, ground }) => withdraw(world, ground.work, { reason: "changed my mind", key: undefined }),
    "approval/withdrawn",
  ],
  [
    "somebody edited the target",
    AT_WORK,
    ({ ground }) => writeFile(path.join(ground.target, "strings.py"), "edited = 1\n"),
    "admission/dirty",
  ],
  ["the admission is gone", AGENT_DONE, ({ ground }) => rm(path.join(ground.home, ADMISSION)), "admission/absent"],
  [
    "the packet was changed",
    AGENT_DONE,
    ({ ground }) => ground.edit(ground.packet, "with `strings.py`", "to `strings.py`"),
    "approval/stale",
  ],
];

test.each(NO_LONGER)(
  "R133 R020 when %s after the kill, the run ends as interrupted and the item is a candidate again",
  async (what, at, change, code) => {
    await withApproved(async (approved) => {
      const { ground, base } = approved;
      await breakOff(ground, at);
      await change(approved);
      const before = await targetDigest(approved.world, ground);
      const world = what.includes("switches") ? await ground.open({}) : approved.world;

      const ended = endOf(await runOnce(world, ground));
      expect(ended[0]).toBe("interrupted");
      expect(ended).toContain(code);
      expect(await targetDigest(world, ground)).toBe(before);
      expect(commitsOf(ground)).toEqual([base]);
      expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
      const run = await onlyRun(world);
      const files = await expectEvidence(world, run, "interrupted");
      expect(textOf(files, "report.md")).toContain("Interrupted");
      expect([...files.keys()]).toContain("backend/frames.jsonl");
      expect((await factsOf(world, run)).filter(({ type }) => type === "backend.started")).toHaveLength(1);
      if (world !== approved.world) await world.store.close();

      const again = endOf(await runOnce(approved.world, ground));
      expect(again[0]).toBe("blocked");
      expect(commitsOf(ground)).toEqual([base]);
    });
  },
);

test("R020 killed between its two locks, an approval is spent although the gate then stays closed", async () => {
  await withApproved(async ({ ground, world, before }) => {
    await breakOff(ground, { seam: "consume", when: "after" });
    const closed = await ground.open({});
    expect(endOf(await runOnce(closed, ground))).toEqual(expect.arrayContaining(["blocked", "gate/env-not-set"]));
    await closed.store.close();
    await expectEvidence(world, await onlyRun(world), "blocked");
    expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
    expect(endOf(await runOnce(world, ground))).toEqual(expect.arrayContaining(["blocked", "approval/consumed"]));
    expect(await targetDigest(world, ground)).toBe(before);
  });
});

test("R133 once the commit is claimed the run is finished, whatever is closed or withdrawn then", async () => {
  await withApproved(async ({ ground, world, base }) => {
    await breakOff(ground, { seam: "target.commit", when: "before" });
    expect((await withdraw(world, ground.work, { reason: "too late", key: undefined })).ok).toBe(true);
    const closed = await ground.open({});
    expect(endOf(await runOnce(closed, ground))).toEqual(["awaiting_outcome"]);
    await closed.store.close();
    expect(commitsOf(ground)).toHaveLength(2);
    expect(commitsOf(ground)[1]).toBe(base);
    await expectEvidence(world, await onlyRun(world), "awaiting_outcome");
  });
});

test("a stop that was asked for outlives the kill: whoever goes on ends the run as stopped", async () => {
  await withApproved(async ({ ground, world, before }) => {
    await breakOff(ground, { line: "run.stopping" }, { stopAt: "backend.started" });
    expect(endOf(await runOnce(world, ground))).toEqual(["stopped"]);
    expect(await targetDigest(world, ground)).toBe(before);
    expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
    await expectEvidence(world, await onlyRun(world), "stopped");
  });
});

test("a stop that is asked for once the commit has landed takes nothing back: the run goes on to its outcome", async () => {
  await withApproved(async ({ ground, world }) => {
    await breakOff(ground, { seam: "target.commit", when: "after" });
    const run = await onlyRun(world);
    expect(await stopRun(world, run, "too late")).toMatchObject({ kind: "unheld" });
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    expect(commitsOf(ground)).toHaveLength(2);
    await expectEvidence(world, run, "awaiting_outcome");
  });
});

test("a stop of a run whose process died is kept: whoever goes on ends it, and starts no agent again", async () => {
  await withApproved(async ({ ground, world, before }) => {
    await breakOff(ground, AT_WORK);
    const run = await onlyRun(world);
    expect(await stopRun(world, run, "enough")).toMatchObject({ kind: "unheld" });
    expect(endOf(await runOnce(world, ground))).toEqual(["stopped"]);
    expect((await factsOf(world, run)).filter(({ type }) => type === "backend.started")).toHaveLength(1);
    await expectNothing(world, ground, before);
  });
});

test("R134 nobody goes on with a run whose process lives, and of two heirs of a dead one only one does so", async () => {
  await withApproved(async ({ ground, world }) => {
    const meanwhile = async (): Promise<void> => {
      expect(endOf(await runOnce(world, ground))).toEqual(["refused", "gate/target-locked"]);
    };
    await breakOff(ground, { line: "permit.issued" }, { meanwhile });
    const { standing } = await readStanding(world, ground.work, runId(ground.work, 2), 0);
    expect(refusalsOf(openGate(standing).result).map(({ code }) => code)).toContain("gate/target-abandoned");
    const other = await ground.open();
    const both = await Promise.all([runOnce(world, ground), runOnce(other, ground)]);
    await other.store.close();
    // The other one follows it and tells the same, or comes when it has begun and is refused.
    const ends = both.map(endOf);
    expect(ends).toContainEqual(["awaiting_outcome"]);
    for (const end of ends) expect([["awaiting_outcome"], ["refused", "gate/target-locked"]]).toContainEqual(end);
    const [row, ...more] = await world.store.runs({});
    expect(more).toEqual([]);
    const facts = row === undefined ? [] : await factsOf(world, row.run);
    expect(facts.filter(({ type }) => type === "run.recovered")).toHaveLength(1);
    expect(commitsOf(ground)).toHaveLength(2);
  });
});

test("an agent that takes its Harness down three times is not started a fourth time", async () => {
  await withApproved(async ({ ground, world, before }) => {
    for (let times = 0; times < 3; times += 1) await breakOff(ground, AT_WORK);
    const ended = await runOnce(world, ground);
    expect(ended).toMatchObject({
      ok: true,
      value: { ending: { kind: "failed", failure: { code: "engine/attempts-exhausted" } } },
    });
    expect(await targetDigest(world, ground)).toBe(before);
    expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
    const files = await expectEvidence(world, await onlyRun(world), "failed");
    const logs = [...files.keys()].filter((name) => name.endsWith("frames.jsonl"));
    expect(logs).toEqual(["backend/attempt-1/frames.jsonl", "backend/attempt-2/frames.jsonl", "backend/frames.jsonl"]);
  });
});

const onlyRun = async (world: World): Promise<RunId> => {
  const [row] = await world.store.runs({});
  if (row === undefined) throw new Error("there is no run");
  return row.run;
};
