import { dbosBench } from "./engine-dbos.ts";
import { fleetBench } from "./engine-fleet.ts";
import { pendingBench } from "./engine-pending.ts";
import { stepsBench } from "./engine-steps.ts";

/** Both engines: what steps cost, what waiting work items cost, what more workers bring. */
export const engine = async (): Promise<boolean> => {
  const held: boolean[] = [];
  for (const bench of [stepsBench, dbosBench, pendingBench, fleetBench]) held.push(await bench());
  return held.every(Boolean);
};
