import type { WorkRow } from "../../seams/store.ts";
import { foldWork, type Work } from "../../workflow/contract/fold-work.ts";
import { listedWork } from "../../workflow/contract/work-list.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { World } from "../world.ts";
import { readPackets, type PacketReading } from "./documents.ts";

/** What a command reads once and asks about many work items. */
export interface WorkGround {
  readonly world: World;
  /** As the store keeps them beside the ledger. */
  readonly rows: ReadonlyMap<WorkId, WorkRow>;
  readonly readings: readonly PacketReading[];
  readonly titles: ReadonlyMap<WorkId, string>;
}

export const openWorkGround = async (world: World): Promise<WorkGround> => {
  const rows = new Map((await world.store.works()).map((row) => [row.work, row] as const));
  return { world, rows, readings: await readPackets(world), titles: await listedTitles(world) };
};

/** What the home calls each work item: its lists, else its packets. */
export const workTitles = async (world: World): Promise<ReadonlyMap<WorkId, string>> => {
  const readings = await readPackets(world);
  const packets = readings.flatMap(({ read }) => (read.ok ? [read.value.packet] : []));
  return new Map([
    ...packets.map((packet) => [packet.work.value, packet.title.value] as const),
    ...(await listedTitles(world)),
  ]);
};

/** What the lists of the home call each work item. */
export const listedTitles = async (world: World): Promise<ReadonlyMap<WorkId, string>> => {
  const lists = (await world.home.list("issues")).map(listedWork);
  return new Map(lists.flatMap((list) => (list.ok ? list.value.map(({ work, title }) => [work, title] as const) : [])));
};

/** What the ledger says of one work item, and nothing of any other. */
export interface WorkLedger {
  readonly world: World;
  readonly leaves: readonly LedgerRecord[];
  /** Not there where no record made it a work item. */
  readonly folded: Work | undefined;
}

export const openWorkLedger = async (world: World, work: WorkId): Promise<WorkLedger> => {
  const leaves = await world.store.records({ work });
  return { world, leaves, folded: foldWork(leaves).get(work) };
};
