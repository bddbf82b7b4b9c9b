import { z } from "zod";

import type { Json } from "../digest.ts";

/** One line of events.normalized.jsonl, as far as reports and the trace need it. */
export interface EventLine<Value = Json | undefined> {
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly sequence: number;
  readonly trust: string;
  readonly data: Readonly<Record<string, Value>>;
}

const schema = z.object({
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  sequence: z.string().regex(/^\d{10}$/),
  trust: z.string(),
  data: z.record(z.string(), z.json()),
});

/** Reads a line of our own log; one that is none is a bug. The type loses its `cto.` and `.v1`. */
export const readEventLine = (line: string): EventLine => {
  const { type, sequence, ...rest } = schema.parse(JSON.parse(line));
  return { ...rest, type: type.replace(/^cto\./, "").replace(/\.v1$/, ""), sequence: Number(sequence) };
};

/** A text member of an event's data, or undefined. */
export const textOf = ({ data }: EventLine<unknown>, name: string): string | undefined => {
  const value = data[name];
  return typeof value === "string" ? value : undefined;
};
