import type { Tables } from "./tables.ts";

/** Every table of a ledger with what orders its rows, each behind those that it refers to. */
export const EVERY_TABLE: readonly { readonly table: keyof Tables; readonly key: readonly string[] }[] = [
  { table: "documents", key: ["digest"] },
  { table: "facts", key: ["stream", "seq"] },
  { table: "ledger", key: ["seq"] },
  { table: "ledger_head", key: ["id"] },
  { table: "claims", key: ["what", "id"] },
  { table: "work_items", key: ["work_id"] },
  // By its number, so that the run of which another one is a part comes first.
  { table: "runs", key: ["run_no"] },
  { table: "attempts", key: ["run_id", "token"] },
  { table: "seals", key: ["run_id", "revision"] },
  { table: "outbox", key: ["no"] },
  { table: "deliveries", key: ["id", "channel"] },
  // Counted by triggers of runs, so it is the last one to be made the same.
  { table: "run_counts", key: ["shown"] },
];
