import { LIMITS } from "../limits.ts";
import { extension, usageEvent } from "./acp-turn.ts";
import { claimInPath, claimsIn, claimsInLine } from "./authority-claims.ts";
import type { BackendEvent } from "./backend-events.ts";
import { readPrinted, type OutputParser, type Printed } from "./command-parser.ts";
import type { Frame } from "./frame.ts";
import { plainJson, textAt } from "./loose.ts";
import { messageMerger } from "./message-merger.ts";
import type { AcpStory } from "./normalize-acp.ts";
import { factEvents } from "./own-fact-events.ts";
import { readToolCall } from "./tool-call.ts";
import { toolLedger } from "./tool-ledger.ts";

type Told = Omit<BackendEvent, "raw" | "at">;

/** Reads what a program prints, line by line, live or again later. All of it is said by the backend (backends.md 7). */
export const commandStory = (parser: OutputParser): AcpStory => {
  const tools = toolLedger();
  const messages = messageMerger();
  const claims = new Set<string>();
  let lastAt = 0;
  let isNoJson = false;

  const claim = (found: readonly string[]): void => {
    for (const says of found) if (claims.size < LIMITS.authorityClaimsMax) claims.add(says);
  };

  const printed = (item: Printed): readonly Told[] => {
    switch (item.kind) {
      case "session":
        return [claimed("session.started", { sessionId: item.sessionId, model: item.model, mcpServers: [] })];
      case "message":
        return messages.add(item.role, item.text.toWellFormed());
      case "tool": {
        const call = readToolCall(item.update);
        claim([...(call.command === undefined ? [] : claimsInLine(call.command)), ...call.paths.flatMap(claimInPath)]);
        return [...messages.flush(), ...tools.said(plainJson(item.update))];
      }
      case "usage":
        return [...messages.flush(), usageEvent({ inputTokens: item.inputTokens, outputTokens: item.outputTokens })];
      case "ended":
        // What it says of its own end decides nothing here: the exit status does, and that is a claim as well.
        return [
          ...messages.flush(),
          claimed("turn.finished", { n: 1, stop: "said", rawStop: item.rawStop.toWellFormed() }),
        ];
    }
  };

  const told = (frame: Frame): readonly Told[] => {
    if ("raw" in frame) {
      isNoJson ||= parser !== "none";
      claim(claimsIn(frame.raw));
      return [...messages.flush(), extension("line", { raw: frame.raw.toWellFormed(), bytes: frame.bytes })];
    }
    if (frame.dir === "own") return factEvents(frame.frame);
    const said = plainJson(frame.frame);
    claim(claimsIn(JSON.stringify(said)));
    const read = readPrinted(parser, said);
    return read === undefined ? [...messages.flush(), extension("line", said)] : read.flatMap(printed);
  };

  // A sentence may be said in pieces: only what was merged of it is the whole.
  const placed = (events: readonly Told[], line: number, at: number): readonly BackendEvent[] =>
    events.map((event) => {
      if (event.type === "message.recorded") claim(claimsIn(textAt(event.data, "text") ?? ""));
      return { ...event, at, raw: { file: "frames.jsonl", line } };
    });

  return {
    next: (frame, line) => {
      lastAt = frame.t;
      return placed(told(frame), line, lastAt);
    },
    end: (line) => placed([...messages.flush(), ...tools.ended()], line, lastAt),
    tally: () => ({
      requests: 0,
      refused: 0,
      unasked: tools.unasked(),
      authorityClaims: [...claims],
      protocolViolations: isNoJson ? ["prints lines that are no JSON"] : [],
    }),
  };
};

const claimed = (type: Told["type"], data: Told["data"]): Told => ({
  type,
  subject: "run",
  trust: "backend-claimed",
  data,
});
