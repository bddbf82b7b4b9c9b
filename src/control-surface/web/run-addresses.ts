import type { EventType } from "../../workflow/run-events.ts";

/** The facts that the words of a run page rest on. None of them can be made many by an agent. */
const KEY_TYPES: readonly EventType[] = [
  "gate.checked",
  "gate.decided",
  "approval.verified",
  "sandbox.canary",
  "backend.started",
  "diff.judged",
  "validation.finished",
  "commit.created",
  "commit.proved",
  "rollback.rehearsed",
  "run.stopping",
  "run.finished",
];
/** What is seen of an agent while it acts. */
const SEEN_TYPES: readonly EventType[] = ["file.written", "sandbox.attempt", "policy.violated"];
const FACTS_MAX = 1000;

/** Lines on one page of the log. */
export const LINES_A_PAGE = 400;

/** As many facts as the timeline asks for at once: never more rows than that are in the page. */
export const FACTS_A_PAGE = 200;

export const addressOf = (run: string, rest = ""): string => `/api/r/${encodeURIComponent(run)}${rest}`;

/** Facts of a run in their order, after one of them or from the first, which has the number 0. */
export const eventsAfter = (run: string, seq: number | undefined, limit: number): string =>
  addressOf(run, `/events?${seq === undefined ? "" : `after=${seq}&`}limit=${limit}`);

export const keyFactsOf = (run: string): string => factsOf(run, KEY_TYPES);

export const seenOf = (run: string): string => factsOf(run, SEEN_TYPES);

const factsOf = (run: string, types: readonly EventType[]): string =>
  addressOf(run, `/events?limit=${FACTS_MAX}&types=${types.join(",")}`);

/** The newest thousand records of the ledger about a run are all: a run has a few dozen. */
export const recordsOf = (run: string): string => `/api/audit?run=${encodeURIComponent(run)}&limit=${FACTS_MAX}`;

/** Lines that the Harness's own validations printed: of one printer, or that hold some words, from one of them on. */
export const logOf = (run: string, stream = "", words = "", after = 0): string => {
  const filter = new URLSearchParams({ stage: "validation", limit: String(LINES_A_PAGE) });
  if (stream !== "") filter.set("stream", stream);
  if (words !== "") filter.set("grep", words);
  if (after > 0) filter.set("after", String(after));
  return addressOf(run, `/log?${filter.toString()}`);
};

export const contractOf = (run: string): string => addressOf(run, "/evidence/approval/contract.json");

/** All that the page of a run draws first. What one that is not sealed has nothing of is told as a no, and not asked for. */
export const firstOfRun = (run: string): readonly string[] => [
  addressOf(run),
  recordsOf(run),
  keyFactsOf(run),
  seenOf(run),
  eventsAfter(run, undefined, FACTS_A_PAGE),
  addressOf(run, "/diff"),
  logOf(run),
  addressOf(run, "/evidence"),
  contractOf(run),
];
