import { lintPacket } from "../../workflow/packet/lint-packet.ts";
import type { PacketRow } from "../objects/packet.ts";
import { readWorks } from "../reading/views-of-works.ts";
import type { World } from "../world.ts";
import { lintContextOf } from "./lint-packets.ts";

/** The packets of the home, those that do not lint as well. */
export const readPacketList = async (world: World, state?: string): Promise<readonly PacketRow[]> => {
  const lint = await lintContextOf(world);
  const works = await readWorks(world);
  const sources = await world.home.list("packet");
  const rows = sources.map((source): PacketRow => {
    const diagnostics = lintPacket(source, lint);
    const errors = diagnostics.filter(({ severity }) => severity === "error").length;
    const work = works.find(({ packet }) => packet === source.path);
    const about = work === undefined ? {} : { work: work.work, title: work.title, state: work.state, word: work.word };
    return { path: source.path, sha256: source.digest, errors, warnings: diagnostics.length - errors, ...about };
  });
  return rows.filter((row) => state === undefined || row.state?.startsWith(state) === true);
};
