import type { ShownCase } from "./surface-makings.ts";

export type ResultWord =
  | "proven"
  | "unproven"
  | "for your eye"
  | "PASS"
  | "FAIL"
  | "exit 0"
  | "exit 1"
  | "passed"
  | "failed"
  | "hashed"
  | "hashes differ"
  | "Sealed"
  | "one commit"
  | "every path is allowed"
  | "attempted and denied"
  | "tree equals base";

/** A word by which a page says a result, and how it is found. */
export const RESULTS: Readonly<Record<ResultWord, RegExp>> = {
  proven: /(?<!un|not )\bproven\b/,
  unproven: /\bunproven\b/,
  "for your eye": /\bfor your eye\b/,
  PASS: /\bPASS\b/,
  FAIL: /\bFAIL\b/,
  "exit 0": /\bexit 0\b/,
  "exit 1": /\bexit 1\b/,
  passed: /\b\d+ passed\b/,
  failed: /\b\d+ failed\b/,
  hashed: /\b(\d+) of \1 hashed in this browser$/m,
  "hashes differ": /\bhashed in this browser, \d+ differ/,
  Sealed: /^Sealed$/m,
  "one commit": /\bone commit, [0-9a-f]{7}\b/,
  "every path is allowed": /\bevery path is allowed\b/,
  "attempted and denied": /\battempted and denied\b/,
  "tree equals base": /\btree equals base\b/,
};

/** What a page says in a state: no other result word, and no other tick, and all of these. */
export interface Sayings {
  readonly results: readonly ResultWord[];
  /** Stops of the line that have a tick. */
  readonly gates: readonly string[];
  /** Titles of the parts of the page in which there is a tick. */
  readonly parts: readonly string[];
}

const says = (gates: string, parts: string, ...results: readonly ResultWord[]): Sayings => ({
  results,
  gates: gates.split(" ").filter((word) => word !== ""),
  parts: parts.split(", ").filter((word) => word !== ""),
});

const NOTHING_YET = says("", "Preflight");
const SPENT = says("Approval", "Preflight");
const ENDED = says("Approval Evidence", "Preflight", "Sealed");
const COMMITTED = says("Approval Execution Evidence", "Preflight", "Sealed");

/** The page of a work item. Its preflight has ticks of this moment, with the time at which it was looked. */
export const ON_WORK: Readonly<Record<ShownCase, Sayings>> = {
  candidate: NOTHING_YET,
  "not-admitted": NOTHING_YET,
  blocked: NOTHING_YET,
  suspended: NOTHING_YET,
  approved: says("Approval", "Preflight, Approved"),
  stale: NOTHING_YET,
  expired: NOTHING_YET,
  withdrawn: NOTHING_YET,
  queued: SPENT,
  executing: SPENT,
  stopping: SPENT,
  stopped: ENDED,
  "voided(policy)": ENDED,
  "voided(validation)": says("Approval Evidence", "Preflight", "Sealed", "exit 1"),
  "voided(confinement)": ENDED,
  "voided(no-change)": ENDED,
  failed: ENDED,
  "broken-off": SPENT,
  interrupted: ENDED,
  awaiting_outcome: COMMITTED,
  accepted: says("Approval Execution Evidence Outcome", "the head, Preflight", "Sealed"),
  rejected: COMMITTED,
  rolled_back: says("Approval Execution Evidence", "Preflight", "Sealed", "tree equals base"),
  rollback_failed: COMMITTED,
  tampered: says("Approval Execution", "Preflight"),
};

const OPEN = says("Packet Admission Approval", "");
const SEALED = says("Packet Admission Approval Evidence", "Evidence", "PASS", "hashed");
// The new tests fail on the base: that is said as well.
const VALIDATED = ["exit 0", "exit 1", "passed", "failed", "every path is allowed"] as const;
const JUDGED = ["PASS", "hashed", ...VALIDATED, "one commit", "tree equals base"] as const;
const DECIDABLE = ["proven", "for your eye", ...JUDGED] as const;
const ALL_BUT_OUTCOME = "Packet Admission Approval Execution Evidence";

/** The page of a run. A case that never came to a run has none. */
export const ON_RUN: Readonly<Partial<Record<ShownCase, Sayings>>> = {
  blocked: says("Packet Admission Evidence", "Evidence", "PASS", "hashed"),
  queued: says("", ""),
  executing: OPEN,
  stopping: OPEN,
  stopped: SEALED,
  "voided(policy)": says("Packet Admission Approval Evidence", "Evidence", "PASS", "hashed", "attempted and denied"),
  "voided(validation)": says("Packet Admission Approval Evidence", "Evidence", "PASS", "hashed", ...VALIDATED),
  "voided(confinement)": SEALED,
  "voided(no-change)": SEALED,
  failed: SEALED,
  "broken-off": says("Packet Admission Approval", "", ...VALIDATED),
  interrupted: says("Packet Admission Approval Evidence", "Evidence", ...JUDGED),
  awaiting_outcome: says(ALL_BUT_OUTCOME, "Evidence, Record the outcome", ...DECIDABLE),
  accepted: says(`${ALL_BUT_OUTCOME} Outcome`, "the head, Evidence, Outcome", ...DECIDABLE),
  rejected: says(ALL_BUT_OUTCOME, "Evidence, Outcome", ...DECIDABLE),
  rolled_back: says(ALL_BUT_OUTCOME, "Evidence, Outcome", ...DECIDABLE),
  rollback_failed: says(ALL_BUT_OUTCOME, "Evidence, Outcome", ...DECIDABLE),
  tampered: says("", "", "unproven", "FAIL", "hashes differ", ...VALIDATED, "one commit", "tree equals base"),
};
