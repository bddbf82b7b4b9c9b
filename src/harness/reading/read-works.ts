import { workId, type RunId, type WorkId } from "../../workflow/ids.ts";
import type { Packet } from "../../workflow/packet/packet.ts";
import type { ShownState } from "../../workflow/state-words.ts";
import { readPackets, type PacketReading } from "../home/documents.ts";
import { listedTitles, openWorkLedger, type WorkGround } from "../home/work-ground.ts";
import type { World } from "../world.ts";
import { shownWork, type Shown } from "./read-work-state.ts";

/** What the home calls a work item, and whom its packet names. */
export interface WorkNames {
  readonly title: string | null;
  readonly owner: string | null;
}

export const namesOfWork = async (world: World, work: WorkId): Promise<WorkNames> => {
  const packet = packetFor(await readPackets(world), work);
  return {
    title: (await listedTitles(world)).get(work) ?? packet?.title.value ?? null,
    owner: packet?.frontmatter.owner.value ?? null,
  };
};

/** One work item as every surface shows it. */
export interface WorkView extends Shown, WorkNames {
  readonly work: WorkId;
  /** The path of the packet that proposes it. */
  readonly packet: string | null;
  readonly target: string | null;
  readonly lastRun: RunId | null;
  /** When its newest ledger entry was made. */
  readonly since: string | null;
}

/** Every work item that a list, a packet or the ledger names, by number. */
export const knownWorks = ({ rows, readings, titles }: WorkGround): readonly WorkId[] => {
  const named = readings.flatMap(namedIn);
  return [...new Set([...rows.keys(), ...titles.keys(), ...named])].sort((a, b) => numberOf(a) - numberOf(b));
};

// A packet that does not lint still says which work item it is about: its author has to find it.
const namedIn = ({ source, read }: PacketReading): readonly WorkId[] => {
  if (read.ok) return [read.value.packet.work.value];
  const texts = new TextDecoder().decode(source.bytes).match(/\bCTO-WORK-\d{3,9}\b/g) ?? [];
  return texts.flatMap((text) => workId(text) ?? []).slice(0, 1);
};

const numberOf = (work: WorkId): number => Number(work.slice("CTO-WORK-".length));

export const viewOfWork = async (ground: WorkGround, work: WorkId): Promise<WorkView> => {
  const { world, titles, readings } = ground;
  const packet = packetFor(readings, work);
  const source = packet?.source ?? readings.find((reading) => namedIn(reading).includes(work))?.source;
  const ledger = await openWorkLedger(world, work);
  return {
    ...(await shownWork(ledger, work, packet)),
    work,
    title: titles.get(work) ?? packet?.title.value ?? null,
    owner: packet?.frontmatter.owner.value ?? null,
    packet: source?.path ?? null,
    target: packet?.target.path.value ?? null,
    lastRun: ledger.folded?.lastRun ?? null,
    since: ledger.leaves.at(-1)?.at ?? null,
  };
};

/** The packet of a work item that can be read. */
export const packetFor = (readings: readonly PacketReading[], work: WorkId): Packet | undefined =>
  readings.flatMap(({ read }) => (read.ok ? [read.value.packet] : [])).find((packet) => packet.work.value === work);

/** One entry of a work item's history. */
export interface WorkHistory {
  readonly state: ShownState | "unchanged";
  readonly at: string;
  readonly by: string;
  readonly event: string;
  readonly seq: number;
  readonly run: RunId | null;
}

/** What happened to a work item, the oldest first: the ledger entries about it, with the state each one led to. */
export const historyOf = async (world: World, work: WorkId): Promise<readonly WorkHistory[]> => {
  const { leaves, folded } = await openWorkLedger(world, work);
  const changes = new Map((folded?.history ?? []).map((change) => [change.seq, change]));
  return leaves.map(({ seq, at, actor, type, run }) => {
    const change = changes.get(seq);
    const state = change === undefined || change.from === change.to ? "unchanged" : change.to;
    return { state, at, by: actor, event: type, seq, run: run ?? null };
  });
};
