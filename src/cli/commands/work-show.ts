import { openWorkGround } from "../../harness/home/work-ground.ts";
import { workObject } from "../../harness/objects/work-object.ts";
import { historyOf, viewOfWork } from "../../harness/reading/read-works.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto work show WORK-ID`: its state, and every ledger entry about it. */
export const act: Act<object, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const work = await pickWork(world, given);
    if (isAnswer(work)) return work;
    const ground = await openWorkGround(world);
    const view = await viewOfWork(ground, work);
    const history = await historyOf(world, work);
    const now = world.clock.now().epochMs;
    const rows = history.map(({ seq, at, event, by, state, run }) => [
      String(seq),
      relative(at, now),
      event,
      visible(by),
      run ?? "",
      state === "unchanged" ? "" : `-> ${state}`,
    ]);
    return {
      noun: "work",
      exit: EXIT.done,
      data: { ...workObject(view), history },
      text: [
        `${work}  ${visible(view.title ?? "")}`,
        table([
          ["state", visible(view.word)],
          ["next", view.next === "" ? view.who : `${view.who}: ${visible(view.next)}`],
          ["packet", visible(view.packet ?? "none")],
          ["target", visible(view.target ?? "none")],
          ["last run", view.lastRun ?? "none"],
        ]),
        rows.length === 0 ? "Nothing is recorded about it yet." : table(rows),
      ].join("\n"),
    };
  });
