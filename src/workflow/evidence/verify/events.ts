import type { EventLine } from "../event-line.ts";
import { textIn } from "./bytes.ts";
import { strictJson } from "./strict-json.ts";

/** One line of the log: its exact bytes and what they say. `event` is undefined for a line that is none. */
export interface Event {
  readonly bytes: Uint8Array;
  /** 0x00 and the same bytes: what is hashed for a leaf of a tree. */
  readonly leaf: Uint8Array;
  readonly line: number;
  readonly event: EventData | undefined;
}

export interface EventData {
  readonly source: string;
  readonly type: string;
  readonly dataschema: string;
  readonly subject: string;
  readonly time: string;
  readonly sequence: string;
  readonly prevhash: string;
  readonly trust: string;
  readonly authtype: string;
  readonly authid: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The lines of events.normalized.jsonl; undefined when it is absent, no text, or does not end with a line feed. */
export const readEvents = (bytes: Uint8Array | undefined): readonly Event[] | undefined => {
  const text = bytes === undefined ? undefined : textIn(bytes);
  if (bytes === undefined || text === undefined || !text.endsWith("\n")) return undefined;
  // One copy in which every line has the mark of a leaf before it, in the place of the line feed of the one before.
  const marked = new Uint8Array(bytes.length);
  marked.set(bytes.subarray(0, -1), 1);
  let from = 0;
  return text
    .slice(0, -1)
    .split("\n")
    .map((line, at) => {
      const next = bytes.indexOf(LF, from);
      marked[from] = 0;
      const leaf = marked.subarray(from, next + 1);
      from = next + 1;
      return { bytes: leaf.subarray(1), leaf, line: at + 1, event: readEvent(line) };
    });
};

const LF = 10;

const readEvent = (line: string): EventData | undefined => {
  const value = strictJson(line)?.value;
  return isEvent(value) ? value : undefined;
};

const MUST: readonly string[] = [
  "specversion",
  "id",
  "source",
  "type",
  "dataschema",
  "subject",
  "time",
  "datacontenttype",
  "sequence",
  "prevhash",
  "trust",
  "authtype",
  "authid",
  "data",
];
const MAY: ReadonlySet<string> = new Set([...MUST, "traceparent", "correlationid", "causationid"]);

/** By hand: a log has tens of thousands of lines, and every one of them is looked at before anything else is known of it. */
const isEvent = (value: unknown): value is EventData => {
  if (!isObject(value) || !MUST.every((name) => name in value)) return false;
  for (const [name, member] of Object.entries(value)) {
    if (!MAY.has(name)) return false;
    if (name === "data" ? !isObject(member) : typeof member !== "string") return false;
  }
  return (
    value["specversion"] === "1.0" &&
    value["datacontenttype"] === "application/json" &&
    ID.test(String(value["id"])) &&
    TIME.test(String(value["time"])) &&
    !Number.isNaN(Date.parse(String(value["time"])))
  );
};

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The events of one short type, `commit.created` for instance. */
export const eventsOf = (events: readonly Event[] | undefined, type: string): readonly EventData[] =>
  (events ?? []).flatMap(({ event }) => (event?.type === `cto.${type}.v1` ? [event] : []));

/** The events in the shape from which pages and traces are drawn. */
export const eventLines = (events: readonly Event[] | undefined): readonly EventLine<unknown>[] =>
  (events ?? []).flatMap(({ event }) => {
    if (event === undefined) return [];
    const { type, subject, time, sequence, trust, data } = event;
    const short = type.replace(/^cto\./, "").replace(/\.v1$/, "");
    return [{ type: short, subject, time, sequence: Number(sequence), trust, data }];
  });
