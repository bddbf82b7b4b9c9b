import type { Confined, ConfinedStage, StageOrder, StageReport } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { confinedProcess, type ConfinedProcess } from "./confined-process.ts";
import type { Identity } from "./launch-chain.ts";
import { watchLimits } from "./limit-watch.ts";
import type { MemoryGuard } from "./memory-guard.ts";
import { livingInNamespaces, livingOfUid, signal, type ProcessId } from "./processes.ts";
import { describeStage } from "./stage-description.ts";
import { commandOf, type StageMounts } from "./stage-mounts.ts";
import type { StagePlace } from "./stage-place.ts";

export interface StageGround {
  readonly order: StageOrder;
  readonly place: StagePlace;
  readonly identity: Identity;
  readonly mounts: StageMounts;
  readonly filter: Uint8Array;
  readonly memory: MemoryGuard;
  /** Gives slot and folders back; only once everything is dead. */
  readonly release: () => Promise<void>;
}

/** One set of mounts, limits and filter, and all that was started in it. */
export const openStage = ({
  order,
  place,
  identity,
  mounts,
  filter,
  memory,
  release,
}: StageGround): Omit<ConfinedStage, "canaries" | "plantedToken"> => {
  const processes = new Set<ConfinedProcess>();
  const namespaces = new Map(place.namespaces);
  const roots: ProcessId[] = [...place.keepers];
  const starting = new Set<Promise<unknown>>();
  const keepers = new Set(place.keepers.map(({ pid, start }) => `${pid} ${start}`));
  let limit: string | undefined;
  let phase: "acting" | "quiet" | "closed" = "acting";
  let closed: Promise<StageReport> | undefined;

  const everyone = (): readonly ProcessId[] =>
    identity.kind === "slot" ? livingOfUid(identity.uid) : livingInNamespaces(namespaces, roots);
  const living = (): readonly ProcessId[] => everyone().filter(({ pid, start }) => !keepers.has(`${pid} ${start}`));
  const look = async (): ReturnType<StagePlace["passed"]> => {
    const alive = living();
    return (await memory.passed(alive)) ? "memory" : place.passed(alive);
  };
  const watch = watchLimits(order.limits, look, (reached) => {
    limit = reached;
    for (const one of processes) one.kill(reached);
  });

  const forgetWhenEnded = async (one: ConfinedProcess, exited: Promise<unknown>): Promise<void> => {
    await exited;
    processes.delete(one);
    if (processes.size === 0) watch.resting();
  };

  const startNow = async (argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Confined> => {
    const begunIn = phase;
    const launched = await place.launch(commandOf(argv, env));
    namespaces.set(launched.pidNamespace, launched.init);
    roots.push(launched.monitor, launched.init);
    const one = confinedProcess(launched, (bytes, before) => watch.seen(bytes, before));
    processes.add(one);
    if (begunIn === "acting") watch.running();
    else endInTime(one, launched.exited);
    void forgetWhenEnded(one, launched.exited);
    // What ended the stage while this began did not find it yet.
    if (phase !== begunIn || (limit !== undefined && begunIn === "acting")) one.kill(limit);
    return one;
  };

  const quiet = async (): Promise<StageReport> => {
    if (phase === "acting") phase = "quiet";
    await Promise.allSettled(starting);
    const alive = await killAll(living, processes);
    await watch.end();
    return { processTreeDead: alive === 0, alive, ...(limit === undefined ? {} : { limit }) };
  };

  const closeNow = async (): Promise<StageReport> => {
    phase = "closed";
    const ended = await quiet();
    await place.end();
    const alive = ended.alive + (await killAll(everyone, new Set()));
    if (alive === 0) await release();
    return { ...ended, processTreeDead: alive === 0, alive };
  };

  return {
    inside: "/workspace",
    description: describeStage(order, identity, mounts, filter, memory),
    start: async (argv, env) => {
      if (phase === "closed") throw new Failure("sandbox/broken", "the stage is closed; nothing starts in it any more");
      if (limit !== undefined && phase === "acting")
        throw new Failure("sandbox/broken", `the stage was ended by its limit ${limit}`);
      const started = startNow(argv, env);
      starting.add(started);
      try {
        return await started;
      } finally {
        starting.delete(started);
      }
    },
    files: place.files,
    quiet,
    close: () => (closed ??= closeNow()),
  };
};

// Once the stage is quiet its limits are over, so what the Harness starts there has a clock of its own.
const endInTime = (one: ConfinedProcess, exited: Promise<unknown>): void => {
  const timer = setTimeout(() => one.kill("wall"), LIMITS.stageProbeTimeoutMs);
  void exited.then(() => clearTimeout(timer));
};

/** How many are left of everything that ran in the stage, after killing it again and again for as long as is allowed. */
const killAll = async (
  living: () => readonly ProcessId[],
  processes: ReadonlySet<ConfinedProcess>,
): Promise<number> => {
  const until = performance.now() + LIMITS.killTimeoutMs;
  for (;;) {
    const monitors = new Set([...processes].map(({ monitor }) => monitor.pid));
    for (const one of processes) one.kill();
    const alive = living();
    if (alive.length === 0 || performance.now() > until) return alive.length;
    // A slot's uid belongs to this stage alone, and so does a namespace that this stage made. Monitors reap and go.
    for (const one of alive) if (!monitors.has(one.pid)) signal(one, "SIGKILL", "process");
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
};

const LOOK_AGAIN_MS = 5;
