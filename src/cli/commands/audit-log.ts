import { readEntries } from "../../harness/home/read-audit.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { short, table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto audit log`: who did what, what was refused, and the digest that chains each entry. */
export const act: Act<{ readonly work?: string; readonly limit?: number }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const work = flags.work === undefined ? undefined : await pickWork(world, flags.work);
    if (work !== undefined && isAnswer(work)) return work;
    const entries = await readEntries(world, { ...(work === undefined ? {} : { work }), limit: flags.limit ?? 50 });
    const head = await world.store.head();
    const rows = entries.map(({ seq, at, type, actor, work: of, run, approvalId, refusals, sha256 }) => [
      String(seq),
      at,
      type,
      visible(actor),
      run ?? of ?? "",
      [approvalId ?? "", ...(refusals ?? [])]
        .filter((word) => word !== "")
        .map(visible)
        .join(" "),
      short(sha256),
    ]);
    return {
      noun: "audit-log",
      exit: EXIT.done,
      data: { entries: entries.map(({ text: _text, ...entry }) => entry), ...head.checkpoint, note: head.note },
      text: rows.length === 0 ? "The ledger is empty." : table(rows),
    };
  });
