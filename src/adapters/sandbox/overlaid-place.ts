import { statfs } from "node:fs/promises";

import type { StageFiles, StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Checkout } from "../../workflow/workspace/workspace.ts";
import { kernelArgs, LAST, limitArgs, NAMESPACES, rootArgs, SHARED_MEMORY_BYTES } from "./bubblewrap-args.ts";
import { answerOf, BARE, ONCE_LIMITS } from "./confine-once.ts";
import { enterChain, launchChain, PERL } from "./launch-chain.ts";
import { lastWords, launch, type Launch, type Launched } from "./launch.ts";
import { childrenOf, isAlive, signal, type ProcessId } from "./processes.ts";
import type { RootPart } from "./root-parts.ts";
import { filterMachine, mountNumber } from "./seccomp/syscalls.ts";
import type { StageMounts } from "./stage-mounts.ts";
import type { StagePlace } from "./stage-place.ts";
import { OUTER, OWN_BYTES, OWN_INODES } from "./stage-script.ts";

export interface OverlaidOrder {
  readonly order: StageOrder;
  readonly over: Checkout["over"];
  readonly mounts: StageMounts;
  readonly root: readonly RootPart[];
  readonly filter: Uint8Array;
  readonly group: string | undefined;
  readonly recorded: Launch["recorded"];
  /** The script of the outer sandbox; another one only where a machine without overlay is played. */
  readonly script: string;
}

/** Level A: an overlay with a quota in an outer sandbox, which every start enters (confinement.md 2). */
export const overlaidPlace = async (given: OverlaidOrder): Promise<StagePlace> => {
  const { order, mounts, filter } = given;
  const outer = await launch({
    chain: [...launchChain(mounts.chain), ...holder(given)],
    args: mounts.outer ?? [],
    filter: new Uint8Array(),
    place: "host",
    group: undefined,
    recorded: given.recorded,
  });
  await untilReady(outer);
  const keepers = [outer.monitor, ...below(outer.init)];
  const root = `/proc/${outer.init.pid}/root`;
  const enter: Enter = async (args, limits, command) => {
    // Another process may have its number by now, and other namespaces.
    if (!isAlive(outer.init)) throw new Failure("sandbox/broken", "the stage is gone, so nothing can be started in it");
    const chain = enterChain(mounts.chain.identity, outer.init.pid, limits);
    return launch({
      chain: [...chain, ...command],
      args,
      filter,
      place: "entered",
      group: given.group,
      recorded: given.recorded,
    });
  };
  return {
    files: {
      folder: `${root}${OUTER.workspace}`,
      journal: `${root}${OUTER.journal}`,
      examine: examineWithin(given, enter),
    },
    launch: (command) => enter(mounts.args, limitArgs(order.limits), command),
    passed: async () => {
      const { bavail, ffree } = await statfs(`${root}/stage`).catch(() => ({ bavail: 1, ffree: 1 }));
      if (bavail === 0) return "scratch-bytes";
      return ffree === 0 ? "scratch-inodes" : undefined;
    },
    namespaces: new Map([[outer.pidNamespace, outer.init]]),
    keepers,
    end: async () => {
      // bubblewrap reaps its first process and ends with it.
      signal(outer.init, "SIGKILL", "process");
      const overdue = setTimeout(() => signal(outer.monitor, "SIGKILL", "group"), LIMITS.reapGraceMs);
      await outer.exited;
      clearTimeout(overdue);
    },
  };
};

const holder = ({ order, over, script }: OverlaidOrder): readonly string[] => [
  PERL,
  "-e",
  script,
  "--",
  String(mountCall()),
  String(order.limits.scratchBytesMax + ownBytes(order)),
  String(order.limits.scratchInodesMax + ownInodes(order)),
  over === "nothing" ? "nothing" : "over",
  order.relay === undefined ? "none" : "relay",
  order.tunnel === undefined ? "none" : "tunnel",
];

const mountCall = (): number => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new Failure("sandbox/broken", `mounting has no number known on ${process.arch}`);
  return mountNumber(machine);
};

// Whole pages, as a tmpfs counts them.
const ownBytes = ({ files }: StageOrder): number =>
  files.reduce((sum, { content }) => sum + Math.ceil(content.length / PAGE_BYTES) * PAGE_BYTES, OWN_BYTES);

const ownInodes = ({ files }: StageOrder): number => files.length + OWN_INODES;

const PAGE_BYTES = 4096;

const untilReady = async (outer: Launched): Promise<void> => {
  const hanging = setTimeout(() => signal(outer.monitor, "SIGKILL", "group"), LIMITS.stageProbeTimeoutMs);
  let told = "";
  for await (const chunk of outer.stdout) {
    told += String(chunk);
    if (told === "ready\n") break;
  }
  clearTimeout(hanging);
  if (told === "ready\n") return;
  signal(outer.init, "SIGKILL", "process");
  signal(outer.monitor, "SIGKILL", "group");
  throw new Failure("sandbox/broken", `the full stage cannot be made: ${await lastWords(outer.stderr, outer.exited)}`);
};

/** A process and everything that it has started. */
const below = (one: ProcessId): readonly ProcessId[] => [one, ...childrenOf(one).flatMap(below)];

const EXAMINED: readonly string[] = [
  ["--ro-bind", OUTER.ledger, "/run/cto/ledger.git", "--ro-bind", OUTER.workspace, "/run/cto/workspace"],
  ["--size", String(LIMITS.manifestTotalBytesMax), "--tmpfs", "/run/cto/stage", "--chdir", "/"],
].flat();

/** One more inner sandbox: its arguments, its limits, its command. */
type Enter = (args: readonly string[], limits: readonly string[], command: readonly string[]) => Promise<Launched>;

const examineWithin =
  ({ root }: OverlaidOrder, enter: Enter): StageFiles["examine"] =>
  async (argv) => {
    const args = [
      ...NAMESPACES,
      ...rootArgs(root),
      ...kernelArgs(SHARED_MEMORY_BYTES),
      ...EXAMINED,
      ...Object.entries(BARE).flatMap(([name, value]) => ["--setenv", name, value]),
      ...LAST,
    ];
    return (await answerOf(await enter(args, ONCE_LIMITS, argv), undefined)).stdout;
  };
