import { z } from "zod";

import type { Json } from "../digest.ts";
import type { Intent } from "./attempt.ts";
import { nestingOf, plainJson } from "./loose.ts";

/** Something that the Harness itself decided or did for an agent, written into the log beside the frames. */
export type OwnFact =
  | {
      readonly did: "judged";
      readonly method: string;
      readonly callId?: string | undefined;
      readonly intent: Intent;
      readonly decision: "allowed" | "denied" | "cancelled";
      readonly rule: string;
      readonly action?: string | undefined;
      readonly optionId?: string | undefined;
      readonly by: "policy" | "cancel";
      readonly ms: number;
    }
  | {
      readonly did: "read" | "wrote";
      readonly path: string;
      readonly bytes: number;
      readonly sha256: string;
      readonly rule: string;
    }
  | {
      readonly did: "started";
      readonly terminal: string;
      readonly command: string;
      readonly cwd: string;
      readonly rule: string;
    }
  | {
      readonly did: "ended";
      readonly terminal: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly bytes: number;
      readonly sha256: string;
      readonly truncated: boolean;
    }
  | { readonly did: "cancelled"; readonly reason: string }
  | { readonly did: "settled"; readonly ms: number; readonly forced: boolean };

/**
 * One line of `backend/frames.jsonl`: a message as it came or went, a line that was none, or a fact of our own. `t` is
 * when, by the Harness's clock, in milliseconds since 1970: the time of every event that is read from the line.
 */
export type Frame =
  | { readonly t: number; readonly dir: "in" | "out"; readonly frame: Json }
  | { readonly t: number; readonly dir: "in" | "out"; readonly raw: string; readonly bytes: number }
  | { readonly t: number; readonly dir: "own"; readonly frame: OwnFact };

const path = z.string();
const intent = z.union([
  z.object({ kind: z.enum(["read", "write", "delete"]), path }),
  z.object({ kind: z.literal("move"), from: path, to: path }),
  z.object({ kind: z.literal("run"), line: z.string() }),
  z.object({ kind: z.literal("fetch"), url: z.string() }),
  z.object({ kind: z.literal("other"), title: z.string() }),
]);
const ownFact = z.union([
  z.object({
    did: z.literal("judged"),
    method: z.string(),
    callId: z.string().optional(),
    intent,
    decision: z.enum(["allowed", "denied", "cancelled"]),
    rule: z.string(),
    action: z.string().optional(),
    optionId: z.string().optional(),
    by: z.enum(["policy", "cancel"]),
    ms: z.number(),
  }),
  z.object({ did: z.enum(["read", "wrote"]), path, bytes: z.number(), sha256: z.string(), rule: z.string() }),
  z.object({ did: z.literal("started"), terminal: z.string(), command: z.string(), cwd: z.string(), rule: z.string() }),
  z.object({
    did: z.literal("ended"),
    terminal: z.string(),
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
    bytes: z.number(),
    sha256: z.string(),
    truncated: z.boolean(),
  }),
  z.object({ did: z.literal("cancelled"), reason: z.string() }),
  z.object({ did: z.literal("settled"), ms: z.number(), forced: z.boolean() }),
]);
const moment = z.int().min(0).max(8_640_000_000_000_000);
const frame = z.union([
  z.strictObject({ t: moment, dir: z.literal("own"), frame: ownFact }),
  z.strictObject({ t: moment, dir: z.enum(["in", "out"]), frame: z.unknown().transform(plainJson) }),
  z.strictObject({ t: moment, dir: z.enum(["in", "out"]), raw: z.string(), bytes: z.number() }),
]);

/** One line of a log that may have been touched; undefined where it is no frame. */
export const readFrame = (line: string): Frame | undefined => {
  if (nestingOf(line) > FRAME_NESTING_MAX) return undefined;
  try {
    const read = frame.safeParse(JSON.parse(line));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
};

/** How deep a message may be nested before it is kept as a line and not read: the frame around it is one deeper. */
export const MESSAGE_NESTING_MAX = 64;
const FRAME_NESTING_MAX = MESSAGE_NESTING_MAX + 8;

/** The lines of a recorded log. A line of another form is a bug of the writer, or the log was touched: it throws. */
export const readFrames = (text: string): readonly Frame[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => frame.parse(JSON.parse(line)));

/** A fact of our own without the secrets in what it repeats of the agent's words. */
export const redactFact = (fact: OwnFact, redact: (text: string) => string): OwnFact => {
  switch (fact.did) {
    case "judged": {
      const callId = fact.callId === undefined ? {} : { callId: redact(fact.callId) };
      const optionId = fact.optionId === undefined ? {} : { optionId: redact(fact.optionId) };
      return {
        ...fact,
        ...callId,
        ...optionId,
        method: redact(fact.method),
        intent: redactIntent(fact.intent, redact),
      };
    }
    case "read":
    case "wrote":
      return { ...fact, path: redact(fact.path) };
    case "started":
      return { ...fact, command: redact(fact.command), cwd: redact(fact.cwd) };
    case "cancelled":
      return { ...fact, reason: redact(fact.reason) };
    case "ended":
    case "settled":
      return fact;
  }
};

const redactIntent = (intent: Intent, redact: (text: string) => string): Intent => {
  switch (intent.kind) {
    case "read":
    case "write":
    case "delete":
      return { ...intent, path: redact(intent.path) };
    case "move":
      return { ...intent, from: redact(intent.from), to: redact(intent.to) };
    case "run":
      return { ...intent, line: redact(intent.line) };
    case "fetch":
      return { ...intent, url: redact(intent.url) };
    case "other":
      return { ...intent, title: redact(intent.title) };
  }
};
