import { stat } from "node:fs/promises";

import type { Confined, ConfinedStage, StageFiles, StageOrder, StageReport } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { limitArgs } from "./bubblewrap-args.ts";
import { confinedProcess, type ConfinedProcess } from "./confined-process.ts";
import { launchChain, PRLIMIT, type Identity } from "./launch-chain.ts";
import { launch } from "./launch.ts";
import { watchLimits } from "./limit-watch.ts";
import { livingInNamespaces, livingOfUid, signal, type ProcessId } from "./processes.ts";
import { scratchUsage, type Usage } from "./scratch-usage.ts";
import { describeStage } from "./stage-description.ts";
import { commandOf, type StageMounts } from "./stage-mounts.ts";
import { unlinkedBytes } from "./unlinked-usage.ts";

export interface StageGround {
  readonly order: StageOrder;
  readonly files: StageFiles;
  readonly identity: Identity;
  readonly mounts: StageMounts;
  readonly filter: Uint8Array;
  /** Gives slot and folders back; only once everything is dead. */
  readonly release: () => Promise<void>;
}

/** One set of mounts, limits and filter, and all that was started in it. */
export const openStage = async ({
  order,
  files,
  identity,
  mounts,
  filter,
  release,
}: StageGround): Promise<ConfinedStage> => {
  const processes = new Set<ConfinedProcess>();
  const namespaces = new Set<string>();
  const starting = new Set<Promise<unknown>>();
  let limit: string | undefined;
  let report: Promise<StageReport> | undefined;

  const living = (): Promise<readonly ProcessId[]> =>
    identity.kind === "slot" ? livingOfUid(identity.uid) : livingInNamespaces(namespaces);
  const look = await usageLook(files.folder, mounts, living);
  const watch = watchLimits(order.limits, look, await look(UNBOUNDED), (reached) => {
    limit = reached;
    for (const one of processes) void one.kill(reached);
  });

  const forgetWhenEnded = async (one: ConfinedProcess, exited: Promise<unknown>): Promise<void> => {
    await exited;
    processes.delete(one);
    if (processes.size === 0) watch.resting();
  };

  const startNow = async (argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Confined> => {
    const chain = launchChain(mounts.chain);
    const launched = await launch(
      [...chain, PRLIMIT, ...limitArgs(order.limits), ...commandOf(argv, env)],
      mounts.args,
      filter,
    );
    namespaces.add(launched.pidNamespace);
    const one = confinedProcess(launched, (bytes, before) => watch.seen(bytes, before));
    processes.add(one);
    watch.running();
    void forgetWhenEnded(one, launched.exited);
    if (limit !== undefined || report !== undefined) await one.kill(limit);
    return one;
  };

  const quietNow = async (): Promise<StageReport> => {
    await Promise.allSettled(starting);
    const alive = await killAll(living, processes);
    await watch.end();
    return { processTreeDead: alive === 0, alive, ...(limit === undefined ? {} : { limit }) };
  };

  const quiet = (): Promise<StageReport> => (report ??= quietNow());
  let released: Promise<void> | undefined;

  return {
    inside: "/workspace",
    description: describeStage(order, identity, mounts, filter),
    start: async (argv, env) => {
      if (report !== undefined)
        throw new Failure("sandbox/broken", "the stage is closed; nothing starts in it any more");
      if (limit !== undefined) throw new Failure("sandbox/broken", `the stage was ended by its limit ${limit}`);
      const started = startNow(argv, env);
      starting.add(started);
      try {
        return await started;
      } finally {
        starting.delete(started);
      }
    },
    files,
    quiet,
    close: async () => {
      const ended = await quiet();
      if (ended.processTreeDead) await (released ??= release());
      return ended;
    },
  };
};

const UNBOUNDED: Usage = { bytes: Number.POSITIVE_INFINITY, inodes: Number.POSITIVE_INFINITY };

// Where nothing is writable there is nothing to look at.
const usageLook = async (
  folder: string,
  { plan }: StageMounts,
  living: () => Promise<readonly ProcessId[]>,
): Promise<(most: Usage) => Promise<Usage>> => {
  const closed = new Set([...plan.pins, ...plan.masks]);
  const device = (await stat(folder)).dev;
  return async (most) => {
    if (plan.writableParents.length === 0) return { bytes: 0, inodes: 0 };
    const { bytes, inodes } = await scratchUsage(folder, plan.writableParents, closed, most);
    return { bytes: bytes + (await unlinkedBytes(await living(), device)), inodes };
  };
};

/** How many are left of everything that ran in the stage, after killing it again and again for as long as is allowed. */
const killAll = async (
  living: () => Promise<readonly ProcessId[]>,
  processes: ReadonlySet<ConfinedProcess>,
): Promise<number> => {
  const until = performance.now() + LIMITS.killTimeoutMs;
  for (;;) {
    await Promise.all([...processes].map((one) => one.kill()));
    const alive = await living();
    if (alive.length === 0 || performance.now() > until) return alive.length;
    // A slot's uid belongs to this stage alone, and so does a namespace that this stage made.
    await Promise.all(alive.map((one) => signal(one, "SIGKILL", "process")));
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
};

const LOOK_AGAIN_MS = 5;
