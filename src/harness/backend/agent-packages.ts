import { readPolicy, POLICY_PATH } from "../../workflow/read-policy.ts";
import type { World } from "../world.ts";

/** Folder `node_modules` in which this home's agents are installed: as policy.yaml says, else by CTO_HARNESS_AGENTS. */
export const agentPackages = async (world: World): Promise<string | undefined> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  const { acp, command } = policy.ok ? policy.value.backends : {};
  return acp?.packages ?? command?.packages ?? world.environment["CTO_HARNESS_AGENTS"];
};
