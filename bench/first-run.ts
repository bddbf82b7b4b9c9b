import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { CliContext } from "../src/cli/context.ts";
import { openDemoGround, type DemoGround } from "../src/cli/demo/ground.ts";
import { admitTarget } from "../src/harness/admission/admit-target.ts";
import { recordApproval } from "../src/harness/approval/approve.ts";
import { present } from "../src/harness/approval/present.ts";
import { run } from "../src/harness/run/run.ts";
import { parseEvent } from "../src/workflow/event-chain.ts";
import { workId } from "../src/workflow/ids.ts";
import { median, ratio } from "./measure.ts";

const ROUNDS = 3;
const WORK = workId("CTO-WORK-049");

/** Harness time of an accepted demo run, without agent and validation, against the same work by hand. */
export const firstRun = async (): Promise<boolean> => {
  const ours: Taken[] = [];
  const byHand: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-"));
    const ground = await openDemoGround(path.join(folder, "governed"), "accept", NO_CONTEXT);
    try {
      const base = path.join(folder, "before");
      execFileSync("/usr/bin/git", ["clone", "-q", "--no-hardlinks", ground.target, base]);
      const taken = await governedRun(ground);
      ours.push(taken);
      byHand.push(await runByHand(folder, base, path.join(ground.home, ".cto", "runs", taken.run, "patch.diff")));
    } finally {
      await ground.world.store.close();
      await rm(folder, { recursive: true, force: true });
    }
  }
  const harness = median(ours.map(({ harnessMs }) => harnessMs));
  for (const [part, ms] of ours.at(-1)?.parts ?? [])
    process.stdout.write(`  ${part.padEnd(28)} ${ms.toFixed(0).padStart(6)} ms\n`);
  return ratio("harness time of an accepted run", harness, median(byHand), 2);
};

interface Taken {
  readonly run: string;
  readonly harnessMs: number;
  readonly parts: readonly (readonly [string, number])[];
}

const governedRun = async ({ world, target, key }: DemoGround): Promise<Taken> => {
  if (WORK === undefined) throw new TypeError("the demo's work id is one");
  const open = { id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
  await admitTarget(world, { ...open, target, expiresMs: 86_400_000, reason: "bench", key });
  const shown = await present(world, WORK);
  if (!shown.ok) throw new Error("the demo's contract cannot be presented");
  const bytes = new TextEncoder().encode(shown.value.contract.requiredApproval);
  await recordApproval(world, shown.value, { bytes, entry: "file", key, expiresMs: undefined });
  const lines: string[] = [];
  const started = performance.now();
  const done = await run(world, WORK, new AbortController().signal, (line) => lines.push(line));
  const totalMs = performance.now() - started;
  if (!done.ok || done.value.ending.kind !== "awaiting_outcome") throw new Error("the demo's run was not accepted");
  const parts = partsOf(lines, totalMs);
  const outside = parts.filter(([name]) => OUTSIDE.has(name)).reduce((sum, [, ms]) => sum + ms, 0);
  return { run: done.value.run, harnessMs: totalMs - outside, parts };
};

const OUTSIDE: ReadonlySet<string> = new Set(["agent", "validation commands"]);

/** Where the time goes, read from the run's own facts. */
const partsOf = (lines: readonly string[], totalMs: number): readonly (readonly [string, number])[] => {
  const events = lines.map(parseEvent);
  const at = (type: string): number => Date.parse(events.find((event) => event.type === type)?.time ?? "");
  const first = Date.parse(events[0]?.time ?? "");
  const agent = at("turn.finished") - at("turn.started");
  const commands = unionMs(
    events
      .filter(({ type }) => type === "validation.finished")
      .map(({ time, data }) => ({ to: Date.parse(time), from: Date.parse(time) - Number(data["ms"]) })),
  );
  const validated =
    events
      .filter(({ type }) => type === "validation.finished")
      .map(({ time }) => Date.parse(time))
      .at(-1) ?? first;
  return [
    ["gate", at("gate.decided") - first],
    ["workspace and stage", at("turn.started") - at("gate.decided")],
    ["agent", agent],
    ["harvest and policy", at("diff.judged") - at("turn.finished")],
    ["validation commands", commands],
    ["around the validation", validated - at("diff.judged") - commands],
    ["commit", at("commit.created") - validated],
    ["proofs and rehearsal", at("rollback.rehearsed") - at("commit.created")],
    ["seal and verify", totalMs - (at("rollback.rehearsed") - first)],
    ["total", totalMs],
  ];
};

/** How long at least one of them was under way: commands that run side by side take their time once. */
const unionMs = (spans: readonly { readonly from: number; readonly to: number }[]): number => {
  let until = 0;
  let sum = 0;
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
};

const runByHand = async (folder: string, target: string, patch: string): Promise<number> => {
  const scratch = path.join(folder, "by-hand");
  await mkdir(scratch);
  const script = path.join(import.meta.dirname, "by-hand.sh");
  const started = performance.now();
  execFileSync("/bin/bash", [script, target, patch, scratch], { stdio: ["ignore", "ignore", "inherit"] });
  return performance.now() - started;
};

const NO_CONTEXT: CliContext = {
  process: {
    stdout: { write: () => undefined, isTTY: false },
    stderr: { write: () => undefined, isTTY: false },
    env: {},
  },
  cwd: "/",
  ask: undefined,
  guide: undefined,
  readInput: () => Promise.resolve(new Uint8Array()),
  openWorld: () => Promise.reject(new Error("the ground has its own")),
  openEvidence: () => Promise.reject(new Error("not needed")),
  makeHome: () => Promise.reject(new Error("not needed")),
  openStoreKeeper: () => Promise.reject(new Error("not needed")),
  backUpHome: () => Promise.reject(new Error("not needed")),
  restoreHome: () => Promise.reject(new Error("not needed")),
  openMachine: () => Promise.reject(new Error("not needed")),
  serve: async (order) => (await import("../src/control-surface/serve.ts")).serveSurface(order),
  serveLsp: () => Promise.reject(new Error("not needed")),
  serveMcp: () => Promise.reject(new Error("not needed")),
  onStop: () => () => undefined,
  abandon: () => undefined,
};
