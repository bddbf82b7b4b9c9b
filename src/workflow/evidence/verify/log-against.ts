import { eventsOf, type Event, type EventData } from "./events.ts";
import type { Reading } from "./reading.ts";

/**
 * What the log itself says against a run that is told to await its outcome: a no of the gate, a rule broken, a target not
 * clean, a rollback that does not restore. A run that was killed and went on told some of it twice; the last telling counts.
 */
export const againstOutcome = (reading: Reading): readonly string[] => {
  const { manifest, events = [] } = reading;
  if (manifest?.ending !== "awaiting_outcome") return [];
  return [
    ...gateRows(events),
    ...ruleRows(events),
    ...canaryRows(events),
    ...(manifest.reach === "commit" ? [...proofRows(events), ...commitRows(reading, events)] : []),
  ];
};

const gateRows = (events: readonly Event[]): readonly string[] => {
  const decided = eventsOf(events, "gate.decided").at(-1)?.data;
  const refusals = decided?.["refusals"];
  // Of a check that was asked again, the last answer.
  const checks = new Map(
    eventsOf(events, "gate.checked").map(({ data }) => [JSON.stringify([data["step"], data["check"]]), data]),
  );
  return [
    ...(decided?.["allowed"] === true && Array.isArray(refusals) && refusals.length === 0
      ? []
      : ["the gate did not allow it"]),
    ...[...checks.values()]
      .filter(({ ok }) => ok !== true)
      .map(({ check }) => `the gate's check ${JSON.stringify(check)} did not pass`),
  ];
};

const ruleRows = (events: readonly Event[]): readonly string[] => {
  const validated = eventsOf(events, "validation.finished").at(-1)?.sequence ?? "";
  return [
    ...eventsOf(events, "policy.violated").map(({ sequence }) => `a rule was broken (event ${Number(sequence)})`),
    ...eventsOf(events, "error.raised")
      .filter(({ data }) => data["fatal"] !== false)
      .map(({ sequence }) => `it was broken off by an error (event ${Number(sequence)})`),
    // Who asks for the end while the commit is being made is too late: from there a run is finished whatever happens.
    ...eventsOf(events, "run.stopping")
      .filter(({ sequence }) => sequence < validated)
      .map(({ sequence }) => `it was stopped (event ${Number(sequence)})`),
  ];
};

const canaryRows = (events: readonly Event[]): readonly string[] =>
  ["agent", "validation"].flatMap((purpose) =>
    lastTold(events, "sandbox.canary", ({ data }) => data["purpose"] === purpose)
      .filter(({ data: { results, run } }) => run !== undefined || !haveHeld(results))
      .map(({ sequence }) => `a sandbox did not hold (event ${Number(sequence)})`),
  );

const haveHeld = (results: unknown): boolean =>
  typeof results === "object" &&
  results !== null &&
  Object.values(results).every((verdict) => verdict === "held" || verdict === "not-tried");

const proofRows = (events: readonly Event[]): readonly string[] => {
  const told = (type: string, isGood: (data: EventData["data"]) => boolean, says: string): readonly string[] => {
    const rows = lastTold(events, type);
    return rows.length > 0 && rows.every(({ data }) => isGood(data)) ? [] : [says];
  };
  return [
    ...told(
      "diff.judged",
      ({ ok, violations }) => ok === true && isEmpty(violations),
      "its changes were not all allowed",
    ),
    ...told("commit.proved", ({ clean, wrong }) => clean === true && isEmpty(wrong), "its target was not proven clean"),
    ...told("rollback.rehearsed", ({ equalsBase }) => equalsBase === true, "its rollback does not restore the base"),
  ];
};

const isEmpty = (list: unknown): boolean => Array.isArray(list) && list.length === 0;

/** One commit, told alike as often as it is told, on the branch that was admitted; and no other ref moved. */
const commitRows = ({ commit, base, records }: Reading, events: readonly Event[]): readonly string[] => {
  const ref = `refs/heads/${records.admission?.branch ?? ""}`;
  const wanted = JSON.stringify([commit?.id, commit?.tree, base?.id, ref]);
  const created = eventsOf(events, "commit.created").map(({ data }) =>
    JSON.stringify([data["commit"], data["tree"], data["parent"], data["ref"]]),
  );
  const proved = lastTold(events, "commit.proved");
  return [
    ...(created.every((told) => told === wanted) ? [] : ["it tells of another commit, or of one on another branch"]),
    ...(proved.every(
      ({ data }) => data["commit"] === commit?.id && JSON.stringify(data["refsChanged"]) === JSON.stringify([ref]),
    )
      ? []
      : ["another ref moved, or another commit was proven"]),
  ];
};

/** The events of a type since the last takeover before which any of them stands: steps are repeated whole. */
export const lastTold = (
  events: readonly Event[],
  type: string,
  isAsked: (event: EventData) => boolean = () => true,
): readonly EventData[] => {
  const all = eventsOf(events, type).filter(isAsked);
  const last = all.at(-1)?.sequence ?? "";
  const since = eventsOf(events, "run.recovered").findLast(({ sequence }) => sequence < last)?.sequence ?? "";
  return all.filter(({ sequence }) => sequence > since);
};
