import type { World } from "../harness/world.ts";
import type { Answer } from "./answer.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { failureIn } from "./exit-code.ts";
import { writeNotices } from "./tell-notices.ts";

/** Opens the home, lets a command use it, writes the file of notices, and closes its ledger whatever happened. */
export const withWorld = async (
  context: CliContext,
  flags: CommonFlags,
  mode: "read" | "write",
  use: (world: World) => Promise<Answer>,
): Promise<Answer> => {
  const { home } = flags;
  const world = await context.openWorld(home, mode);
  try {
    const answer = await use(world);
    if (mode === "write") await writeNotices(context, flags, world);
    return answer;
  } finally {
    await world.store.close();
  }
};

/** The home, or undefined where none is named and none is around. */
export const worldOrNone = async (
  context: CliContext,
  { home }: CommonFlags,
  mode: "read" | "write",
): Promise<World | undefined> => {
  try {
    return await context.openWorld(home, mode);
  } catch (error) {
    if (home === undefined && failureIn(error).code === "home/absent") return undefined;
    throw error;
  }
};
