import type { Pool } from "pg";

/**
 * Which orders somebody cancelled. A mark and no state of DBOS: that one would let go of the target at once and lose
 * the order with its worker, while a run that is stopped still has to be brought to its end.
 */
export interface CancelMarks {
  set(order: string): Promise<void>;
  remove(order: string): Promise<void>;
  /** Those of these that are marked. */
  among(orders: readonly string[]): Promise<ReadonlySet<string>>;
}

export const cancelMarks = (pool: Pool): CancelMarks => ({
  set: async (order) => {
    await pool.query("insert into cto_engine.cancels (order_id) values ($1) on conflict do nothing", [order]);
  },
  remove: async (order) => {
    await pool.query("delete from cto_engine.cancels where order_id = $1", [order]);
  },
  among: async (orders) => {
    if (orders.length === 0) return new Set();
    const { rows } = await pool.query<{ order_id: string }>(
      "select order_id from cto_engine.cancels where order_id = any($1)",
      [orders],
    );
    return new Set(rows.map(({ order_id }) => order_id));
  },
});
