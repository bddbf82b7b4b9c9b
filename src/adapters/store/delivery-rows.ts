import type { Kysely } from "kysely";

import type { LentDelivery, NewDelivery, Outbox, Settled } from "../../seams/store.ts";
import type { Digest } from "../../workflow/digest.ts";
import { writtenDigest } from "./rows.ts";
import type { Tables } from "./tables.ts";

export const send = async (
  db: Kysely<Tables>,
  id: Digest,
  deliveries: readonly NewDelivery[],
  completeness: "complete" | "open",
): Promise<void> => {
  if (deliveries.length > 0)
    await db
      .insertInto("deliveries")
      .values(
        deliveries.map(({ channel, state, dueMs }) => ({ id, channel, state, attempts: 0, due: dueMs, problem: "" })),
      )
      .onConflict((same) => same.columns(["id", "channel"]).doNothing())
      .execute();
  if (completeness === "complete") await db.updateTable("outbox").set({ sent: 1 }).where("id", "=", id).execute();
};

export const lend = async (
  db: Kysely<Tables>,
  order: { readonly nowMs: number; readonly untilMs: number; readonly except: string; readonly limit: number },
): Promise<readonly LentDelivery[]> => {
  const rows = await waiting(db)
    .where("deliveries.channel", "<>", order.except)
    .where("deliveries.due", "<=", order.nowMs)
    .orderBy("outbox.no")
    .limit(order.limit)
    .execute();
  const lent = rows.map(lentOf);
  for (const { id, channel, attempt } of lent)
    await db
      .updateTable("deliveries")
      .set({ attempts: attempt, due: order.untilMs })
      .where("id", "=", id)
      .where("channel", "=", channel)
      .execute();
  return lent;
};

export const waitingOn = async (
  db: Kysely<Tables>,
  order: { readonly channel: string; readonly nowMs: number; readonly limit: number },
): Promise<readonly LentDelivery[]> => {
  const rows = await waiting(db)
    .where("deliveries.channel", "=", order.channel)
    .orderBy("outbox.no")
    .limit(order.limit)
    .execute();
  const [oldest] = rows;
  if (oldest === undefined || oldest.due > order.nowMs) return [];
  const lent = rows.map(lentOf);
  for (const { id, channel, attempt } of lent)
    await db
      .updateTable("deliveries")
      .set({ attempts: attempt })
      .where("id", "=", id)
      .where("channel", "=", channel)
      .execute();
  return lent;
};

/** The number of the attempt is its fence: a loan that ran out and went to another settles nothing. */
export const settle = async (
  db: Kysely<Tables>,
  { id, channel, attempt }: Parameters<Outbox["settle"]>[0],
  as: Settled,
): Promise<void> => {
  await db
    .updateTable("deliveries")
    .set({ state: as.state, problem: "problem" in as ? as.problem : "", ...("dueMs" in as ? { due: as.dueMs } : {}) })
    .where("id", "=", id)
    .where("channel", "=", channel)
    .where("attempts", "=", attempt)
    .where("state", "=", "waiting")
    .execute();
};

const waiting = (db: Kysely<Tables>) =>
  db
    .selectFrom("deliveries")
    .innerJoin("outbox", "outbox.id", "deliveries.id")
    .select(["deliveries.id", "deliveries.channel", "deliveries.attempts", "deliveries.due", "outbox.body"])
    .where("deliveries.state", "=", "waiting");

const lentOf = (row: {
  readonly id: string;
  readonly channel: string;
  readonly attempts: number;
  readonly body: string | null;
}): LentDelivery => {
  if (row.body === null) throw new TypeError("a notice is sent before it was drawn");
  return { id: writtenDigest(row.id), channel: row.channel, attempt: row.attempts + 1, text: row.body };
};
