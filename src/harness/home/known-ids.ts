import path from "node:path";

import { readAdmissions } from "../admission/read-targets.ts";
import { readApprovals } from "../approval/read-approvals.ts";
import { knownWorks } from "../reading/read-works.ts";
import type { World } from "../world.ts";
import { readPackets } from "./documents.ts";
import { readSettings } from "./home-config.ts";
import { openWorkGround } from "./work-ground.ts";

/** Of what a home has ids that a command may be given. */
export type IdKind = "work" | "run" | "packet" | "target" | "approval" | "agent" | "setting";

/** Every id of one kind, as the commands take it, the newest run and approval first. Only reads. */
export const knownIds: Readonly<Record<IdKind, (world: World) => Promise<readonly string[]>>> = {
  work: async (world) => knownWorks(await openWorkGround(world)),
  run: async (world) => (await world.store.runs({})).map(({ run }) => run).toReversed(),
  packet: async (world) =>
    (await readPackets(world)).flatMap(({ source, read }) => [
      ...(read.ok ? [read.value.packet.work.value] : []),
      path.basename(source.path, ".md").toLowerCase(),
    ]),
  target: async (world) => (await readAdmissions(world)).flatMap(({ read }) => (read.ok ? [read.value.id] : [])),
  approval: async (world) => (await readApprovals(world)).map(({ id }) => id).toReversed(),
  agent: (world) => world.agents.list(),
  setting: async (world) => (await readSettings(world, {})).map(({ key }) => key),
};
