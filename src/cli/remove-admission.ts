import { removeAdmission } from "../harness/admission/admit-target.ts";
import { refusal } from "../workflow/refusal.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { EXIT } from "./exit-code.ts";
import { pickTarget } from "./pick-target.ts";
import { withWorld } from "./with-world.ts";

/** Takes an admission away. What is revoked stays revoked: a suspension would only make it look milder. */
export const takeAway = (
  context: CliContext,
  flags: CommonFlags & { readonly reason: string },
  given: string,
  status: "suspended" | "revoked",
): Promise<Answer> =>
  withWorld(context, flags, "write", async (world) => {
    const picked = await pickTarget(world, given);
    if ("noun" in picked) return picked;
    const { source, record } = picked;
    const refused = (refusals: Answer["refusals"]): Answer => ({
      noun: "admission",
      exit: EXIT.refused,
      data: { path: source.path },
      text: "",
      ...(refusals === undefined ? {} : { refusals }),
      spared: "Nothing was changed.",
    });
    if (record.status === "revoked") return refused([refusal("admission/revoked", { reason: record.reason })]);
    const removed = await removeAdmission(world, source.path, status, flags.reason);
    if (!removed.ok) return refused(removed.refusals);
    const back = status === "suspended" ? "brings it back" : "makes a new admission";
    return {
      noun: "admission",
      exit: EXIT.done,
      data: { admission: removed.value.record, path: source.path },
      text: `${status.padEnd(9)} ${visible(record.id)}  ${visible(record.path)}: ${visible(flags.reason)}\nnext      cto target admit ${visible(record.path)} --key KEY ${back}`,
    };
  });
