import type { AuditEntry } from "../../../harness/objects/audit.ts";
import type { RunObject } from "../../../harness/objects/run.ts";
import type { Step } from "../../../harness/objects/step.ts";
import type { GateCell } from "../parts/gate-strip.tsx";
import { stateName } from "../parts/short-word.ts";
import { isUnasked, newest, wordIn } from "./event-words.ts";

/** What a page knows of a run, from the ledger, from the bundle as it verifies now, and from hashing it here. */
export interface Standing {
  readonly run: RunObject;
  readonly facts: readonly Step[] | undefined;
  /** Records of this run in the ledger. */
  readonly records: readonly RunRecord[];
  /** Files that are not what SHA256SUMS says, as this browser found. */
  readonly mismatches: readonly string[];
}

/** The evidence is not what was sealed: nothing that rests on it may look true. */
export const isTampered = ({ run, mismatches }: Standing): boolean =>
  run.verify?.verdict === "FAIL" || mismatches.length > 0;

export const isOpen = ({ state }: RunObject): boolean => UNENDED.has(state);

const UNENDED: ReadonlySet<string> = new Set(["executing", "queued", "stopping"]);

/** Nothing was started: it ends where the gate said no. */
export const isBlocked = ({ state }: RunObject): boolean => state === "blocked";

/** A record of the ledger, as far as the page of a run needs it. */
export type RunRecord = Pick<AuditEntry, "seq" | "type" | "at">;

export const recordOf = (records: readonly RunRecord[], ...types: readonly string[]): RunRecord | undefined =>
  records.findLast(({ type }) => types.includes(type));

type Cell = Omit<GateCell, "name">;

/** The six stops of the line for one run. A tick is shown for a fact that is recorded, and for none while the evidence does not verify. */
export const gateCellsOf = (standing: Standing): readonly GateCell[] => {
  const cells: readonly GateCell[] = [
    { name: "Packet", ...checkedCell(standing, ["packet", "contract"]) },
    { name: "Admission", ...checkedCell(standing, ["admission"]) },
    { name: "Approval", ...approvalCell(standing) },
    { name: "Execution", ...executionCell(standing) },
    { name: "Evidence", ...evidenceCell(standing) },
    { name: "Outcome", ...outcomeCell(standing) },
  ];
  if (!isTampered(standing)) return cells;
  return cells.map((cell) => (cell.kind === "done" || cell.kind === "now" ? { ...cell, kind: "open" } : cell));
};

const open = ({ facts }: Standing): Cell => ({
  kind: "open",
  word: facts === undefined ? "not known yet" : "none recorded",
});

const checkedCell = (standing: Standing, stages: readonly string[]): Cell => {
  const checks = (standing.facts ?? []).filter(
    ({ label, detail }) =>
      label === "gate.checked" && typeof detail["stage"] === "string" && stages.includes(detail["stage"]),
  );
  const against = checks.find((check) => check.detail["ok"] !== true && !isUnasked(check));
  const waits = checks.find(isUnasked);
  const last = checks.at(-1);
  if (against !== undefined)
    return { kind: "bad", word: wordIn(against, "reason") ?? "blocked", seq: against.seq, log: "run" };
  if (waits !== undefined) return { kind: "open", word: wordIn(waits, "reason") ?? "not asked" };
  return last === undefined
    ? open(standing)
    : { kind: "done", word: wordIn(checks[0] ?? last, "reason") ?? "passed", seq: last.seq, log: "run" };
};

const approvalCell = (standing: Standing): Cell => {
  const verified = newest(standing.facts, "approval.verified");
  if (verified === undefined) {
    const checked = checkedCell(standing, ["approval"]);
    return checked.kind === "bad" ? checked : open(standing);
  }
  return {
    kind: "done",
    word: `${wordIn(verified, "principal") ?? "unknown"}, ${wordIn(verified, "assurance") ?? "unknown"}`,
    at: verified.startedAt,
    seq: verified.seq,
    log: "run",
  };
};

const executionCell = (standing: Standing): Cell => {
  const { run, facts, records } = standing;
  const started = recordOf(records, "run.started");
  if (isOpen(run)) return { kind: "running", word: run.word, at: run.startedAt };
  if (isBlocked(run)) return { kind: "open", word: "nothing was started" };
  const commit = newest(facts, "commit.created");
  if (commit !== undefined) {
    const word = `one commit, ${(wordIn(commit, "commit") ?? "").slice(0, 7)}`;
    const isBroken = run.state === "interrupted";
    return {
      kind: isBroken ? "bad" : "done",
      word: isBroken ? `interrupted; ${word}` : word,
      at: commit.startedAt,
      seq: commit.seq,
      log: "run",
    };
  }
  if (facts === undefined) return open(standing);
  return {
    kind: "bad",
    word: stateName(run.state),
    at: run.startedAt,
    ...(started === undefined ? {} : { seq: started.seq }),
  };
};

const evidenceCell = (standing: Standing): Cell => {
  const { run, records, mismatches } = standing;
  const sealed = recordOf(records, "run.sealed");
  if (run.verify === undefined) return { kind: "open", word: "not sealed yet" };
  if (isTampered(standing)) {
    const word =
      mismatches.length > 0 ? `does not verify: ${mismatches.slice(0, 2).join(", ")}` : "does not verify: FAIL";
    return { kind: "bad", word, at: run.verify.at };
  }
  if (run.verify.verdict === "NOT-PROVEN") return { kind: "now", word: "NOT-PROVEN", at: run.verify.at };
  return {
    kind: sealed === undefined ? "seen" : "done",
    word: "sealed, verifies: PASS",
    ...(sealed === undefined ? {} : { at: sealed.at, seq: sealed.seq }),
  };
};

const outcomeCell = ({ run, records }: Standing): Cell => {
  const { outcome, rollback } = run;
  if (rollback !== undefined)
    return {
      kind: rollback.state === "done" ? "settled" : "bad",
      word: run.word,
      by: rollback.by,
      at: rollback.at,
      seq: rollback.seq,
    };
  if (outcome?.outcome === "accepted")
    return { kind: "done", word: "accepted", by: outcome.by, at: outcome.at, seq: outcome.seq };
  if (outcome !== undefined) return { kind: "bad", word: run.word, by: outcome.by, at: outcome.at, seq: outcome.seq };
  const refused = recordOf(records, "outcome.refused");
  if (run.state === "awaiting_outcome")
    return { kind: "now", word: refused === undefined ? "waiting for the owner" : "waiting; one was refused" };
  return { kind: "open", word: "none recorded" };
};
