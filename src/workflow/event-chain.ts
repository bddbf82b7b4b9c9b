import { hash } from "node:crypto";

import { z } from "zod";

import type { BackendKind } from "./contract/contract.ts";
import { canonicalJson, digestOf, isJsonObject, parseDigest, type Digest, type Json } from "./digest.ts";
import { parseRunId, type RunId } from "./ids.ts";
import { EVENT_TYPES, type EventType, type RunEvent } from "./run-events.ts";
import { TRUST, type Trust } from "./trust.ts";
import { ulid } from "./ulid.ts";

/** A fact and its place in the chain of its run. */
export interface ChainedEvent extends RunEvent {
  readonly id: string;
  readonly run: RunId;
  /** Digest of the host's id, never the id itself. */
  readonly host: string;
  readonly sequence: number;
  readonly prev: Digest;
  readonly time: string;
}

export interface EventPlace {
  readonly event: RunEvent;
  readonly run: RunId;
  readonly sequence: number;
  /** Digest of the line before; `chainStart` for the first. */
  readonly prev: Digest;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
  readonly host: string;
  /** Whose claim it is, for facts that a backend or its agent claims. */
  readonly backend?: BackendKind;
}

/** What the first line of a run is chained to (evidence.md 6). */
export const chainStart = (run: RunId): Digest => digestOf(`cto-harness/events/v1\ncto-harness/run/${run}`);

/** A fact as its one line: CloudEvents 1.0 in canonical JSON, without the line feed. Same input, same line. */
export const eventLine = ({ event, run, sequence, prev, time, host, backend }: EventPlace): string =>
  canonicalJson({
    specversion: "1.0",
    id: ulidOf(time, `${prev}\n${sequence}`),
    source: `urn:cto-harness:host:${host}:run:${run}`,
    type: `cto.${event.type}.v1`,
    dataschema: `urn:cto-harness:event:${event.type}:v1`,
    subject: event.subject.toWellFormed(),
    time,
    datacontenttype: "application/json",
    sequence: String(sequence).padStart(SEQUENCE_DIGITS, "0"),
    prevhash: prev,
    trust: event.trust,
    ...(isClaim(event.trust)
      ? { authtype: "unauthenticated", authid: backend === undefined ? "backend" : `backend:${backend}` }
      : { authtype: "system", authid: "harness" }),
    data: keptData(event.data),
  });

/** A line of our own ledger. A line that is no event of this version is a crash: an unknown fact has no meaning. */
export const parseEvent = (line: string): ChainedEvent => {
  const event = readEvent(line);
  if (event === "malformed") throw new TypeError(`not an event line: ${line.slice(0, 200)}`);
  return event;
};

/** Where a line stands, read without judging the rest of it: enough to append what `eventLine` made. */
export const placeOf = (line: string): Pick<ChainedEvent, "type" | "run" | "sequence" | "prev"> => {
  const [, prevhash = "", sequence, source = "", written] = PLACE.exec(line) ?? [];
  const type = EVENT_TYPES.find((known) => written === known);
  const run = parseRunId(SOURCE.exec(source)?.[2] ?? "");
  const prev = parseDigest(prevhash);
  if (type === undefined || run === undefined || prev === undefined)
    throw new TypeError(`not an event line: ${line.slice(0, 200)}`);
  return { type, run, sequence: Number(sequence), prev };
};

