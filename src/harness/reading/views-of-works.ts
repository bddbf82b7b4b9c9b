import type { Store } from "../../seams/store.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { ShownState } from "../../workflow/state-words.ts";
import type { PacketReading } from "../home/documents.ts";
import { openWorkGround, type WorkGround } from "../home/work-ground.ts";
import { openLanes } from "../validation/lanes.ts";
import type { World } from "../world.ts";
import { knownWorks, viewOfWork, type WorkView } from "./read-works.ts";

interface Resting {
  /** Number of the newest record about it. */
  readonly seq: number;
  readonly view: WorkView;
}

interface Remembered {
  readonly readings: readonly PacketReading[];
  readonly resting: Map<WorkId, Resting>;
}

const remembered = new WeakMap<Store, Remembered>();

/**
 * Views of many work items, in their order, a few at a time: each may look at its target. What a work item shows that no
 * packet proposes rests on its records alone: while there is no newer one, and the packets of the home are the same, it is
 * not read again.
 */
export const viewsOfWorks = async (ground: WorkGround, works: readonly WorkId[]): Promise<readonly WorkView[]> => {
  const last = await ground.world.store.lastRecords();
  const { resting } = rememberedOf(ground);
  const lanes = openLanes(LIMITS.worksAtOnceMax);
  return Promise.all(
    works.map((work): Promise<WorkView> => {
      const seq = last.get(work) ?? 0;
      const before = resting.get(work);
      if (before?.seq === seq) return Promise.resolve({ ...before.view, title: ground.titles.get(work) ?? null });
      return lanes(async () => {
        const view = await viewOfWork(ground, work);
        resting.delete(work);
        if (isResting(view) && resting.size < LIMITS.rememberedWorksMax) resting.set(work, { seq, view });
        return view;
      });
    }),
  );
};

/** Every work item, or those in one state. */
export const readWorks = async (world: World, state?: string): Promise<readonly WorkView[]> => {
  const ground = await openWorkGround(world);
  const views = await viewsOfWorks(ground, knownWorks(ground));
  return views.filter((view) => state === undefined || view.state.startsWith(state));
};

const rememberedOf = ({ world, readings }: WorkGround): Remembered => {
  const before = remembered.get(world.store);
  const isSame =
    before?.readings.length === readings.length && before.readings.every((one, at) => one === readings[at]);
  if (isSame) return before;
  const now = { readings, resting: new Map<WorkId, Resting>() };
  remembered.set(world.store, now);
  return now;
};

const isResting = ({ packet, state }: WorkView): boolean => packet === null && STATES.has(state);

/** Shown for want of a packet, or for an approval that was taken back: neither target nor bundle nor clock is asked. */
const STATES: ReadonlySet<ShownState> = new Set(["candidate", "withdrawn"]);
