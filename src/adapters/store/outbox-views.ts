import type { Kysely, Selectable } from "kysely";

import type { DeliveryState, KeptNotice } from "../../seams/store.ts";
import { noticeRowOf, type DeliveryRow } from "./rows.ts";
import type { OutboxTable, Tables } from "./tables.ts";

export const newestNotices = async (db: Kysely<Tables>, limit: number): Promise<readonly KeptNotice[]> =>
  noticesOf(db, await db.selectFrom("outbox").selectAll().orderBy("no", "desc").limit(limit).execute());

/** The given rows with their deliveries, in the same order. */
export const noticesOf = async (
  db: Kysely<Tables>,
  rows: readonly Selectable<OutboxTable>[],
): Promise<readonly KeptNotice[]> => {
  const ids = rows.map(({ id }) => id);
  const deliveries: readonly DeliveryRow[] =
    ids.length === 0
      ? []
      : await db.selectFrom("deliveries").selectAll().where("id", "in", ids).orderBy("channel").execute();
  const ofNotice = Map.groupBy(deliveries, ({ id }) => id);
  return rows.map((row) => noticeRowOf(row, ofNotice.get(row.id) ?? []));
};

export const countDeliveries = async (db: Kysely<Tables>): Promise<Readonly<Record<DeliveryState, number>>> => {
  const rows = await db
    .selectFrom("deliveries")
    .select(({ fn }) => ["state", fn.countAll<number>().as("count")])
    .groupBy("state")
    .execute();
  const counted = (state: DeliveryState): number => rows.find((row) => row.state === state)?.count ?? 0;
  return {
    waiting: counted("waiting"),
    delivered: counted("delivered"),
    dead: counted("dead"),
    muted: counted("muted"),
  };
};

export const isNoticeDue = async (db: Kysely<Tables>, nowMs: number): Promise<boolean> => {
  const unsent = await db.selectFrom("outbox").select("no").where("sent", "=", 0).limit(1).executeTakeFirst();
  if (unsent !== undefined) return true;
  const due = await db
    .selectFrom("deliveries")
    .select("id")
    .where("state", "=", "waiting")
    .where("due", "<=", nowMs)
    .limit(1)
    .executeTakeFirst();
  return due !== undefined;
};
