import { expect, test } from "vitest";

import { digestOf } from "../digest.ts";
import { parseRunId, workId } from "../ids.ts";
import { LEDGER_TYPES } from "../ledger-types.ts";
import { ledgerStart, ledgerText, readLedgerRecord, type LedgerEntry, type LedgerRecord } from "../ledger.ts";
import { causeOf, foldWork } from "./fold-work.ts";
import { ACTORS, transition, WORK_CAUSES, WORK_RULES, WORK_STATES } from "./work-item.ts";

/** The table of requirements.md section 3 once more, written as `from cause actor -> to`. */
const TABLE: Readonly<Record<string, string>> = {
  "none listed author": "candidate",
  "candidate approved owner": "approved",
  "approved stale harness": "candidate",
  "approved expired harness": "candidate",
  "approved withdrawn owner": "candidate",
  "approved withdrawn operator": "candidate",
  "approved withdrawn author": "candidate",
  "approved admission-removed owner": "candidate",
  "approved admission-removed operator": "candidate",
  "approved admission-removed author": "candidate",
  "candidate blocked operator": "candidate",
  "approved blocked operator": "approved",
  "approved started operator": "executing",
  "executing voided harness": "candidate",
  "executing failed harness": "candidate",
  "executing stopped owner": "candidate",
  "executing stopped operator": "candidate",
  "executing interrupted harness": "candidate",
  "executing proven harness": "awaiting_outcome",
  "executing interrupted-after-commit harness": "interrupted",
  "interrupted proven operator": "awaiting_outcome",
  "awaiting_outcome accepted owner": "accepted",
  "awaiting_outcome rejected owner": "rejected",
  "interrupted rejected owner": "rejected",
  "rejected rolled-back operator": "rolled_back",
  "rejected rolled-back owner": "rolled_back",
  "rollback_failed rolled-back operator": "rolled_back",
  "rollback_failed rolled-back owner": "rolled_back",
  "rejected rollback-unproven harness": "rollback_failed",
  "candidate superseded author": "superseded",
  "approved superseded author": "superseded",
  "candidate retired author": "retired",
  "approved retired author": "retired",
};

const EVERY = (["none", ...WORK_STATES] as const).flatMap((state) =>
  WORK_CAUSES.flatMap((cause) => ACTORS.map((actor) => ({ state, cause, actor }))),
);

test("R018 R019 every state, cause and actor goes where the table says, and every other triple is refused", () => {
  const allowed = EVERY.filter(({ state, cause, actor }) => {
    const result = transition(state, cause, actor);
    const expected = TABLE[`${state} ${cause} ${actor}`];
    if (result.ok) expect([state, cause, actor, result.value]).toEqual([state, cause, actor, expected]);
    else {
      expect([state, cause, actor, expected]).toEqual([state, cause, actor, undefined]);
      expect(result.refusals.map(({ code, facts }) => ({ code, facts }))).toEqual([
        { code: "work/transition-refused", facts: { state, cause, actor } },
      ]);
    }
    return result.ok;
  });
  expect(allowed).toHaveLength(Object.keys(TABLE).length);
});

test("R019 assistant, auditor and backend cause nothing at all", () => {
  const idle = EVERY.filter(({ actor }) => ["assistant", "auditor", "backend"].includes(actor));
  expect(idle.filter(({ state, cause, actor }) => transition(state, cause, actor).ok)).toEqual([]);
});

test.each(["accepted", "rolled_back", "superseded", "retired"] as const)("R019 %s is final", (state) => {
  expect(WORK_CAUSES.flatMap((cause) => ACTORS.filter((actor) => transition(state, cause, actor).ok))).toEqual([]);
});

test("a pair of state and cause stands in one row only, and all seventeen rows are there", () => {
  const pairs = WORK_RULES.flatMap(({ from, cause }) => from.map((state) => `${state} ${cause}`));
  expect(new Set(pairs).size).toBe(pairs.length);
  const ids = Array.from({ length: 17 }, (_, at) => `W${String(at + 1).padStart(2, "0")}`);
  expect([...new Set(WORK_RULES.map(({ id }) => id))]).toEqual(ids);
});

const work = workId("CTO-WORK-049")!;
const first = parseRunId("R-049-01")!;
const second = parseRunId("R-049-02")!;
const commit = "9b1d7e2".padEnd(40, "0");

