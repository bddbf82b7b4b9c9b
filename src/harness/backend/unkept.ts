import type { FrameSink } from "../../seams/backend.ts";
import type { RedactedStream } from "../../workflow/evidence/redaction.ts";
import type { Redactor } from "./redactor.ts";

const asItIs = (): RedactedStream => ({ push: (piece) => piece, end: () => "", isWaiting: () => false });

/** Stands for a redactor where nothing is kept: in tries, and in replays that compare and forget. */
export const UNKEPT: Pick<Redactor, "text" | "jsonLine" | "openText" | "openBytes" | "learn"> = {
  text: (text) => text,
  jsonLine: (line) => line,
  openText: asItIs,
  openBytes: asItIs,
  learn: () => undefined,
};

export const UNKEPT_FRAMES: Omit<FrameSink, "keep"> = {
  line: (text) => text,
  text: (text) => text,
  open: asItIs,
};
