import { isSignedCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { digestOf, type Digest } from "./digest.ts";
import { recordIn, type LedgerRecord, type LedgerRow, type LedgerType } from "./ledger.ts";
import { LIMITS } from "./limits.ts";
import { leafHash, treeOver, type Tree } from "./merkle.ts";
import { refusal, type Refusal } from "./refusal.ts";

/** A ledger as it lies there, and everything outside of it that it has to agree with. */
export interface AuditedLedger {
  readonly origin: string;
  /** What the first record is chained to. */
  readonly start: Digest;
  readonly rows: readonly LedgerRow[];
  readonly head: { readonly seq: number; readonly sha256: string; readonly note: string; readonly runNo: number };
  readonly runs: readonly RunSeen[];
  /** Ed25519 keys that may sign its checkpoint now, 32 bytes each. */
  readonly keys: readonly Uint8Array[];
  readonly marks: readonly LedgerMark[];
  readonly traces: readonly LedgerTrace[];
}

interface RunSeen {
  readonly run: string;
  readonly runNo: number;
  /** Somebody works on it now. */
  readonly isHeld: boolean;
}

/** A checkpoint of this ledger that was kept elsewhere: in what a human signed, or in a sealed bundle. */
export interface LedgerMark {
  /** Names it in a sentence. */
  readonly what: string;
  readonly by: "human" | "harness";
  readonly checkpoint: Checkpoint;
}

/** Something beside the ledger that one of its records must tell of: a spent approval's file, a sealed bundle. */
export type LedgerTrace =
  | { readonly kind: "spent"; readonly approvalId: string; readonly run: string }
  | { readonly kind: "sealed"; readonly run: string; readonly sums: Digest };

/** Every reason why this ledger is not the one that was written; none where all of it agrees. */
export const auditLedger = (ledger: AuditedLedger): readonly Refusal[] => {
  const records = ledger.rows.map(({ text }) => recordIn(text));
  const known = records.filter((record) => record !== undefined);
  const tree = treeOver(ledger.rows.map(({ text }) => leafHash(text)));
  return [
    ...chainAlarms(ledger, records),
    ...headAlarms(ledger, tree),
    ...ledger.marks.flatMap((mark) => markAlarms(mark, ledger.origin, tree)),
    ...traceAlarms(ledger.traces, known),
    ...runAlarms(ledger, known),
  ];
};

const chainAlarms = (
  { rows, start }: AuditedLedger,
  records: readonly (LedgerRecord | undefined)[],
): readonly Refusal[] => {
  const alarms: Refusal[] = [];
  const followed = new Map<string, number>();
  let opened = 0;
  for (const [at, row] of rows.entries()) {
    const { seq } = row;
    const before = rows[at - 1];
    const record = records[at];
    if (seq !== (before?.seq ?? 0) + 1) alarms.push(refusal("ledger/gap", { before: before?.seq ?? 0, after: seq }));
    if (record === undefined) {
      alarms.push(refusal("ledger/chain-broken", { seq, says: "it is no record of this program" }));
      continue;
    }
    if (record.seq !== seq || record.sha256 !== row.sha256)
      alarms.push(refusal("ledger/chain-broken", { seq, says: "number or digest beside it are not its own" }));
    const first = followed.get(record.prev);
    const isAgain = record.prev === start && at > 0;
    if (isAgain || (record.type === "ledger.opened" && opened > 0))
      alarms.push(refusal("ledger/second-genesis", { seq }));
    else if (first !== undefined) alarms.push(refusal("ledger/fork", { first, second: seq }));
    else if (record.prev !== (before === undefined ? start : digestOf(before.text)))
      alarms.push(refusal("ledger/chain-broken", { seq, says: "it does not follow the record before it" }));
    followed.set(record.prev, seq);
    if (record.type === "ledger.opened") opened += 1;
  }
  return alarms;
};

const headAlarms = ({ rows, head, origin, start, keys }: AuditedLedger, tree: Tree): readonly Refusal[] => {
  const last = rows.at(-1);
  const differs = (says: string): readonly Refusal[] => [refusal("ledger/head-differs", { says })];
  if (head.seq !== (last?.seq ?? 0)) return differs(`it names record ${head.seq}, the last is ${last?.seq ?? 0}`);
  if (head.sha256 !== (last === undefined ? start : digestOf(last.text))) return differs("it has another digest");
  if (last === undefined) return [];
  const checkpoint = checkpointAt(tree, origin, tree.size);
  if (!head.note.startsWith(`${origin}\n${tree.size}\n${checkpoint.rootHash}\n\n`))
    return differs("its checkpoint is not over the tree of these records");
  return keys.length === 0 || keys.some((key) => isSignedCheckpoint(head.note, checkpoint, key))
    ? []
    : [refusal("ledger/note-unsigned", { size: tree.size })];
};

const markAlarms = ({ what, checkpoint }: LedgerMark, origin: string, tree: Tree): readonly Refusal[] => {
  const { size, rootHash } = checkpoint;
  const rewritten = (says: string): readonly Refusal[] => [refusal("ledger/history-rewritten", { what, says })];
  if (checkpoint.origin !== origin) return rewritten(`over ${checkpoint.origin}, not ${origin}`);
  if (size > tree.size)
    return [
      refusal("ledger/truncated", { what, says: `it was made over ${size} records, and there are ${tree.size}` }),
    ];
  return checkpointAt(tree, origin, size).rootHash === rootHash
    ? []
    : rewritten(`the first ${size} records have another root now`);
};

const checkpointAt = (tree: Tree, origin: string, size: number): Checkpoint => ({
  origin,
  size,
  rootHash: Buffer.from(tree.rootAt(size)).toString("base64"),
});

const traceAlarms = (traces: readonly LedgerTrace[], records: readonly LedgerRecord[]): readonly Refusal[] => {
  const told = new Set(
    records.flatMap(({ type, run, approvalId, digests }) => {
      if (type === "run.sealed") return [`sealed ${run} ${digests?.["sums"]}`];
      return TELLS_OF_USE.has(type) ? [`spent ${approvalId} ${run}`] : [];
    }),
  );
  return traces.flatMap((trace) => {
    const { run } = trace;
    if (trace.kind === "sealed")
      return told.has(`sealed ${run} ${trace.sums}`)
        ? []
        : [
            refusal("ledger/truncated", {
              what: `the bundle of ${run}`,
              says: "as it lies there now, it was never sealed",
            }),
          ];
    const { approvalId } = trace;
    return told.has(`spent ${approvalId} ${run}`)
      ? []
      : [refusal("ledger/truncated", { what: approvalId, says: `its lock names ${run} as the run that spent it` })];
  });
};

// A run that was broken off between the two locks on an approval tells of it as stale.
const TELLS_OF_USE: ReadonlySet<LedgerType> = new Set(["approval.consumed", "approval.stale"]);

const CLOSING: ReadonlySet<LedgerType> = new Set([
  "run.sealed",
  "run.blocked",
  "run.stopped",
  "run.voided",
  "run.failed",
  "run.interrupted",
]);

const runAlarms = ({ runs, head }: AuditedLedger, records: readonly LedgerRecord[]): readonly Refusal[] => {
  const missing = missingFrom(new Set(runs.map(({ runNo }) => runNo)), head.runNo);
  const closed = new Set(records.filter(({ type }) => CLOSING.has(type)).map(({ run }) => run));
  const held = new Set(runs.filter(({ isHeld }) => isHeld).map(({ run }) => run));
  const started = new Set(records.filter(({ type }) => type === "run.started").map(({ run }) => run));
  const unclosed = [...started].filter((run) => run !== undefined && !closed.has(run) && !held.has(run));
  return [
    ...missing.map((number) => refusal("ledger/run-missing", { given: head.runNo, missing: number })),
    ...unclosed.map((run) => refusal("ledger/run-unclosed", { run: run ?? "" })),
  ];
};

/** The first numbers from one on that are not there. */
const missingFrom = (numbers: ReadonlySet<number>, last: number): readonly number[] => {
  const missing: number[] = [];
  const highest = [...numbers].reduce((high, number) => Math.max(high, number), last);
  for (let number = 1; number <= highest && missing.length < LIMITS.sameAlarmsMax; number += 1)
    if (!numbers.has(number)) missing.push(number);
  return missing;
};
