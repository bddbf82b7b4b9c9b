import type { Json } from "../digest.ts";
import { LIMITS } from "../limits.ts";
import { extension } from "./acp-turn.ts";
import { claimsIn, claimsInLine } from "./authority-claims.ts";
import type { BackendEvent } from "./backend-events.ts";
import type { Frame } from "./frame.ts";
import { at, numberAt, plainJson, textAt } from "./loose.ts";
import type { AcpTally } from "./normalize-acp.ts";
import { factEvents } from "./own-fact-events.ts";

/** Reads Case's event log line by line. Everything in it is said by the backend; only its end decides whether we go on. */
export interface CaseStory {
  next(frame: Frame, line: number): readonly BackendEvent[];
  end(line: number): readonly BackendEvent[];
  tally(): AcpTally;
  /** The outcome of the last `pipeline_end`, or undefined where none was written. */
  outcome(): string | undefined;
}

type Told = Omit<BackendEvent, "raw" | "at">;

export const caseStory = (): CaseStory => {
  const claims = new Set<string>();
  const phases = casePhases();
  let last: { readonly outcome: string; readonly sequence: number } | undefined;
  let unasked = 0;
  let violations = 0;

  const claim = (found: readonly string[]): void => {
    for (const says of found) claims.add(says);
  };

  // Of several ends the one that Case numbers last; one without a number counts where it stands.
  const end = (outcome: string, sequence = last?.sequence ?? 0): void => {
    if (last === undefined || sequence >= last.sequence) last = { outcome, sequence };
  };

  const told = (frame: Frame): readonly Told[] => {
    if ("raw" in frame) {
      violations += 1;
      claim(claimsIn(frame.raw));
      return [extension("line", { raw: frame.raw, bytes: frame.bytes })];
    }
    if (frame.dir === "own") return factEvents(frame.frame);
    const said = plainJson(frame.frame);
    claim(claimsIn(JSON.stringify(said)));
    const event = textAt(said, "event") ?? "";
    if (event === "tool_start") claim(claimsInLine(textAt(said, "args") ?? ""));
    if (event === "tool_start") unasked += 1;
    if (event === "pipeline_end") end(textAt(said, "outcome") ?? "no outcome", numberAt(said, "sequence"));
    return eventsOf(event, said, phases);
  };

  return {
    next: (frame, line) => told(frame).map((event) => ({ ...event, at: frame.t, raw: { file: "frames.jsonl", line } })),
    end: () => [],
    tally: () => ({
      requests: 0,
      refused: 0,
      unasked,
      authorityClaims: [...claims],
      protocolViolations: violations === 0 ? [] : ["writes lines that are no JSON into its event log"],
    }),
    outcome: () => last?.outcome,
  };
};

interface CasePhases {
  /** The whole plan once this was said of a phase; "full" where there are too many. */
  said(phase: string, status: string, sequence: number | undefined): readonly Json[] | "full";
}

// A skipped phase is written after the last one that ran: the order is that of the numbers, not of the lines.
const casePhases = (): CasePhases => {
  const known = new Map<string, { status: string; readonly sequence: number }>();
  return {
    said: (phase, status, sequence = Number.MAX_SAFE_INTEGER) => {
      const before = known.get(phase);
      if (before !== undefined) before.status = status;
      else if (known.size >= LIMITS.casePhasesMax) return "full";
      else known.set(phase, { status, sequence });
      return [...known]
        .sort(([, one], [, other]) => one.sequence - other.sequence)
        .map(([content, { status: now }]) => ({ content, status: now }));
    },
  };
};

const cut = (text: string): string => text.slice(0, PHASE_CHARACTERS_MAX).toWellFormed();

const eventsOf = (event: string, said: unknown, phases: CasePhases): readonly Told[] => {
  const sequence = numberAt(said, "sequence");
  const claimed = (type: Told["type"], subject: string, data: Told["data"]): readonly Told[] => [
    { type, subject, trust: "backend-claimed", data: { ...data, sequence } },
  ];
  const callId = textAt(said, "toolCallId") ?? "";
  switch (event) {
    case "pipeline_start":
      return claimed("turn.started", "run", { n: 1, profile: textAt(said, "profile") });
    case "phase_start":
    case "phase_end":
    case "phase_skipped": {
      const status = event === "phase_start" ? "in_progress" : (textAt(said, "outcome") ?? "skipped");
      const entries = phases.said(cut(textAt(said, "phase") ?? ""), cut(status), sequence);
      return entries === "full"
        ? [extension(`case ${event}`, plainJson(said))]
        : claimed("plan.updated", "run", { entries });
    }
    case "tool_start":
      return claimed("tool.started", `tool/${callId}`, {
        callId,
        kind: "other",
        name: textAt(said, "tool"),
        command: textAt(said, "args"),
      });
    case "tool_end": {
      const isError = at(said, "isError") === true || textAt(said, "outcome") === "failed";
      return claimed("tool.finished", `tool/${callId}`, { callId, status: isError ? "failed" : "ok" });
    }
    case "pipeline_end": {
      const rawStop = textAt(said, "outcome") ?? "no outcome";
      return claimed("turn.finished", "run", {
        n: 1,
        stop: rawStop === "completed" ? "completed" : "gave_up",
        rawStop,
      });
    }
    default:
      return [extension(`case ${event}`.trim(), plainJson(said))];
  }
};

const PHASE_CHARACTERS_MAX = 200;