// The last members of a line in canonical form. Within a string every quote has a backslash, so none can look like them.
const PLACE =
  /"prevhash":"([0-9a-f]{64})","sequence":"(\d{10})","source":"([^"]*)","specversion":"1\.0","subject":"(?:[^"\\]|\\.)*","time":"[^"]*","trust":"[^"]*","type":"cto\.([a-z.]+)\.v1"\}$/;

export type ChainWalk =
  | { readonly ok: true; readonly count: number; readonly head: Digest; readonly events: readonly ChainedEvent[] }
  | { readonly ok: false; readonly at: number; readonly what: ChainFault };
type ChainFault = "malformed" | "other-run" | "sequence" | "prevhash" | "after-the-end";

/** Walks a run's lines from the first: any line edited, dropped, added, moved or of another run is found. */
export const walkChain = (run: RunId, lines: readonly string[]): ChainWalk => {
  const events: ChainedEvent[] = [];
  let head = chainStart(run);
  for (const [at, line] of lines.entries()) {
    const event = readEvent(line);
    if (event === "malformed") return { ok: false, at, what: "malformed" };
    const what = faultOf(event, run, at, head, events.at(-1));
    if (what !== undefined) return { ok: false, at, what };
    events.push(event);
    head = digestOf(line);
  }
  return { ok: true, count: events.length, head, events };
};

const faultOf = (
  event: ChainedEvent,
  run: RunId,
  at: number,
  head: Digest,
  before: ChainedEvent | undefined,
): ChainFault | undefined => {
  if (event.run !== run) return "other-run";
  if (event.sequence !== at) return "sequence";
  if (event.prev !== head) return "prevhash";
  return before?.type === "run.finished" ? "after-the-end" : undefined;
};

const SEQUENCE_DIGITS = 10;

const isClaim = (trust: Trust): boolean => trust === "agent-claimed" || trust === "backend-claimed";

/** What an agent sends as JSON is not always JSON again: half a surrogate pair, 1e400, a million brackets. As it is kept. */
export const keptData = (value: Json | undefined, depth: number = 0): Json => {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? null;
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (depth >= DATA_DEPTH_MAX) return "(nested too deep to keep)";
  if (isList(value)) return value.map((member) => keptData(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key.toWellFormed(), keptData(member, depth + 1)]),
  );
};

const DATA_DEPTH_MAX = 100;

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

/** A ULID of the line's time whose chance is its place in the chain, so that the same fact has the same id. */
const ulidOf = (time: string, place: string): string => {
  const chance = hash("sha256", place, "buffer").subarray(0, 10);
  return ulid(Date.parse(time), chance);
};

const readEvent = (line: string): ChainedEvent | "malformed" => {
  const json = jsonOf(line);
  const read = eventSchema.safeParse(json);
  if (!read.success || canonicalJson(json) !== line) return "malformed";
  const { id, source, type: written, subject, time, trust, data } = read.data;
  const [, host, runText] = SOURCE.exec(source) ?? [];
  const type = EVENT_TYPES.find((known) => written === `cto.${known}.v1`);
  const run = parseRunId(runText ?? "");
  const prev = parseDigest(read.data.prevhash);
  if (host === undefined || run === undefined || prev === undefined || type === undefined) return "malformed";
  if (read.data.dataschema !== `urn:cto-harness:event:${type}:v1`) return "malformed";
  return { id, run, host, sequence: Number(read.data.sequence), prev, time, type, subject, trust, data };
};

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

interface WrittenEvent extends Pick<ChainedEvent, "id" | "time" | "subject" | "trust" | "data"> {
  readonly specversion: "1.0";
  readonly source: string;
  readonly type: `cto.${EventType}.v1`;
  readonly dataschema: `urn:cto-harness:event:${EventType}:v1`;
  readonly datacontenttype: "application/json";
  readonly sequence: string;
  readonly prevhash: string;
  readonly authtype: "system" | "unauthenticated";
  readonly authid: string;
}

const SOURCE = /^urn:cto-harness:host:([A-Za-z0-9._-]+):run:(R-[0-9]{3,9}-[0-9]{2,6})$/;

/** The form of one line of a run's events. That it is canonical JSON, and its place in the chain, only the reader says. */
export const eventSchema: z.ZodType<WrittenEvent> = z.strictObject({
  specversion: z.literal("1.0"),
  id: z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
  source: z.string().regex(SOURCE),
  type: z.enum(EVENT_TYPES.map((type) => `cto.${type}.v1` as const)),
  dataschema: z.enum(EVENT_TYPES.map((type) => `urn:cto-harness:event:${type}:v1` as const)),
  subject: z.string(),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal("application/json"),
  sequence: z.string().regex(/^\d{10}$/),
  prevhash: z.string().regex(/^[0-9a-f]{64}$/),
  trust: z.enum(TRUST),
  authtype: z.enum(["system", "unauthenticated"]),
  authid: z.string(),
  data: z.custom<RunEvent["data"]>(isJsonObject).meta({ type: "object" }),
});
