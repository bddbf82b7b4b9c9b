import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { Engine, Offers, OrderLimits, RunOrder } from "../../src/seams/engine.ts";
import { runId, workId } from "../../src/workflow/ids.ts";
import { idOf, openEngineLedger, type EngineLedger } from "../fixtures/engine-ledger.ts";
import type { EngineTask } from "../fixtures/engine-process.ts";
import { openEngine, SITE, type EngineGround, type EnginePlace } from "./engines.ts";
import { figuresOf } from "./figures.ts";

// Workers in processes of their own, over one ledger.

const PROGRAM = path.join(import.meta.dirname, "../fixtures/engine-process.ts");

export const STEPS = 3;

export interface WorkerProcess {
  readonly id: string;
  readonly pid: number;
  /** What it said, line by line. */
  readonly said: readonly Readonly<Record<string, unknown>>[];
  send(signal: NodeJS.Signals): void;
  /** Its exit code, or the signal that ended it. */
  readonly exit: Promise<number | NodeJS.Signals>;
}

interface WorkerHow {
  readonly concurrency?: number;
  readonly drainWithinMs?: number;
  readonly protocol?: number;
  readonly only?: RunOrder;
  readonly offers?: Offers;
  readonly limits?: OrderLimits;
}

export interface Fleet {
  engine(): Engine;
  place(): EnginePlace;
  readonly ledger: EngineLedger;
  /** Settles when it serves, or has ended. */
  worker(id: string, how?: WorkerHow): Promise<WorkerProcess>;
  order(orders: readonly RunOrder[]): Promise<void>;
  /** Another process that orders. */
  orderElsewhere(orders: readonly RunOrder[]): Promise<void>;
  ended(orders: readonly RunOrder[], withinMs?: number): Promise<void>;
  /** Keeps so many workers alive, each new one under a new id, until it is told to stop. */
  supervise(workers: number, how?: { readonly concurrency?: number }): { stop(): Promise<void> };
  /** The engine forgets everything; what the ledger knows stays. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

export const openFleet = async (ground: EngineGround, name: string): Promise<Fleet> => {
  const figures = figuresOf(name);
  const folder = mkdtempSync(path.join(tmpdir(), "cto-fleet-"));
  const file = path.join(folder, "ledger.db");
  const ledger = openEngineLedger(file);
  let place = await ground.place();
  let engine = openEngine(place, "tests", 1);
  let isClosing = false;
  const ordered = new Map<string, RunOrder>();
  const awaited = new Set<string>();
  const processes: WorkerProcess[] = [];

  const start = async (task: EngineTask): Promise<WorkerProcess> => {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(task)], { stdio: ["ignore", "pipe", "inherit"] });
    const said: Readonly<Record<string, unknown>>[] = [];
    const exit = once(child, "exit").then(([code, signal]) => {
      if (signal === "SIGKILL" && !isClosing) figures.kills += 1;
      if (said.some(({ failure }) => failure === "store/fenced" || failure === "engine/liveness-lost"))
        figures.cutOff += 1;
      return (code ?? signal) as number | NodeJS.Signals;
    });
    const spoke = new Promise<void>((resolve) => {
      let text = "";
      child.stdout.on("data", (piece: Buffer) => {
        text += piece.toString();
        const lines = text.split("\n");
        text = lines.pop() ?? "";
        for (const line of lines) said.push(JSON.parse(line) as Record<string, unknown>);
        if (said.length > 0) resolve();
      });
    });
    const one: WorkerProcess = {
      id: task.worker,
      pid: child.pid ?? 0,
      said,
      send: (signal) => child.kill(signal),
      exit,
    };
    processes.push(one);
    await Promise.race([spoke, exit]);
    return one;
  };

  const worker: Fleet["worker"] = (id, { concurrency = 4, drainWithinMs = 500, protocol, only, offers, limits } = {}) =>
    start({
      act: "work",
      place: { ...place, ...(protocol === undefined ? {} : { protocol }) },
      worker: id,
      ledger: file,
      steps: STEPS,
      concurrency,
      drainWithinMs,
      ...(only === undefined ? {} : { only: only.run }),
      ...(offers === undefined ? {} : { offers }),
      ...(limits === undefined ? {} : { limits }),
    });

  return {
    engine: () => engine,
    place: () => place,
    ledger,
    worker,
    supervise: (workers, how = {}) => {
      const over = new AbortController();
      const keepOne = async (lane: number): Promise<void> => {
        for (let turn = 1; !over.signal.aborted; turn += 1) {
          const one = await worker(`w${lane}-${turn}`, how);
          const leave = (): void => one.send("SIGTERM");
          if (over.signal.aborted) leave();
          over.signal.addEventListener("abort", leave);
          await one.exit;
          over.signal.removeEventListener("abort", leave);
        }
      };
      const lanes = Array.from({ length: workers }, (_, lane) => keepOne(lane + 1));
      return {
        stop: async () => {
          over.abort();
          await Promise.all(lanes);
        },
      };
    },
    forget: async () => {
      await engine.close();
      place = await ground.place();
      engine = openEngine(place, "tests", 1);
    },
    order: async (orders) => {
      for (const one of orders) {
        await engine.start(one);
        ordered.set(idOf(one), one);
      }
    },
    orderElsewhere: async (orders) => {
      for (const one of orders) ordered.set(idOf(one), one);
      const code = await (await start({ act: "order", place, worker: "orders", orders })).exit;
      if (code !== 0) throw new Error(`ordering ended with ${code}`);
    },
    ended: (orders, withinMs = 60_000) => {
      for (const one of orders) awaited.add(idOf(one));
      return eventually(
        () => orders.every((one) => ledger.has(idOf(one), "end")),
        withinMs,
        () => shown(ledger),
      );
    },
    close: async () => {
      isClosing = true;
      for (const { send } of processes) send("SIGKILL");
      await Promise.all(processes.map(({ exit }) => exit));
      for (const id of ordered.keys()) {
        const ends = ledger.events(id).filter(({ what }) => what === "end").length;
        figures.orders += ends > 0 ? 1 : 0;
        figures.ordersLost += ends === 0 && awaited.has(id) ? 1 : 0;
        figures.mostEndsOfAnOrder = Math.max(figures.mostEndsOfAnOrder, ends);
      }
      await engine.close();
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const shown = (ledger: EngineLedger): string =>
  ledger
    .events()
    .map(({ id, token, worker, what, at }) => `${at} ${id} ${token} ${worker} ${what}`)
    .join("\n");

/** Waits until something holds. */
export const eventually = async (
  holds: () => boolean | Promise<boolean>,
  withinMs = 60_000,
  told: () => string = () => "",
): Promise<void> => {
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${holds.toString()}\n${told()}`);
    await delay(10);
  }
};

/** The n-th order of a test. */
export const orderOf = (
  n: number,
  {
    target = `t${n}`,
    kind = "execute",
    priority = 0,
    owner = "jp",
  }: Partial<Pick<RunOrder, "target" | "kind" | "priority" | "owner">> = {},
): RunOrder => {
  const work = workId(`CTO-WORK-${String(n).padStart(3, "0")}`);
  if (work === undefined) throw new Error(`no work item ${n}`);
  return { run: runId(work, 1), kind, work, target, site: SITE, priority, owner };
};
