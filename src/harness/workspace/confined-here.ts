import type { ConfinementLevel } from "../../workflow/authority.ts";
import { Failure } from "../../workflow/failure.ts";
import type { World } from "../world.ts";

/** The confinement level of this machine, really tried; without any, whoever would start something goes no further. */
export const confinedHere = async ({ sandbox }: World): Promise<ConfinementLevel> => {
  const { confinement, checks } = await sandbox.probe();
  if (confinement !== "none") return confinement;
  const tried = checks.filter((check) => !check.ok).map(({ says }) => says);
  throw new Failure("sandbox/broken", `no sandbox works here: ${tried.join(" ")}`);
};
