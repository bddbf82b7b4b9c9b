import path from "node:path";

import { readApprovals } from "../../harness/approval/read-approvals.ts";
import { withdraw } from "../../harness/approval/withdraw.ts";
import type { World } from "../../harness/world.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer, pick } from "../pick.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto approval withdraw WORK-ID|ap-N --reason T`: takes effect at once; --key signs it. */
export const act: Act<{ readonly reason: string; readonly key?: string }, [string]> = (context, flags, given) =>
  withWorld(context, flags, "write", async (world) => {
    const work = given.startsWith("ap-") ? await workOfApproval(world, given) : await pickWork(world, given);
    if (isAnswer(work)) return work;
    const key = flags.key === undefined ? undefined : path.resolve(context.cwd, flags.key);
    const done = await withdraw(world, work, { reason: flags.reason, key });
    if (!done.ok)
      return {
        noun: "approval",
        exit: EXIT.refused,
        data: { work },
        text: "",
        refusals: done.refusals,
        spared: "Nothing was changed.",
      };
    const { approvalId, signedBy } = done.value;
    const next = `cto approve ${work} --key KEY, when the owner wants it again`;
    return {
      noun: "approval",
      exit: EXIT.done,
      data: { work, id: approvalId, state: "withdrawn", signedBy, next },
      text: `withdrawn ${approvalId}  ${work}  ${signedBy === null ? "unsigned" : `signed by ${visible(signedBy)}`}\nnext      ${next}`,
    };
  });

// Only the newest approval of a work item is worth anything: naming an older one must not take that one away.
const workOfApproval = async (world: World, given: string): Promise<WorkId | Answer> => {
  const approvals = await readApprovals(world);
  const id = pick(
    { what: "approval", list: "cto approval list" },
    given,
    approvals.map((each) => each.id),
  );
  if (isAnswer(id)) return id;
  const view = approvals.find((each) => each.id === id);
  if (view === undefined) throw new TypeError("what was picked is there");
  const newest = approvals.findLast(({ work }) => work === view.work);
  return newest?.id === id
    ? view.work
    : usageError(`${id} is not the newest approval of ${view.work}: ${visible(view.says)}`, "cto approval list");
};
