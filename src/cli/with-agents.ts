import { agentPackages } from "../harness/backend/agent-packages.ts";
import type { World } from "../harness/world.ts";
import type { Agents } from "../seams/backend.ts";
import type { Answer } from "./answer.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { worldOrNone } from "./with-world.ts";

/** The agents of a home; where there is none, those that ship. */
export interface AgentGround {
  readonly agents: Agents;
  /** Folder `node_modules` to look in, as it was given, else as the home says, else by the environment. */
  readonly packages: string | undefined;
  readonly world: World | undefined;
}

/** Lets a command look at agents, with or without a home. */
export const withAgents = async (
  context: CliContext,
  flags: CommonFlags & { readonly packages?: string },
  use: (ground: AgentGround) => Promise<Answer>,
): Promise<Answer> => {
  const world = await worldOrNone(context, flags, "read");
  try {
    const agents = world?.agents ?? (await context.openMachine()).agents;
    const known = world === undefined ? context.process.env["CTO_HARNESS_AGENTS"] : await agentPackages(world);
    return await use({ agents, packages: flags.packages ?? known, world });
  } finally {
    await world?.store.close();
  }
};

/** How a mistyped id of a profile is answered. */
export const PROFILE = { what: "profile", list: "cto agents list" } as const;
