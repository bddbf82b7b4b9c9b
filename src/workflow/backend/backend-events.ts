import type { Json } from "../digest.ts";
import type { EventType } from "../run-events.ts";

/** One normalised thing that a backend said or did (backends.md 12). `trust` is a claim unless we did it ourselves. */
export interface BackendEvent {
  readonly type: EventType;
  readonly subject: string;
  readonly trust: "backend-claimed" | "agent-claimed" | "harness-observed";
  readonly data: { readonly [key: string]: Json | undefined };
  /** When it came or was done: `t` of the frame it was read from, in milliseconds since 1970. */
  readonly at: number;
  /** Where in the raw log it came from. */
  readonly raw?: { readonly file: string; readonly line: number };
}
