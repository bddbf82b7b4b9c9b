import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { serveSurface } from "../../src/control-surface/serve.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { runId } from "../../src/workflow/ids.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import {
  commitsOf,
  expectEvidence,
  expectNothing,
  factsOf,
  UNITTEST_STEPS,
  withApproved,
  type Approved,
} from "./ended.ts";
import { endOf, openSwitches, runOnce } from "./ground.ts";

const SLEEPS = {
  write: "test_strings.py",
  content: `import signal, time, unittest


class Slow(unittest.TestCase):
    def test_it(self):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
`,
};

/** Moments at which the operator asks for the end. */
const MOMENTS: readonly (readonly [moment: string, type: string, steps: readonly object[]])[] = [
  ["before the agent is started", "step.finished", UNITTEST_STEPS],
  ["while the agent works", "backend.started", [...UNITTEST_STEPS, { hang: true }]],
  ["while an agent works that obeys no cancellation", "backend.started", [{ bash: "trap '' TERM INT; sleep 600" }]],
  ["before a validation runs", "validation.started", UNITTEST_STEPS],
  ["while a validation runs that obeys no signal", "validation.finished", [SLEEPS]],
];

test.each(MOMENTS)(
  "R135 stopped %s, everything is dead within ten seconds and the target is as it was",
  async (_, type, steps) => {
    await withApproved(async ({ ground, world, before }) => {
      await ground.plays(steps);
      const stopping = new AbortController();
      const seen = (line: string): void => {
        if (parseEvent(line).type === type) stopping.abort();
      };
      expect(endOf(await runOnce(world, ground, seen, stopping.signal))).toEqual(["stopped"]);
      await expectNothing(world, ground, before);
      const run = runId(ground.work, 1);
      await expectEvidence(world, run, "stopped");
      // The target is looked at only after everything that ran is proven dead.
      const facts = await factsOf(world, run);
      const timeOf = (name: string): number => Date.parse(facts.find((fact) => fact.type === name)?.time ?? "");
      expect(timeOf("commit.proved") - timeOf("run.stopping")).toBeLessThan(10_000);
    });
  },
);

test("a stop comes too late once the commit is claimed: the run is finished", async () => {
  await withApproved(async ({ ground, world }) => {
    const stopping = new AbortController();
    const commit: typeof world.target.commit = (...given) => {
      stopping.abort();
      return world.target.commit(...given);
    };
    const late = { ...world, target: { ...world.target, commit } };
    expect(endOf(await runOnce(late, ground, () => undefined, stopping.signal))).toEqual(["awaiting_outcome"]);
    await expectEvidence(world, runId(ground.work, 1), "awaiting_outcome");
    expect(commitsOf(ground)).toHaveLength(2);
  });
});

test("R135 cto stop ends a run of another process: exit 130, and the ledger says who asked", async () => {
  await withApproved(async (approved) => {
    const { ground, world } = approved;
    const asked = async (): Promise<void> => {
      const said = await runCto(["stop", "R-049-01", "--reason", "wrong branch", "--json"], { home: ground.home });
      expect(said.exit).toBe(0);
      expect(jsonOf(said)).toMatchObject({ run: "R-049-01", state: "stopping" });
    };
    await stoppedByOthers(approved, asked);
    const leaf = (await world.store.leaves(0)).find(({ type }) => type === "run.stopping");
    expect(leaf).toMatchObject({ actor: world.operator.user, detail: { reason: "wrong branch" } });
  });
});

test("R135 a browser ends a run of another process, and the ledger says that it was one", async () => {
  await withApproved(async (approved) => {
    const { ground, world } = approved;
    const served = await serveSurface({
      world,
      openToWrite: () => ground.open({}),
      examine: () => Promise.resolve([]),
      port: 0,
      tell: () => undefined,
    });
    if (!served.ok) throw new Error("it is not served");
    const { origin, hash } = new URL(served.value.url);
    const said = { "X-CTO-Token": hash.replace("#token=", ""), origin, "sec-fetch-site": "same-origin" };
    const asked = async (): Promise<void> => {
      const headers = { ...said, "content-type": "application/json" };
      const order = { method: "POST", headers, body: JSON.stringify({ reason: "wrong branch" }) };
      const response = await fetch(`${origin}/api/r/R-049-01/stop`, order);
      expect([response.status, await response.json()]).toEqual([202, { run: "R-049-01", state: "stopping" }]);
    };
    try {
      await stoppedByOthers(approved, asked);
      const leaf = (await world.store.leaves(0)).find(({ type }) => type === "run.stopping");
      expect(leaf).toMatchObject({ actor: world.operator.user, channel: "web", detail: { reason: "wrong branch" } });
    } finally {
      await served.value.close();
    }
  });
});

test("R135 Ctrl-C ends a run with exit 130", async () => {
  await withApproved((approved) =>
    stoppedByOthers(approved, (pid) => {
      process.kill(pid, "SIGINT");
      return Promise.resolve();
    }),
  );
});

/** A run in a process of its own, ended from outside once its agent is at work. */
const stoppedByOthers = async (
  { ground, world, before }: Approved,
  stop: (pid: number) => Promise<void>,
): Promise<void> => {
  await ground.plays([...UNITTEST_STEPS, { hang: true }]);
  const program = fileURLToPath(new URL("cto.ts", import.meta.url));
  const argv = [program, "run", ground.work, "--jsonl", "--home", ground.home];
  const env = { ...openSwitches("scripted"), ...COMPILE_CACHE };
  const child = spawn(process.execPath, argv, { stdio: ["ignore", "pipe", "ignore"], env });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout }))
    if (parseEvent(line).type === "backend.started") await stop(child.pid ?? 0);
  expect(await exited).toEqual([130, null]);
  await expectNothing(world, ground, before);
  await expectEvidence(world, runId(ground.work, 1), "stopped");
};
