import type { Step } from "../../../harness/objects/step.ts";
import { isUnasked, labelOf, saidIn } from "./event-words.ts";

/** Whose word a row is. */
export type Who = "harness" | "agent" | "validation" | "human";

/** One row of the timeline: a fact, a fact with the one that ended it, or several of a kind in a row. */
export interface TimelineRow {
  /** Number of its first fact, and of its last. */
  readonly first: number;
  readonly last: number;
  readonly label: string;
  readonly says: string;
  readonly who: Who;
  readonly startedAt: string;
  /** How long it took, where something ended it. */
  readonly ms: number | undefined;
  /** Seen going wrong: refused, denied, failed. Nothing here is ever good by its look alone. */
  readonly isBad: boolean;
  readonly isQuiet: boolean;
  /** Where its bar begins and how long it is, as parts of the axis. */
  readonly from: number;
  readonly length: number;
  /** Milliseconds before it in which nothing was recorded, folded out of the axis. */
  readonly idle: number | undefined;
}

/** Idle time that is longer is folded: one wait must not press all else into a line. */
const FOLDED_FROM_MS = 10_000;
const FOLD_MS = 400;

/** Rows of one page of facts, in their order. */
export const rowsOf = (steps: readonly Step[]): readonly TimelineRow[] => onAxis(grouped(paired(steps)));

interface Pair {
  readonly begun: Step;
  readonly ended: Step | undefined;
}

const ENDED_BY: ReadonlyMap<string, string> = new Map([
  ["turn.started", "turn.finished"],
  ["tool.started", "tool.finished"],
  ["terminal.started", "terminal.finished"],
  ["permission.requested", "permission.decided"],
  ["model.requested", "model.answered"],
  ["validation.started", "validation.finished"],
  ["cancel.sent", "cancel.settled"],
]);
const ENDS: ReadonlyMap<string, string> = new Map([...ENDED_BY].map(([begins, ends]) => [ends, begins]));

/**
 * An end goes into the row of its beginning, where both are on this page and the same one says both. Two of one name that
 * were open at once are left apart: the result of one must not stand beside the other.
 */
const paired = (steps: readonly Step[]): readonly Pair[] => {
  const ends = new Map<number, Step>();
  const taken = new Set<number>();
  const open = new Map<string, { readonly begun: readonly Step[]; readonly left: number }>();
  for (const step of steps) {
    const begins = ENDS.get(step.label);
    const key = keyOf(begins ?? step.label, step);
    const held = open.get(key) ?? { begun: [], left: 0 };
    if (ENDED_BY.has(step.label)) open.set(key, { begun: [...held.begun, step], left: held.left + 1 });
    if (begins === undefined) continue;
    const [begun, ...others] = held.begun;
    if (held.left <= 1) open.delete(key);
    else open.set(key, { ...held, left: held.left - 1 });
    if (begun === undefined || others.length > 0 || isClaim(begun) !== isClaim(step)) continue;
    ends.set(begun.seq, step);
    taken.add(step.seq);
  }
  return steps.filter(({ seq }) => !taken.has(seq)).map((begun) => ({ begun, ended: ends.get(begun.seq) }));
};

const keyOf = (label: string, { subject, detail }: Step): string =>
  `${label} ${subject} ${typeof detail["id"] === "string" ? detail["id"] : ""}`;

export const isClaim = ({ trust }: Step): boolean => trust === "agent-claimed" || trust === "backend-claimed";

const QUIET = new Set(["step.finished", "evidence.checkpointed", "sandbox.started", "run.ordered"]);

const grouped = (pairs: readonly Pair[]): readonly Placed[] => {
  const rows: Placed[] = [];
  for (const pair of pairs) {
    const [row, before] = [placedRow(pair), rows.at(-1)];
    const joins = before !== undefined && row.group !== "none" && before.group === row.group;
    if (joins) rows[rows.length - 1] = joined(before, row);
    else rows.push(row);
  }
  return rows;
};

/** A row before it has its place on the axis; `labels` are those of all facts in it. */
interface Placed {
  readonly row: Omit<TimelineRow, "from" | "length" | "idle">;
  readonly group: "gate" | "unasked" | "quiet" | "none";
  readonly labels: readonly string[];
  readonly start: number;
  readonly end: number;
}

