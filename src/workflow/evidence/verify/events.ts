import { z } from "zod";

import { textIn } from "./bytes.ts";
import { strictJson } from "./strict-json.ts";

/** One line of the log: its exact text and what it says. `event` is undefined for a line that is none. */
export interface Event {
  readonly text: string;
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

const schema = z.strictObject({
  specversion: z.literal("1.0"),
  id: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/),
  source: z.string(),
  type: z.string(),
  dataschema: z.string(),
  subject: z.string(),
  time: z.iso.datetime({ precision: 3 }),
  datacontenttype: z.literal("application/json"),
  sequence: z.string(),
  prevhash: z.string(),
  trust: z.string(),
  authtype: z.string(),
  authid: z.string(),
  traceparent: z.string().optional(),
  correlationid: z.string().optional(),
  causationid: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

/** The lines of events.normalized.jsonl; undefined when it is absent, no text, or does not end with a line feed. */
export const readEvents = (bytes: Uint8Array | undefined): readonly Event[] | undefined => {
  const text = bytes === undefined ? undefined : textIn(bytes);
  if (text === undefined || !text.endsWith("\n")) return undefined;
  return text
    .slice(0, -1)
    .split("\n")
    .map((line, at) => ({ text: line, line: at + 1, event: readEvent(line) }));
};

const readEvent = (line: string): EventData | undefined => {
  const json = strictJson(line);
  const read = json === undefined ? undefined : schema.safeParse(json.value);
  return read?.success === true ? read.data : undefined;
};

/** The events of one short type, `commit.created` for instance. */
export const eventsOf = (events: readonly Event[] | undefined, type: string): readonly EventData[] =>
  (events ?? []).flatMap(({ event }) => (event?.type === `cto.${type}.v1` ? [event] : []));
