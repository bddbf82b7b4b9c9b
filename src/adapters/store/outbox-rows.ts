import { sql, type Kysely } from "kysely";

import type { Outbox } from "../../seams/store.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { isOfApproval, seenId, stateToldBy, type NoticedEvent } from "../../workflow/notice.ts";
import { lend, send, settle, waitingOn } from "./delivery-rows.ts";
import { noticesOf } from "./outbox-views.ts";
import { writtenDigest } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** The notice of a record, in the transaction that writes the record. Most records bring none. */
export const postOf = async (db: Kysely<Tables>, origin: string, record: LedgerRecord): Promise<void> => {
  const { work, run = null, at, seq } = record;
  const told = stateToldBy(record);
  if (told === "none" || work === undefined) return;
  const approval = isOfApproval(told.state) ? await approvalBefore(db, work, seq) : undefined;
  // An approval that was seen to be stale before is told of once.
  const id = approval === undefined ? record.sha256 : seenId(origin, work, told.state, writtenDigest(approval));
  await post(db, { id, at, work, run, ...told });
};

export const outboxOver = (db: Kysely<Tables>): Outbox => ({
  post: (notice) => post(db, notice),
  unsent: async (after, limit) => {
    const unsent = db.selectFrom("outbox").selectAll().where("sent", "=", 0).where("no", ">", after);
    return noticesOf(db, await unsent.orderBy("no").limit(limit).execute());
  },
  draw: async (id, text) => {
    await db.updateTable("outbox").set({ body: text }).where("id", "=", id).where("body", "is", null).execute();
    const { body } = await db.selectFrom("outbox").select("body").where("id", "=", id).executeTakeFirstOrThrow();
    return body ?? text;
  },
  send: (id, deliveries, completeness) => send(db, id, deliveries, completeness),
  lend: (nowMs, untilMs, except, limit) => lend(db, { nowMs, untilMs, except, limit }),
  waitingOn: (channel, nowMs, limit) => waitingOn(db, { channel, nowMs, limit }),
  settle: (lent, as) => settle(db, lent, as),
});

const post = async (db: Kysely<Tables>, { id, at, work, run, state, reason }: NoticedEvent): Promise<boolean> => {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("outbox")
    .values({ no: NEXT_NO, id, at, work_id: work, run_id: run, state, reason, body: null, sent: 0 })
    .onConflict((same) => same.column("id").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
};

// Transactions go one after another, so nobody else takes the number.
const NEXT_NO = sql<number>`(select coalesce(max(no), 0) + 1 from outbox)`;

const approvalBefore = async (db: Kysely<Tables>, work: string, seq: number): Promise<string | undefined> => {
  const row = await db
    .selectFrom("ledger")
    .select("sha256")
    .where("work_id", "=", work)
    .where("type", "=", "approval.recorded")
    .where("seq", "<", seq)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.sha256;
};