const placedRow = ({ begun, ended }: Pair): Placed => {
  const at = Date.parse(begun.startedAt);
  const ms = ended === undefined ? msOf(begun) : Date.parse(ended.startedAt) - at;
  const group = groupOf(begun);
  const says = [saidIn(begun), ended === undefined ? "" : saidIn(ended)].filter((part) => part !== "").join(" · ");
  const row = {
    first: begun.seq,
    last: ended?.seq ?? begun.seq,
    label: labelOf(begun),
    says,
    who: whoOf(begun),
    startedAt: begun.startedAt,
    ms,
    isBad: isBad(begun) || (ended !== undefined && isBad(ended)),
    isQuiet: group === "quiet" || group === "unasked",
  };
  // The fact that says itself how long it took came when that was over.
  const [start, end] = ended === undefined ? [at - (ms ?? 0), at] : [at, at + (ms ?? 0)];
  return { row, group, labels: [row.label], start, end };
};

// How long something took is known from both its facts, or from the one that says it.
const msOf = ({ label, detail: { ms } }: Step): number | undefined =>
  label === "validation.finished" && typeof ms === "number" ? ms : undefined;

const groupOf = (step: Step): Placed["group"] => {
  if (step.label === "gate.checked" && step.detail["ok"] === true) return "gate";
  if (isUnasked(step)) return "unasked";
  return QUIET.has(step.label) ? "quiet" : "none";
};

const joined = (before: Placed, next: Placed): Placed => {
  const labels = [...before.labels, ...next.labels];
  const end = Math.max(before.end, next.end);
  const row = {
    ...before.row,
    last: next.row.last,
    label: before.group === "quiet" ? "Records of the Harness" : "Gate checks",
    says: saidTogether(before.group, labels),
    ms: before.group === "gate" ? end - before.start : undefined,
  };
  return { ...before, row, labels, end };
};

const saidTogether = (group: Placed["group"], labels: readonly string[]): string => {
  if (group === "gate") return `${labels.length} checks passed`;
  return group === "unasked"
    ? `${labels.length} checks not asked, for others said no`
    : [...new Set(labels)].join(", ");
};

const whoOf = (step: Step): Who => {
  if (isClaim(step)) return "agent";
  if (step.trust === "human-signed") return "human";
  return step.label.startsWith("validation.") ? "validation" : "harness";
};

const BAD = new Set(["sandbox.attempt", "policy.violated", "policy.unmediated", "error.raised"]);
const DECIDED = new Set(["permission.decided", "file.written", "file.read", "terminal.started", "host.asked"]);

const isBad = (step: Step): boolean => {
  const { label, detail } = step;
  if (BAD.has(label)) return true;
  if (isUnasked(step)) return false;
  if (label === "gate.checked" || label === "diff.judged") return detail["ok"] !== true;
  if (label === "gate.decided") return detail["allowed"] !== true;
  if (DECIDED.has(label)) return typeof detail["decision"] === "string" && detail["decision"] !== "allowed";
  if (label === "sandbox.canary")
    return Object.values(detail["results"] ?? {}).some((result) => result !== "held" && result !== "not-tried");
  return false;
};

/** Lays rows on one axis from the first start to the last end, long idle stretches folded to the same short one. */
const onAxis = (rows: readonly Placed[]): readonly TimelineRow[] => {
  let [folded, busyUntil] = [0, rows[0]?.start ?? 0];
  const placed = rows.map(({ row, start, end }) => {
    const gap = start - busyUntil;
    const idle = gap >= FOLDED_FROM_MS ? gap : undefined;
    if (idle !== undefined) folded += idle - FOLD_MS;
    busyUntil = Math.max(busyUntil, end);
    return { row, idle, start: start - folded, end: end - folded };
  });
  const origin = Math.min(...placed.map(({ start }) => start));
  const whole = Math.max(1, ...placed.map(({ end }) => end - origin));
  return placed.map(({ row, idle, start, end }) => ({
    ...row,
    idle,
    from: Math.max(0, (start - origin) / whole),
    length: Math.max(0, end - start) / whole,
  }));
};
