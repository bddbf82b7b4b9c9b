import { checksPathOf, readChecks, type Check } from "../../workflow/contract/checks.ts";
import type { Contract } from "../../workflow/contract/contract.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import type { Packet, ReadPacket, SourceDocument } from "../../workflow/packet/packet.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { after, ok, refuse, type Result } from "../../workflow/result.ts";
import type { World } from "../world.ts";

/** One packet of the home and what became of reading it. */
export interface PacketReading {
  readonly source: SourceDocument;
  readonly read: Result<ReadPacket, Refusal>;
}

interface LastRead extends PacketReading {
  readonly day: string;
}

/** A home that is served reads its packets at each look: the same bytes on the same day are read the same. */
const lastRead = new WeakMap<World["home"], ReadonlyMap<string, LastRead>>();

/** Every packet of the home as it is now. */
export const readPackets = async (world: World): Promise<readonly PacketReading[]> => {
  const sources = await world.home.list("packet");
  const [day, before] = [today(world), lastRead.get(world.home)];
  const readings = sources.map((source): LastRead => {
    const last = before?.get(source.path);
    if (last?.day === day && Buffer.compare(last.source.bytes, source.bytes) === 0) return last;
    return { source, read: readPacket(source, day), day };
  });
  lastRead.set(world.home, new Map(readings.map((reading) => [reading.source.path, reading])));
  return readings;
};

/** YYYY-MM-DD, UTC. */
export const today = (world: World): string => timeText(world.clock.now().epochMs).slice(0, 10);

/** The one packet that proposes a work item. One that names it and does not lint answers with its refusals. */
export const packetOf = async (world: World, work: WorkId): Promise<Result<ReadPacket, Refusal>> => {
  const readings = await readPackets(world);
  const found = readings.filter(({ read }) => read.ok && read.value.packet.work.value === work);
  const [first, second] = found;
  if (first !== undefined && second !== undefined)
    return refuse(
      refusal("contract/work-claimed-twice", { work, first: first.source.path, second: second.source.path }),
    );
  if (first !== undefined) return first.read;
  const broken = readings.find(({ source, read }) => !read.ok && new TextDecoder().decode(source.bytes).includes(work));
  return broken?.read ?? refuse(refusal("contract/packet-absent", { work }));
};

/** The contract with everything that stands beside it in the home. */
export interface Drawn {
  readonly packet: Packet;
  readonly contract: Contract;
  readonly checks: readonly Check[];
  readonly checksSource: SourceDocument | "absent";
}

export const drawnFrom = async (world: World, read: Result<ReadPacket, Refusal>): Promise<Result<Drawn, Refusal>> => {
  if (!read.ok) return read;
  const { packet } = read.value;
  const checksSource = await world.home.read(checksPathOf(packet.source.path));
  return after(drawContract(packet), (contract) => {
    const checks = checksSource === "absent" ? ok([]) : readChecks(checksSource, contract);
    return after(checks, (bound) => ok({ packet, contract, checks: bound, checksSource }));
  });
};

/** The line of the packet that each path rule stands on. */
export const ruleLines = (packet: Packet): ReadonlyMap<string, number> =>
  new Map([...packet.allowedPaths, ...packet.forbiddenPaths].map(({ value, at }) => [value, at.line]));
