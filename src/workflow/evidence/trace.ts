import { createHash } from "node:crypto";

import type { RunId, WorkId } from "../ids.ts";
import { readEventLine } from "./event-line.ts";
import { spansOf, traceText } from "./trace-text.ts";

/** trace.jsonl, a pure function of the event lines: the ids are digests of the run's name and of each span's first event. */
export const traceLines = (run: RunId, work: WorkId, lines: readonly string[]): string => {
  const events = lines.map(readEventLine);
  const trace = sha256(`cto-harness/trace/v1\n${run}`).slice(0, 32);
  const span = (sequence: number): string => sha256(`${trace}${sequence}`).slice(0, 16);
  return traceText({ run, work, ids: { trace, span } }, events, spansOf(events));
};

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
