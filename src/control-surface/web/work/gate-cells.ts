import type { ApprovalView } from "../../../harness/objects/approval.ts";
import type { GateCheckObject } from "../../../harness/objects/gate.ts";
import type { WorkChange, WorkWithHistory } from "../../../harness/objects/work.ts";
import type { WorkPage } from "../../api.ts";
import type { GateCell } from "../parts/gate-strip.tsx";

/** The six stops of the line for a work item: what its gate sees now, and what the ledger recorded of it. */
export const gateCells = ({
  work,
  gate,
  approval,
}: Pick<WorkPage, "work" | "gate" | "approval">): readonly GateCell[] => {
  const checks = gate?.checks ?? [];
  // A newer approval begins the line anew: what an older one led to is history.
  const run = work.history.findLast(({ event }) => event === "run.started");
  const isOld = run === undefined || (approval !== null && approval.seq > run.seq);
  const since = isOld ? [] : work.history.filter((each) => each.run === run.run && each.seq >= run.seq);
  return [
    seenCell("Packet", checks, ["packet", "contract"], "No packet"),
    seenCell("Admission", checks, ["admission"], "Not known"),
    approvalCell(work, approval),
    executionCell(work, since),
    evidenceCell(work, since),
    outcomeCell(work, since),
  ];
};

const seenCell = (
  name: "Packet" | "Admission",
  checks: readonly GateCheckObject[],
  stages: readonly string[],
  absent: string,
): GateCell => {
  const own = checks.filter(({ stage }) => stages.includes(stage));
  const block = own.find(({ status }) => status === "block");
  if (block !== undefined) return { name, kind: "bad", word: block.message };
  const last = own.at(-1);
  if (last === undefined) return { name, kind: "open", word: absent };
  const waits = own.find(({ status }) => status === "not-evaluated");
  if (waits !== undefined) return { name, kind: "open", word: waits.message };
  return { name, kind: "seen", word: name === "Packet" ? (own[0]?.message ?? "") : last.message };
};

const approvalCell = (work: WorkWithHistory, approval: ApprovalView | null): GateCell => {
  const name = "Approval";
  // Without a packet there is nothing that its owner could approve.
  if (approval === null && work.state === "candidate") return { name, kind: "open", word: "Waits for a packet" };
  const waits: GateCell = { name, kind: "now", word: `Waits for ${work.owner ?? "its owner"}` };
  if (approval === null) return waits;
  const { by, at, seq, assurance, id } = approval;
  if (work.state === "stale" || work.state === "expired" || work.state === "withdrawn")
    return { ...waits, word: work.word, by, at, seq };
  switch (approval.state) {
    case "open":
      return { name, kind: "done", word: `${id}, ${assurance}`, by, at, seq };
    case "spent":
      return { name, kind: "done", word: `${id}, ${approval.says}`, by, at, seq };
    case "waits":
      return { ...waits, word: approval.says, by, at, seq };
    case "withdrawn":
    case "expired":
    case "stale":
      return { ...waits, word: `${id} ${approval.says}`, by, at, seq };
  }
};

const RUNS: ReadonlySet<string> = new Set(["executing", "queued", "stopping"]);
const COMMITTED: ReadonlySet<string> = new Set([
  "awaiting_outcome",
  "accepted",
  "rejected",
  "rolled_back",
  "rollback_failed",
]);

const executionCell = (work: WorkWithHistory, since: readonly WorkChange[]): GateCell => {
  const name = "Execution";
  const started = since.find(({ event }) => event === "run.started");
  if (started === undefined) return { name, kind: "open", word: "Not started" };
  const { run, by, at, seq } = started;
  const end = since.find(({ state, event }) => event !== "run.started" && ENDINGS.test(state));
  if (end === undefined) {
    if (RUNS.has(work.state)) return { name, kind: "running", word: work.word, by, at, seq };
    return { name, kind: "bad", word: work.word, by, at, seq };
  }
  if (COMMITTED.has(end.state))
    return { name, kind: "done", word: `${run}, one commit`, by: end.by, at: end.at, seq: end.seq };
  const word = work.state === end.state ? work.word : `${run} ${end.state}`;
  return { name, kind: end.state === "stopped" ? "settled" : "bad", word, by: end.by, at: end.at, seq: end.seq };
};

const ENDINGS = /^(?:awaiting_outcome|voided|failed|interrupted|stopped)/;

const evidenceCell = (work: WorkWithHistory, since: readonly WorkChange[]): GateCell => {
  const name = "Evidence";
  if (work.state === "tampered") return { name, kind: "bad", word: work.word };
  const sealed = since.findLast(({ event }) => event === "run.sealed");
  if (sealed === undefined) return { name, kind: "open", word: "Not sealed" };
  return { name, kind: "done", word: "Sealed", by: sealed.by, at: sealed.at, seq: sealed.seq };
};

const outcomeCell = (work: WorkWithHistory, since: readonly WorkChange[]): GateCell => {
  const name = "Outcome";
  const last = since.findLast(({ event }) => event in OUTCOMES);
  if (last !== undefined) {
    const { kind, word } = OUTCOMES[last.event] ?? { kind: "bad", word: last.event };
    return { name, kind, word, by: last.by, at: last.at, seq: last.seq };
  }
  if (work.state === "awaiting_outcome") return { name, kind: "now", word: `Waits for ${work.owner ?? "its owner"}` };
  return { name, kind: "open", word: "None" };
};

const OUTCOMES: Readonly<Record<string, Pick<GateCell, "kind" | "word">>> = {
  "outcome.accepted": { kind: "done", word: "Accepted" },
  "outcome.rejected": { kind: "bad", word: "Rejected, rollback not done yet" },
  "rollback.done": { kind: "settled", word: "Rejected and rolled back" },
  "rollback.failed": { kind: "bad", word: "Rollback failed, act now" },
};
