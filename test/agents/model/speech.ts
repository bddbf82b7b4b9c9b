import type { Reply, ToolUse } from "./script.ts";

/** An answer as it goes over the wire: whole, or as the events of a stream. */
export type Spoken = { readonly json: unknown } | { readonly events: readonly string[] };

export interface Speech {
  readonly body: unknown;
  readonly reply: Reply;
  /** Number of the request, for ids. */
  readonly n: number;
  readonly streams: boolean;
}

/** A text in pieces, as a model sends it. */
export const piecesOf = (text: string, length = 24): readonly string[] =>
  Array.from({ length: Math.ceil(text.length / length) }, (_, at) => text.slice(at * length, (at + 1) * length));

/** The arguments of a call as JSON, or what is none. */
export const argumentText = (use: ToolUse, { fault }: Reply): string =>
  fault !== undefined && "malformedArguments" in fault ? '{"oops": ' : JSON.stringify(use.args);
