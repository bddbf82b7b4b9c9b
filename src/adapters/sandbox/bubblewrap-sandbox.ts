import { chmod, writeFile } from "node:fs/promises";

import type { ConfinedStage, Protections, Sandbox, StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Checkout } from "../../workflow/workspace/workspace.ts";
import { withCanaries } from "./canaries/run-canaries.ts";
import { makeControlFolder, type ControlFolder } from "./control-folder.ts";
import { copiedPlace } from "./copied-place.ts";
import { prepareGathering } from "./gathering.ts";
import { hostPaths } from "./host-paths.ts";
import type { Identity } from "./launch-chain.ts";
import { guardMemory } from "./memory-guard.ts";
import { endOrphans } from "./orphans.ts";
import { overlaidPlace } from "./overlaid-place.ts";
import { probeSandbox } from "./probe.ts";
import { removals } from "./removals.ts";
import { rootParts } from "./root-parts.ts";
import { seccompFilter } from "./seccomp/filter.ts";
import { filterMachine } from "./seccomp/syscalls.ts";
import { takeSlot } from "./slots.ts";
import { stageMounts } from "./stage-mounts.ts";
import { GONE_FILE, STAGE_SCRIPT } from "./stage-script.ts";
import { openStage } from "./stage.ts";
import { startedRecord, type Started } from "./started-record.ts";

export interface SandboxOptions {
  /** Holds the small files of open stages, and what the last probe found. */
  readonly stateFolder: string;
  /** The outer sandbox's script; another one only where a machine without overlay is played. */
  readonly stageScript?: string;
}

/** Confinement by bubblewrap: at level A one within another over an overlay, at level B one over a copy. */
export const bubblewrapSandbox = (options: SandboxOptions): Sandbox => {
  const { stateFolder, stageScript = STAGE_SCRIPT } = options;
  const open = (order: StageOrder): Promise<ConfinedStage> => openOver({ stateFolder, stageScript }, order);
  let probed: Promise<Protections> | undefined;
  const endAll: Sandbox["endOrphans"] = (run) => endOrphans(stateFolder, run);
  return { open, endOrphans: endAll, probe: () => (probed ??= probeSandbox({ stateFolder, stageScript, open })) };
};

const openOver = async (
  { stateFolder, stageScript }: Required<SandboxOptions>,
  order: StageOrder,
): Promise<ConfinedStage> => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new Failure("sandbox/broken", `there is no system call filter for ${process.arch}`);
  if (order.confinement === "C")
    throw new Failure("sandbox/broken", "level C has no sandbox, so there is none to be opened");
  const host = await hostPaths(order.readOnlyHostPaths, stateFolder);
  const undo: (() => Promise<void>)[] = [];
  const release = async (): Promise<void> => {
    await Promise.all(undo.map((step) => step()));
  };
  try {
    const [identity, control, memory, root] = await all(
      kept(identityOf(order), undo, ({ release: freed }) => freed()),
      kept(
        made(() => makeControlFolder(stateFolder, order.files)),
        undo,
        (folder) => folder.remove(),
      ),
      kept(guardMemory(order.limits.memoryBytesMax), undo, (guard) => guard.release()),
      rootParts(),
    );
    const checkout = await order.checkout(identity.uid, order.confinement === "A" ? "shared" : "private");
    const mounts = stageMounts({ order, checkout, identity, control, host, root });
    const filter = seccompFilter(machine);
    await listGone(control, order, checkout);
    prepareGathering(mounts.chain);
    const record = await kept(
      made(() => startedRecord(stateFolder, order.workspace.id)),
      undo,
      (written) => written.remove(),
    );
    const bounds = { filter, group: memory.group, recorded: (started: Started) => record.add(started) };
    const place =
      order.confinement === "A"
        ? await overlaidPlace({ order, over: checkout.over, mounts, root, ...bounds, script: stageScript })
        : await copiedPlace(order, checkout.folder, mounts, bounds);
    return withCanaries(openStage({ order, place, identity, mounts, filter, memory, release }), order);
  } catch (error) {
    await release();
    throw asFailure(error);
  }
};

/** All of them at once; when one fails the others are waited for first, so that what they took can be given back. */
const all = async <A, B, C, D>(
  ...promised: readonly [Promise<A>, Promise<B>, Promise<C>, Promise<D>]
): Promise<readonly [A, B, C, D]> => {
  await Promise.allSettled(promised);
  return Promise.all(promised);
};

const made = async <T>(make: () => T): Promise<T> => make();

const kept = async <T>(
  promised: Promise<T>,
  undo: (() => Promise<void>)[],
  giveBack: (one: T) => Promise<void>,
): Promise<T> => {
  const one = await promised;
  undo.push(() => giveBack(one));
  return one;
};

const listGone = async (control: ControlFolder, order: StageOrder, { over }: Checkout): Promise<void> => {
  if (over === "nothing") return;
  const gone = removals(over.gone, order.workspace.entries);
  await writeFile(`${control.path}/${GONE_FILE}`, gone.map((path) => `${path}\0`).join(""));
  await chmod(`${control.path}/${GONE_FILE}`, 0o444);
};

// A tool or a disk that says no has a code; anything else is a bug and stays one.
const asFailure = (error: unknown): unknown =>
  error instanceof Error && !(error instanceof Failure) && "code" in error
    ? new Failure("sandbox/broken", `a stage cannot be made: ${error.message}`, { cause: error })
    : error;

const identityOf = async (order: StageOrder): Promise<Identity & { readonly release: () => Promise<void> }> => {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { kind: "own", uid, release: () => Promise.resolve() };
  const slot = await takeSlot(order.uidBase);
  return { kind: "slot", uid: slot.uid, mark: slot.mark, release: () => slot.release() };
};
