import type { FrameSink, Room } from "../../src/seams/backend.ts";
import type { BackendEvent } from "../../src/workflow/backend/backend-events.ts";

/** A room in which nothing can be started, that keeps frames as a sink gives them. */
export const openFakeRoomOf = (
  sink: Omit<FrameSink, "keep">,
): Room & { readonly text: () => string; readonly events: readonly BackendEvent[] } => {
  const lines: Uint8Array[] = [];
  const events: BackendEvent[] = [];
  return {
    start: () => Promise.reject(new Error("nothing can be started here")),
    judge: () => ({ allowed: false, rule: "nothing is allowed here" }),
    tell: (event) => void events.push(event),
    now: () => 0,
    keep: () => undefined,
    frames: { ...sink, keep: (line) => void lines.push(line) },
    offerTools: () => undefined,
    overspent: () => undefined,
    signal: new AbortController().signal,
    text: () => Buffer.concat(lines).toString("utf8"),
    events,
  };
};
