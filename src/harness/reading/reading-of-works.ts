import { digestOf } from "../../workflow/digest.ts";
import { openGate } from "../../workflow/gate/gate.ts";
import { runId, type WorkId } from "../../workflow/ids.ts";
import { lintPacket } from "../../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { readView } from "../approval/read-view.ts";
import { readStanding } from "../gate/read-standing.ts";
import { drawnFrom, packetOf } from "../home/documents.ts";
import { openWorkGround } from "../home/work-ground.ts";
import { diagnosticObjects } from "../objects/diagnostic-object.ts";
import type { DiagnosticObject } from "../objects/diagnostic.ts";
import { gateCheckObject } from "../objects/gate-check-object.ts";
import type { GateObject } from "../objects/gate.ts";
import { packetObject } from "../objects/packet-object.ts";
import type { NoContract, PacketObject } from "../objects/packet.ts";
import { refusalObject } from "../objects/refusal-object.ts";
import { workObject } from "../objects/work-object.ts";
import { lintContextOf } from "../packet/lint-packets.ts";
import { readPacketChanges } from "../packet/read-packet-changes.ts";
import { readPacketList } from "../packet/read-packet-list.ts";
import type { World } from "../world.ts";
import { historyOf, viewOfWork } from "./read-works.ts";
import type { WorkReading } from "./reading.ts";
import { found, seekRun, seekWork } from "./sought.ts";
import { readWorks } from "./views-of-works.ts";

export const workReading = (world: World): WorkReading => ({
  packets: (state) => readPacketList(world, state),
  packet: (given) => seekWork(world, given, async (work) => found(await packetTold(world, work))),
  view: (given) =>
    seekWork(world, given, async (work) => {
      const drawn = await drawnFrom(world, await packetOf(world, work));
      return drawn.ok ? found((await readView(world, drawn.value)).view) : { found: false, near: [] };
    }),
  packetSource: (given) =>
    seekWork(world, given, async (work) => {
      const read = await packetOf(world, work);
      return read.ok ? found(read.value.packet.source.bytes) : { found: false, near: [] };
    }),
  lint: async (given) => {
    if ("text" in given) return found(await lintTold(world, givenSource(given.text)));
    return seekWork(world, given.work, async (work) => {
      const source = (await world.home.list("packet")).find(({ bytes }) =>
        new TextDecoder().decode(bytes).includes(work),
      );
      return source === undefined ? { found: false, near: [] } : found(await lintTold(world, source));
    });
  },
  packetChanges: (given, against) =>
    seekWork(world, given, async (work) => {
      if (typeof against === "string") return found(await readPacketChanges(world, work, against));
      if ("work" in against)
        return seekWork(world, against.work, async (other) =>
          found(await readPacketChanges(world, work, { work: other })),
        );
      return seekRun(world, against.run, async (run) => found(await readPacketChanges(world, work, run)));
    }),
  works: async (state) => (await readWorks(world, state)).map(workObject),
  work: (given) =>
    seekWork(world, given, async (work) => {
      const ground = await openWorkGround(world);
      return found({ ...workObject(await viewOfWork(ground, work)), history: await historyOf(world, work) });
    }),
  gate: (given) => seekWork(world, given, async (work) => found(await gateTold(world, work))),
});

const packetTold = async (world: World, work: WorkId): Promise<PacketObject | NoContract> => {
  const read = await packetOf(world, work);
  const drawn = await drawnFrom(world, read);
  if (!drawn.ok) return { work, refusals: drawn.refusals.map(refusalObject) };
  return packetObject(drawn.value, await viewOfWork(await openWorkGround(world), work));
};

const givenSource = (text: string): SourceDocument => {
  const bytes = new TextEncoder().encode(text);
  return { path: "given.md", bytes, digest: digestOf(bytes) };
};

const lintTold = async (world: World, source: SourceDocument): Promise<readonly DiagnosticObject[]> =>
  diagnosticObjects({ source, diagnostics: lintPacket(source, await lintContextOf(world)) });

const gateTold = async (world: World, work: WorkId): Promise<GateObject> => {
  const now = world.clock.now();
  const attempts = (await world.store.runs({ work })).length;
  const next = runId(work, attempts + 1);
  const { standing } = await readStanding(world, work, next, Math.floor(now.epochMs / 1000));
  const { checks, result } = openGate(standing);
  return { work, open: result.ok, checks: checks.map(gateCheckObject) };
};
