import type { ConfinedStage, Protections, Sandbox, StageOrder } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { makeControlFolder } from "./control-folder.ts";
import { examineFolder } from "./examine.ts";
import { hostPaths } from "./host-paths.ts";
import type { Identity } from "./launch-chain.ts";
import { probeSandbox } from "./probe.ts";
import { rootParts } from "./root-parts.ts";
import { seccompFilter } from "./seccomp/filter.ts";
import { filterMachine } from "./seccomp/syscalls.ts";
import { takeSlot } from "./slots.ts";
import { stageMounts } from "./stage-mounts.ts";
import { openStage } from "./stage.ts";

/** Confinement by one bubblewrap over a copied Workspace. `stateFolder` holds the small files of open stages. */
export const bubblewrapSandbox = ({ stateFolder }: { readonly stateFolder: string }): Sandbox => {
  const open = (order: StageOrder): Promise<ConfinedStage> => openOver(stateFolder, order);
  let probed: Promise<Protections> | undefined;
  return { open, probe: () => (probed ??= probeSandbox(stateFolder, open)) };
};

const openOver = async (stateFolder: string, order: StageOrder): Promise<ConfinedStage> => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new Failure("sandbox/broken", `there is no system call filter for ${process.arch}`);
  const host = await hostPaths(order.readOnlyHostPaths, stateFolder);
  const undo: (() => Promise<void>)[] = [];
  const release = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const identity = await identityOf(order, undo);
    const control = await makeControlFolder(stateFolder, order.files);
    undo.push(() => control.remove());
    const { folder } = await order.checkout(identity.uid, "private");
    const mounts = stageMounts({ order, folder, identity, control, host, root: await rootParts() });
    const files = { folder, journal: undefined, examine: examineFolder(folder, order.workspace.ledger) } as const;
    return await openStage({ order, files, identity, mounts, filter: seccompFilter(machine), release });
  } catch (error) {
    await release();
    throw asFailure(error);
  }
};

// A tool or a disk that says no has a code; anything else is a bug and stays one.
const asFailure = (error: unknown): unknown =>
  error instanceof Error && !(error instanceof Failure) && "code" in error
    ? new Failure("sandbox/broken", `a stage cannot be made: ${error.message}`, { cause: error })
    : error;

const identityOf = async (order: StageOrder, undo: (() => Promise<void>)[]): Promise<Identity> => {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { kind: "own", uid };
  const slot = await takeSlot(order.uidBase);
  undo.push(() => slot.release());
  return { kind: "slot", uid: slot.uid };
};
