import { EVENT_TYPES } from "../../run-events.ts";
import { TRUST } from "../../trust.ts";
import { isHexOf, utf8 } from "./bytes.ts";
import { eventsOf, type Event, type EventData } from "./events.ts";
import { againstOutcome } from "./log-against.ts";
import type { Reading } from "./reading.ts";
import { allOf } from "./tools.ts";
import { fail, notProven, passUnless, type Check } from "./verdict.ts";
import { isWordOf } from "./whose-word.ts";

const CHAIN = "events";
const STORY = "event-order";
const FILE = "events.normalized.jsonl";

const broken = (says: string): Check => fail(CHAIN, "evidence/chain-broken", says, FILE);

/** Step 7: every line in its place, each with the digest of the one before; the first bound to the run, the last its end. */
export const checkEvents = async (reading: Reading): Promise<readonly Check[]> => {
  const { events, manifest } = reading;
  if (events === undefined) return [broken("it is not there, or no text of whole lines")];
  const run = manifest?.run ?? "";
  const unread = events.find(({ event }) => event === undefined);
  if (unread !== undefined) return [broken(`line ${unread.line} is no event`)];
  const strange = events.find(({ event }) => event !== undefined && !KNOWN.has(event.type));
  if (strange !== undefined)
    return [notProven(CHAIN, `line ${strange.line} is of a type that this verifier does not know`, FILE)];
  const start = `cto-harness/events/v1\ncto-harness/run/${run}`;
  const digests = await allOf(
    [utf8(start), ...events.map(({ bytes }) => bytes)].map((bytes) => reading.tools.sha256(bytes)),
  );
  const objections = events.flatMap((event, at) => lineRows(run, event, events[at - 1], digests[at] ?? NONE));
  return passUnless(CHAIN, objections, `${events.length} lines, each chained to the one before`);
};

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES.map((type) => `cto.${type}.v1`));
const TRUSTS: ReadonlySet<string> = new Set(TRUST);

const NONE = new Uint8Array();

const lineRows = (
  run: string,
  { event, line }: Event,
  before: Event | undefined,
  prev: Uint8Array,
): readonly Check[] => {
  if (event === undefined) return [];
  const isClaim = event.trust === "agent-claimed" || event.trust === "backend-claimed";
  const rows: Check[] = [];
  const must = (holds: boolean, says: string): void => {
    if (!holds) rows.push(broken(`line ${line} ${says}`));
  };
  must(event.sequence === String(line - 1).padStart(10, "0"), "has the wrong number");
  must(isHexOf(event.prevhash, prev), "does not follow the line before");
  must(event.source.startsWith("urn:cto-harness:host:") && event.source.endsWith(`:run:${run}`), "is of another run");
  must(event.source === (before?.event ?? event).source, "is of another host");
  must(event.dataschema === schemaOf(event.type), "names another schema than its type");
  must(TRUSTS.has(event.trust), "has an unknown trust");
  must(event.authtype === (isClaim ? "unauthenticated" : "system"), "does not say whose word it is");
  must(
    isClaim ? event.authid === "backend" || event.authid.startsWith("backend:") : event.authid === "harness",
    "names somebody else for its word",
  );
  must(isWordOf(event.type, event.trust), "is called the word of somebody who never says it");
  return rows;
};

// Only types that are known come here: `cto.` before and `.v1` behind.
const schemaOf = (type: string): string => `urn:cto-harness:event:${type.slice(4, -3)}:v1`;

/** One end, at the end; and the story that the log tells is the one that bundle.json tells. */
export const checkStory = (reading: Reading): readonly Check[] => {
  const { events, manifest, commit } = reading;
  if (events === undefined || manifest === undefined) return [broken("without log and bundle.json there is no story")];
  const off = (says: string): Check => fail(STORY, "evidence/chain-broken", says, FILE);
  const last = events.at(-1)?.event;
  const ends = eventsOf(events, "run.finished");
  const created = eventsOf(events, "commit.created");
  const objections = [
    ...(last?.type === "cto.run.finished.v1" && ends.length === 1
      ? []
      : [off("it does not end with run.finished, once")]),
    ...(events[0]?.event?.type === "cto.run.ordered.v1" ? [] : [off("it does not begin with run.ordered")]),
    ...(ends[0]?.data["result"] === manifest.ending ? [] : [off(`it did not end as ${manifest.ending}`)]),
    ...countRows(ends[0], events.length).map(off),
    ...reachRows(manifest.reach, events).map(off),
    ...(manifest.reach !== "commit" || created.some(({ data }) => data["commit"] === commit?.id)
      ? []
      : [off("it tells of no such commit")]),
    ...againstOutcome(reading).map(off),
  ];
  return passUnless(STORY, objections, `ends once, as ${manifest.ending}`);
};

const countRows = (end: EventData | undefined, lines: number): readonly string[] => {
  const told = end?.data["events"];
  return told === undefined || told === lines ? [] : [`it tells of ${JSON.stringify(told)} events and has ${lines}`];
};

const reachRows = (reach: "gate" | "permit" | "commit", events: readonly Event[]): readonly string[] => {
  const permits = eventsOf(events, "permit.issued");
  if (reach === "gate")
    return permits.length === 0 ? [] : ["a permit was issued, though the run is said to have stopped at the gate"];
  const order = ["approval.consumed", "backend.started", "validation.finished", "commit.created"];
  const first = order.map((type) => eventsOf(events, type)[0]?.sequence);
  const known = first.filter((sequence): sequence is string => sequence !== undefined);
  return [
    ...(new Set(permits.map(({ data }) => data["permitId"])).size === 1 ? [] : ["not exactly one permit was issued"]),
    ...(known.every((sequence, at) => at === 0 || (known[at - 1] ?? "") < sequence)
      ? []
      : ["its steps are out of order"]),
    ...(reach === "commit" && known.length < order.length ? ["a step before the commit is missing"] : []),
  ];
};
