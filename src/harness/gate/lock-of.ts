import type { RunRow } from "../../seams/store.ts";
import type { Standing } from "../../workflow/gate/standing.ts";
import type { World } from "../world.ts";

/** Who holds a target: an open run, and whether its process still lives. */
export const lockOf = (
  { isAlive }: Pick<World, "isAlive">,
  { run, work, holder, orderedAt }: RunRow,
): Exclude<Standing["lock"], "free"> => ({ run, work, pid: holder.pid, since: orderedAt, isAlive: isAlive(holder) });
