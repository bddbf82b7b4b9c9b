import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

import type { CliContext } from "../../src/cli/context.ts";
import { leaveWith } from "../../src/cli/leave.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { compose } from "../../src/compose.ts";
import { withoutSwitches } from "../../src/harness/reading/without-switches.ts";
import { run } from "../../src/harness/run/run.ts";
import type { World } from "../../src/harness/world.ts";
import type { ConfinedStage } from "../../src/seams/sandbox.ts";
import type { Store } from "../../src/seams/store.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { workId } from "../../src/workflow/ids.ts";
import type { BreakingAs, BreakingOrder, BreakingPoint } from "./breaking.ts";

// A Harness of its own that comes to one point of a run and no further, so that it can be killed, frozen or cut off there.
const order = JSON.parse(process.argv[2] ?? "") as BreakingOrder;
const { home, environment, points, stopAt, there } = order;

const say = (): void => void writeSync(1, "here\n");

const parent = process.ppid;
/** Whoever was to kill it is gone, and may have been before this began. */
const isForgotten = (): boolean => process.ppid !== parent || parent === 1;
const LOOK_MS = 1_000;

/** Stops the process, or the thread, in which nothing else happens meanwhile. */
const stand = (): void => {
  say();
  if (there === "freeze") return void process.kill(process.pid, "SIGSTOP");
  while (!isForgotten()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_MS);
  process.kill(process.pid, "SIGKILL");
};

const comes = async (): Promise<void> => {
  if (there !== "hold") return stand();
  say();
  while (!isForgotten()) await wait(LOOK_MS);
  process.kill(process.pid, "SIGKILL");
};

/** Whether a line is the one of a point, each line looked at once. */
const meeting = ({ line, subject, nth = 1 }: Extract<BreakingPoint, { line: string }>): ((text: string) => boolean) => {
  let met = 0;
  return (text) => {
    const event = parseEvent(text);
    if (event.type !== line || (subject !== undefined && event.subject !== subject)) return false;
    met += 1;
    return met === nth;
  };
};

/** Comes to its point before or after a call of one seam. */
const around = <A extends readonly unknown[], T>(
  act: (...given: A) => Promise<T>,
  when: "before" | "after",
  nth = 1,
): ((...given: A) => Promise<T>) => {
  let calls = 0;
  return async (...given) => {
    const call = (calls += 1);
    if (when === "before" && call === nth) await comes();
    const value = await act(...given);
    if (when === "after" && call === nth) await comes();
    return value;
  };
};

const standingStill = (stage: ConfinedStage): ConfinedStage => ({ ...stage, start: around(stage.start, "after") });

/** Comes to its point once so many pieces of the agent's log are kept; at a second performance no more. */
const standingAt = (open: RawLogsOf, nth = 1): RawLogsOf => {
  let kept = 0;
  return (...given) => {
    const { keep } = open(...given);
    return {
      keep: (log, bytes) => {
        keep(log, bytes);
        kept += 1;
        if (kept === nth) stand();
      },
    };
  };
};

type RawLogsOf = World["host"]["openRawLogs"];

/** Looks at each line of a run once it is in the ledger. */
const seeing = (store: Store, look: (line: string) => void): Store => ({
  ...store,
  transact: async (work) => {
    let written: string[] = [];
    const value = await store.transact((ledger) => {
      written = [];
      return work({
        ...ledger,
        append: async (id, lines, by) => {
          await ledger.append(id, lines, by);
          written.push(...lines);
        },
      });
    });
    written.forEach(look);
    return value;
  },
});

const broken = (world: World, point: BreakingPoint): World => {
  if ("line" in point) {
    const isTheOne = meeting(point);
    return { ...world, store: seeing(world.store, (line) => (isTheOne(line) ? stand() : undefined)) };
  }
  const { seam, when, nth } = point;
  const { target, archive, sandbox, host, consume } = world;
  switch (seam) {
    case "consume":
      return { ...world, consume: around(consume, when) };
    case "backend.log":
      return { ...world, host: { ...host, openRawLogs: standingAt(host.openRawLogs, nth) } };
    case "target.commit":
      return { ...world, target: { ...target, commit: around(target.commit, when) } };
    case "archive.put":
      return { ...world, archive: { ...archive, put: around(archive.put, when, nth) } };
    case "archive.seal":
      return { ...world, archive: { ...archive, seal: around(archive.seal, when) } };
    case "validation.start":
      return {
        ...world,
        sandbox: {
          ...sandbox,
          open: async (stage) =>
            stage.purpose === "validation" ? standingStill(await sandbox.open(stage)) : sandbox.open(stage),
        },
      };
  }
};

const open = async (switches: Readonly<Record<string, string | undefined>>): Promise<World> =>
  points.reduce(broken, await compose({ home, environment: switches, terminal: false, mode: "write" }));

const runHere = async (): Promise<void> => {
  const world = await open(environment);
  const work = workId(order.work);
  if (work === undefined) throw new Error(`${order.work} is no work id`);
  const stopping = new AbortController();
  const done = await run(world, work, stopping.signal, (line) => {
    if (stopAt !== undefined && parseEvent(line).type === stopAt) stopping.abort();
  });
  writeSync(1, `it ended: ${JSON.stringify(done)}\n`);
};

/** A command of `cto`, over a home in which it comes to its points. */
const commandHere = async (...words: readonly string[]): Promise<void> => {
  const here = (): never => {
    throw new TypeError("it asks for nothing but its home");
  };
  const told = { write: (text: string | Uint8Array) => process.stderr.write(text), isTTY: false };
  const context: CliContext = {
    process: { stdout: told, stderr: told, env: environment },
    cwd: home,
    ask: undefined,
    guide: undefined,
    readInput: here,
    openWorld: (_home, _mode, switches) =>
      open(switches === "without-switches" ? withoutSwitches(environment) : (switches ?? environment)),
    openEvidence: here,
    makeHome: here,
    openStoreKeeper: here,
    backUpHome: here,
    restoreHome: here,
    openMachine: here,
    serve: here,
    serveMcp: here,
    serveLsp: here,
    onStop: (stop) => {
      process.on("SIGTERM", stop);
      return () => process.off("SIGTERM", stop);
    },
    abandon: () => process.exit(1),
  };
  leaveWith(await runCli([...words, "--jsonl", "--home", home], context));
};

const ACTS: Readonly<Record<BreakingAs, () => Promise<void>>> = {
  run: runHere,
  "run-command": () => commandHere("run", order.work),
  worker: () => commandHere("worker", "--drain", "1m"),
};
await ACTS[order.as]();
