import { expect, test } from "vitest";

import type { ApprovalView } from "../../../harness/objects/approval.ts";
import type { WorkChange } from "../../../harness/objects/work.ts";
import type { ShownState } from "../../../workflow/state-words.ts";
import { gateCells } from "./gate-cells.ts";

type Page = Parameters<typeof gateCells>[0];

const change = (seq: number, event: string, state: WorkChange["state"], run: string | null): WorkChange => ({
  seq,
  event,
  state,
  run,
  at: "2026-06-01T06:00:00.000Z",
  by: "jp",
});
const APPROVED = change(7, "approval.recorded", "approved", null);
const RAN = [
  APPROVED,
  change(8, "approval.consumed", "executing", "R-049-02"),
  change(9, "run.started", "unchanged", "R-049-02"),
];
const SEALED = [...RAN, change(10, "run.sealed", "awaiting_outcome", "R-049-02")];
const ACCEPTED = [...SEALED, change(11, "outcome.accepted", "accepted", "R-049-02")];

const approval = (state: ApprovalView["state"], seq = 7): ApprovalView => ({
  id: `ap-${seq - 1}`,
  work: "CTO-WORK-049",
  by: "jp",
  assurance: "A2",
  at: "2026-06-01T06:00:00.000Z",
  expiresAt: "2026-06-02T06:00:00.000Z",
  state,
  says: "",
  seq,
});

const page = (state: ShownState, history: readonly WorkChange[], given: ApprovalView | null): Page => ({
  work: { work: "CTO-WORK-049", state, word: state, owner: "jp", who: "owner", next: "", history },
  gate: {
    work: "CTO-WORK-049",
    open: false,
    checks: [
      { stage: "packet", name: "packet", status: "pass", message: "lints, 0 errors" },
      { stage: "admission", name: "admission", status: "block", message: "not admitted" },
    ],
  },
  approval: given,
});

const kinds = (given: Page): readonly string[] => gateCells(given).map(({ kind, seq }) => `${kind}${seq ?? ""}`);

test.for([
  ["there is no packet", page("candidate", [], null), ["seen", "bad", "open", "open", "open", "open"]],
  ["nothing is approved", page("blocked", [], null), ["seen", "bad", "now", "open", "open", "open"]],
  ["approved", page("approved", [APPROVED], approval("open")), ["seen", "bad", "done7", "open", "open", "open"]],
  ["the packet moved", page("stale", [APPROVED], approval("open")), ["seen", "bad", "now7", "open", "open", "open"]],
  ["it runs", page("executing", RAN, approval("spent")), ["seen", "bad", "done7", "running9", "open", "open"]],
  ["it died", page("interrupted", RAN, approval("spent")), ["seen", "bad", "done7", "bad9", "open", "open"]],
  [
    "it waits",
    page("awaiting_outcome", SEALED, approval("spent")),
    ["seen", "bad", "done7", "done10", "done10", "now"],
  ],
  ["accepted", page("accepted", ACCEPTED, approval("spent")), ["seen", "bad", "done7", "done10", "done10", "done11"]],
  [
    "a byte changed",
    page("tampered", ACCEPTED, approval("spent")),
    ["seen", "bad", "done7", "done10", "bad", "done11"],
  ],
  [
    "approved anew",
    page("approved", [...ACCEPTED, change(12, "approval.recorded", "approved", null)], approval("open", 12)),
    ["seen", "bad", "done12", "open", "open", "open"],
  ],
] as const)("%s: each stop of the line stands as far as its record goes", ([, given, expected]) => {
  expect(kinds(given)).toEqual(expected);
});

test("no stop has a tick without the number of a record", () => {
  const all = [page("accepted", ACCEPTED, approval("spent")), page("approved", [APPROVED], approval("open"))];
  const ticks = all.flatMap(gateCells).filter(({ kind }) => kind === "done");
  expect(ticks.length).toBeGreaterThan(4);
  expect(ticks.filter(({ seq }) => seq === undefined)).toEqual([]);
});
