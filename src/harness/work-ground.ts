import { foldWork, type Work } from "../workflow/contract/fold-work.ts";
import { listedWork } from "../workflow/contract/work-list.ts";
import type { WorkId } from "../workflow/ids.ts";
import type { LedgerRecord } from "../workflow/ledger.ts";
import { readPackets, type PacketReading } from "./documents.ts";
import type { World } from "./world.ts";

/** What a command reads once and asks about many work items. */
export interface WorkGround {
  readonly world: World;
  readonly leaves: readonly LedgerRecord[];
  readonly folded: ReadonlyMap<WorkId, Work>;
  readonly readings: readonly PacketReading[];
  readonly titles: ReadonlyMap<WorkId, string>;
}

export const openWorkGround = async (world: World): Promise<WorkGround> => {
  const leaves = await world.store.leaves(0);
  const lists = (await world.home.list("issues")).map(listedWork);
  const titles = new Map(
    lists.flatMap((list) => (list.ok ? list.value.map(({ work, title }) => [work, title] as const) : [])),
  );
  return { world, leaves, folded: foldWork(leaves), readings: await readPackets(world), titles };
};