const ledgerOf = (...entries: readonly Partial<LedgerEntry>[]): readonly LedgerRecord[] => {
  let prev = ledgerStart("home");
  return entries.map((entry, at) => {
    const whole: LedgerEntry = { type: "work.listed", actor: "jp", channel: "cli", work, ...entry };
    const text = ledgerText(whole, at + 1, "2026-06-01T10:00:00.000Z", prev);
    prev = digestOf(text);
    return readLedgerRecord(text);
  });
};

const approvedRun = [{}, { type: "approval.recorded" }, { type: "approval.consumed", run: first }] as const;

test("R017 a work item is what the records about it make of it, and its history says how", () => {
  const records = ledgerOf(
    { type: "ledger.opened", work: undefined as never },
    ...approvedRun,
    { type: "run.voided", run: first },
    { type: "run.sealed", run: first, detail: { result: "voided" } },
    { type: "approval.recorded" },
    { type: "approval.consumed", run: second },
    { type: "run.sealed", run: second, detail: { result: "awaiting_outcome" } },
    { type: "outcome.accepted" },
  );
  const folded = foldWork(records).get(work);
  expect(folded).toMatchObject({ state: "accepted", lastRun: second });
  expect(folded?.history.map(({ rule, from, to, run }) => `${rule} ${from} ${to} ${run ?? "-"}`)).toEqual([
    "W01 none candidate -",
    "W02 candidate approved -",
    "W06 approved executing R-049-01",
    "W07 executing candidate R-049-01",
    "W02 candidate approved -",
    "W06 approved executing R-049-02",
    "W10 executing awaiting_outcome R-049-02",
    "W13 awaiting_outcome accepted -",
  ]);
});

test.each(["run.voided", "run.failed", "run.stopped", "run.interrupted"] as const)(
  "R020 after %s without a commit the item is a candidate, and its next run needs a new approval",
  (type) => {
    const spent = ledgerOf(...approvedRun, { type, run: first });
    expect(foldWork(spent).get(work)?.state).toBe("candidate");
    expect(() => foldWork(ledgerOf(...approvedRun, { type, run: first }, { type: "approval.consumed" }))).toThrow(
      TypeError,
    );
  },
);

test("R018 an interruption after the commit leaves the item interrupted until it is proven or rejected", () => {
  const broken = [...approvedRun, { type: "run.interrupted", run: first, detail: { commit } }] as const;
  expect(foldWork(ledgerOf(...broken)).get(work)?.state).toBe("interrupted");
  const proven = { type: "run.sealed", run: first, detail: { result: "awaiting_outcome" } } as const;
  expect(
    foldWork(ledgerOf(...broken, proven))
      .get(work)
      ?.history.at(-1)?.rule,
  ).toBe("W12");
  expect(foldWork(ledgerOf(...broken, { type: "outcome.rejected" })).get(work)?.state).toBe("rejected");
});

test.each<readonly [string, readonly Partial<LedgerEntry>[]]>([
  ["an approval of what nobody listed", [{ type: "approval.recorded" }]],
  ["a work item listed twice", [{}, {}]],
  ["a run without an approval", [{}, { type: "approval.consumed" }]],
  ["one approval used twice", [...approvedRun, { type: "approval.consumed" }]],
  ["a second outcome", [{}, { type: "outcome.accepted" }]],
  ["a retirement for no status", [{}, { type: "work.retired" }]],
  ["a retirement for another status", [{}, { type: "work.retired", detail: { status: "draft" } }]],
  ["a seal without a result", [{}, { type: "run.sealed" }]],
])("R017 %s is a crash, never a default", (_, entries) => {
  expect(() => foldWork(ledgerOf(...entries))).toThrow(TypeError);
});

test("R017 every known type of record has its meaning, and an unknown one is a crash", () => {
  const entry = { actor: "jp", channel: "cli", detail: { status: "retired", result: "blocked" } } as const;
  for (const type of LEDGER_TYPES) expect(["nothing", ...WORK_CAUSES]).toContain(causeOf({ ...entry, type }));
  expect(() => causeOf({ ...entry, type: "run.promoted" as never })).toThrow(TypeError);
});
