import { readApprovals } from "../../harness/approval/read-approvals.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto approval list`: every approval and what became of it. */
export const act: Act<{ readonly work?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const work = flags.work === undefined ? undefined : await pickWork(world, flags.work);
    if (work !== undefined && isAnswer(work)) return work;
    const approvals = await readApprovals(world, work);
    const now = world.clock.now().epochMs;
    const rows = approvals.map(({ id, work: of, by, assurance, at, says, expiresAt, state }) => [
      id,
      of,
      visible(by),
      assurance,
      relative(at, now),
      visible(says) + (state === "open" ? `, expires ${relative(expiresAt, now)}` : ""),
    ]);
    return {
      noun: "approvals",
      exit: EXIT.done,
      data: { approvals },
      text: rows.length === 0 ? "No approval was recorded." : table(rows),
    };
  });
