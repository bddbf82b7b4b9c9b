import type { Selectable } from "kysely";
import { z } from "zod";

import {
  DELIVERY_STATES,
  RUN_ENDINGS,
  type Holder,
  type KeptNotice,
  type RunRow,
  type SealRow,
  type WorkRow,
} from "../../seams/store.ts";
import { WORK_STATES } from "../../workflow/contract/work-item.ts";
import { isJsonObject, parseDigest, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseRunId, workId, type RunId, type WorkId } from "../../workflow/ids.ts";
import { readLedgerRecord, type LedgerRecord } from "../../workflow/ledger.ts";
import { SHOWN_STATES } from "../../workflow/state-words.ts";
import type { DeliveryTable, LedgerTable, OutboxTable, RunTable, SealTable, WorkItemTable } from "./tables.ts";

export const runRowOf = (row: RunTable): RunRow =>
  believed("runs", () => ({
    run: writtenRun(row.run_id),
    runNo: row.run_no,
    kind: z.literal("execute").parse(row.kind),
    work: workIdOf(row.work_id),
    targetId: row.target_id,
    ofRun: row.of_run === null ? null : writtenRun(row.of_run),
    state: z.enum(["ordered", "executing", "committing", "sealing", "ended"]).parse(row.state),
    ending: z.enum(RUN_ENDINGS).nullable().parse(row.ending),
    token: row.token,
    orderedAt: row.ordered_at,
    epochSeconds: row.epoch,
    holder: HolderText.parse(JSON.parse(row.holder)),
    summary: SummaryText.parse(JSON.parse(row.summary)),
  }));

export const workRowOf = (row: WorkItemTable): WorkRow =>
  believed("work_items", () => ({
    work: workIdOf(row.work_id),
    state: z.enum(WORK_STATES).parse(row.state),
    lastRun: row.run_id === null ? null : writtenRun(row.run_id),
  }));

export const sealRowOf = (row: SealTable): SealRow =>
  believed("seals", () => ({
    run: writtenRun(row.run_id),
    revision: row.revision,
    sums: writtenDigest(row.sums),
    bytes: row.bytes,
    at: row.at,
    proof: row.proof,
  }));

export type DeliveryRow = Selectable<DeliveryTable>;

export const noticeRowOf = (row: Selectable<OutboxTable>, deliveries: readonly DeliveryRow[]): KeptNotice =>
  believed("outbox", () => ({
    no: row.no,
    id: writtenDigest(row.id),
    at: row.at,
    work: workIdOf(row.work_id),
    run: row.run_id === null ? null : writtenRun(row.run_id),
    state: z.enum(SHOWN_STATES).parse(row.state),
    reason: row.reason,
    text: row.body,
    deliveries: deliveries.map(({ channel, state, attempts, due, problem }) => ({
      channel,
      state: z.enum(DELIVERY_STATES).parse(state),
      attempts,
      dueMs: due,
      problem,
    })),
  }));

export const recordOf = (row: LedgerTable): LedgerRecord => believed("ledger", () => readLedgerRecord(row.body));

export const writtenDigest = (text: string): Digest => found(parseDigest(text), text);

export const holderText = ({ pid, pidStart, bootId, host }: Holder): string =>
  JSON.stringify({ pid, pidStart, bootId, host });

export const writtenRun = (text: string): RunId => found(parseRunId(text), text);
const workIdOf = (text: string): WorkId => found(workId(text), text);

const found = <T>(value: T | undefined, text: string): T => {
  if (value === undefined) throw new TypeError(`not what this column holds: ${text}`);
  return value;
};

/** A row that this program cannot have written: the file was changed by someone else, or is damaged. */
const believed = <T>(table: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    throw new Failure("store/corrupt", `A row of ${table} is not what this program writes.`, { cause });
  }
};

const HolderText: z.ZodType<Holder> = z.strictObject({
  pid: z.int(),
  pidStart: z.string(),
  bootId: z.string(),
  host: z.string(),
});

const SummaryText = z.custom<RunRow["summary"]>(isJsonObject);
