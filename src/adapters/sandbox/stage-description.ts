import type { StageDescription, StageOrder } from "../../seams/sandbox.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { LOCKED_MEMORY_BYTES, SHARED_MEMORY_BYTES } from "./bubblewrap-args.ts";
import type { Identity } from "./launch-chain.ts";
import type { MemoryGuard } from "./memory-guard.ts";
import type { StageMounts } from "./stage-mounts.ts";
import { STAGE_SCRIPT } from "./stage-script.ts";

/** What is told of a stage before anything runs in it. The root of the Workspace is written `.`. */
export const describeStage = (
  order: StageOrder,
  identity: Identity,
  { args, env, plan, outer }: StageMounts,
  filter: Uint8Array,
  memory: MemoryGuard,
): StageDescription => ({
  purpose: order.purpose,
  confinement: order.confinement,
  uid: identity.uid,
  args,
  argsSha256: digestOfArgs(args),
  seccompSha256: digestOf(filter),
  envNames: Object.keys(env).sort(),
  writableParents: plan.writableParents.map(named),
  pins: plan.pins,
  masks: plan.masks,
  unpinned: plan.unpinned.map(named),
  limits: guardsOf(order, memory),
  ...(outer === undefined
    ? {}
    : { outer: { args: outer, argsSha256: digestOfArgs(outer), scriptSha256: digestOf(STAGE_SCRIPT) } }),
});

const digestOfArgs = (args: readonly string[]): Digest => digestOf(args.map((arg) => `${arg}\0`).join(""));

const named = (path: string): string => (path === "" ? "." : path);

const guardsOf = ({ limits, confinement }: StageOrder, memory: MemoryGuard): StageDescription["limits"] => [
  { name: "wall-ms", value: limits.wallMs, guard: "timer and group kill" },
  { name: "idle-ms", value: limits.idleMs, guard: "timer and group kill" },
  {
    name: "processes",
    value: limits.processesMax,
    guard: `RLIMIT_NPROC, counted in the ${confinement === "A" ? "stage's" : "sandbox's"} own user namespace`,
  },
  { name: "descriptors", value: limits.descriptorsMax, guard: "RLIMIT_NOFILE" },
  { name: "file-bytes", value: limits.fileBytesMax, guard: "RLIMIT_FSIZE" },
  { name: "data-bytes", value: limits.dataBytesMax, guard: "RLIMIT_DATA of each process" },
  { name: "memory-bytes", value: limits.memoryBytesMax, guard: memory.says },
  { name: "core-bytes", value: 0, guard: "RLIMIT_CORE" },
  { name: "locked-bytes", value: LOCKED_MEMORY_BYTES, guard: "RLIMIT_MEMLOCK" },
  { name: "message-queue-bytes", value: 0, guard: "RLIMIT_MSGQUEUE" },
  { name: "scratch-bytes", value: limits.scratchBytesMax, guard: scratchGuard(confinement) },
  { name: "scratch-inodes", value: limits.scratchInodesMax, guard: scratchGuard(confinement) },
  { name: "tmp-bytes", value: limits.tmpBytesMax, guard: "tmpfs, /tmp and HOME each" },
  { name: "shared-memory-bytes", value: SHARED_MEMORY_BYTES, guard: "tmpfs" },
  { name: "output-bytes", value: LIMITS.sandboxStreamBytesMax, guard: "reader and group kill" },
];

const scratchGuard = (confinement: StageOrder["confinement"]): string =>
  confinement === "A" ? "tmpfs under the overlay" : "poller and group kill";
