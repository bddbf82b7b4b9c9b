import { assertNever } from "../assert-never.ts";
import { LIMITS } from "../limits.ts";
import { readMessage, type AcpMessage, type MessageId } from "./acp-message.ts";
import { openedMode } from "./acp-mode.ts";
import { extension, finishedTurn, readyEvent, sessionEvent, turnStarted } from "./acp-turn.ts";
import { updateEvents } from "./acp-update.ts";
import type { Mediation } from "./attempt.ts";
import { claimInPath, claimsIn, claimsInLine, saysApproval } from "./authority-claims.ts";
import type { BackendEvent } from "./backend-events.ts";
import type { Frame } from "./frame.ts";
import { at, cutJson, listAt, plainJson, textAt } from "./loose.ts";
import { messageMerger } from "./message-merger.ts";
import { factEvents } from "./own-fact-events.ts";
import { intentsOf, type ToolCall } from "./tool-call.ts";
import { toolLedger } from "./tool-ledger.ts";

/** What a log is read with: the profile's declared grade. */
export interface AcpGround {
  readonly declared: Mediation;
}

/** What the frames add up to. */
export interface AcpTally {
  readonly requests: number;
  readonly refused: number;
  readonly unasked: number;
  readonly authorityClaims: readonly string[];
  readonly protocolViolations: readonly string[];
}

/** Reads a log line by line, live or again later: the same frames always give the same events (backends.md 12). */
export interface AcpStory {
  next(frame: Frame, line: number): readonly BackendEvent[];
  end(line: number): readonly BackendEvent[];
  tally(): AcpTally;
}

type Told = Omit<BackendEvent, "raw" | "at">;

/** All events of a recorded log. */
export const normalizeAcp = (frames: readonly Frame[], ground: AcpGround): readonly BackendEvent[] => {
  const story = acpStory(ground);
  return [...frames.flatMap((frame, index) => story.next(frame, index + 1)), ...story.end(frames.length)];
};

export const acpStory = (ground: AcpGround): AcpStory => {
  const tools = toolLedger();
  const messages = messageMerger();
  const ours = new Map<MessageId, { readonly method: string; readonly params: unknown }>();
  const theirs = new Set<MessageId>();
  const asked: ToolCall[] = [];
  const claims = new Set<string>();
  const violations = new Set<string>();
  // The mode of the session as it was opened, until the Harness sets one.
  const modes = new Set<string>();
  let requests = 0;
  let refused = 0;
  let lastAt = 0;

  const claim = (found: readonly string[]): void => {
    for (const says of found) if (claims.size < LIMITS.authorityClaimsMax) claims.add(says);
  };
  const keep = (method: string, params: unknown): readonly Told[] => {
    const plain = plainJson(params ?? null);
    claim(claimsIn(JSON.stringify({ method, params: plain })));
    return [extension(method, plain)];
  };

  const response = (message: Extract<AcpMessage, { kind: "response" }>): readonly Told[] => {
    const request = ours.get(message.id);
    ours.delete(message.id);
    if (request === undefined) {
      violations.add("answers a request that nobody made");
      return keep("answer to no request", message.result ?? message.error);
    }
    if (request.method === "initialize") return [readyEvent(message.result, ground.declared)];
    if (request.method === "session/new") {
      modes.add(openedMode(message.result) ?? "");
      return [sessionEvent(message.result, request.params)];
    }
    if (request.method === "session/set_mode" && message.error === undefined) {
      modes.clear();
      modes.add(textAt(request.params, "modeId") ?? "");
    }
    if (request.method !== "session/prompt") return [];
    return [...messages.flush(), ...tools.ended(), ...finishedTurn(message)];
  };

  const request = (message: Extract<AcpMessage, { kind: "request" }>): readonly Told[] => {
    if (theirs.has(message.id)) violations.add("uses one request id twice at a time");
    theirs.add(message.id);
    const path = textAt(message.params, "path") ?? "";
    switch (message.method) {
      case "session/request_permission": {
        requests += 1;
        const call = tools.asked(at(message.params, "toolCall"));
        asked.push(call);
        claim([
          ...claimsIn(call.title),
          ...intentsOf(call).flatMap((intent) => (intent.kind === "run" ? claimsInLine(intent.line) : [])),
        ]);
        claim(call.diffs.flatMap((diff) => claimInPath(diff.path)));
        return [permissionEvent(call, message.params)];
      }
      case "fs/write_text_file":
        claim([...claimInPath(path), ...saysApproval(textAt(message.params, "content") ?? "")]);
        return [];
      case "terminal/create":
        claim(claimsInLine([textAt(message.params, "command"), ...listAt(message.params, "args")].join(" ")));
        claim(
          listAt(message.params, "env").flatMap((entry) =>
            /^CTO_/i.test(textAt(entry, "name") ?? "") ? ["sets a variable of the Harness"] : [],
          ),
        );
        return [];
      case "fs/read_text_file":
      case "terminal/output":
      case "terminal/wait_for_exit":
      case "terminal/kill":
      case "terminal/release":
        return [];
      default:
        return keep(message.method, message.params);
    }
  };

  const incoming = (message: AcpMessage): readonly Told[] => {
    switch (message.kind) {
      case "response":
        return response(message);
      case "request":
        return request(message);
      case "notification":
        return message.method === "session/update"
          ? updateEvents({ tools, messages, modes, claim, keep }, at(message.params, "update"))
          : keep(message.method, message.params);
      case "malformed":
        violations.add("sends what is no message of the protocol");
        return [];
      default:
        return assertNever(message);
    }
  };

  const outgoing = (message: AcpMessage): readonly Told[] => {
    if (message.kind === "response") theirs.delete(message.id);
    if (message.kind !== "request") return [];
    ours.set(message.id, { method: message.method, params: message.params });
    if (message.method === "session/set_mode") modes.add(textAt(message.params, "modeId") ?? "");
    return message.method === "session/prompt" ? [turnStarted(message.params)] : [];
  };

  const told = (frame: Frame): readonly Told[] => {
    if ("raw" in frame) {
      if (frame.dir === "in") violations.add("sends lines that are no JSON");
      claim(claimsIn(frame.raw));
      return [extension("line", { raw: frame.raw.toWellFormed(), bytes: frame.bytes })];
    }
    if (frame.dir !== "own") {
      const message = readMessage(frame.frame);
      return frame.dir === "in" ? incoming(message) : outgoing(message);
    }
    const fact = frame.frame;
    if (fact.did === "judged" && fact.decision === "denied") refused += 1;
    if (fact.did === "judged" && fact.method === "session/request_permission") {
      const call = asked.shift();
      if (call !== undefined && fact.decision === "allowed") tools.granted(call);
      if (call !== undefined && fact.decision !== "allowed") tools.refused(call);
    }
    if (fact.did === "wrote") tools.done({ path: fact.path });
    if (fact.did === "started") tools.done({ command: fact.command });
    return factEvents(fact);
  };

  const placed = (events: readonly Told[], line: number, at: number): readonly BackendEvent[] => {
    for (const event of events)
      if (event.type === "message.recorded") claim(claimsIn(textAt(event.data, "text") ?? ""));
    return events.map((event) => ({ ...event, at, raw: { file: "frames.jsonl", line } }));
  };

  return {
    next: (frame, line) => {
      lastAt = frame.t;
      return placed(told(frame), line, lastAt);
    },
    end: (line) => placed([...messages.flush(), ...tools.ended()], line, lastAt),
    tally: () => ({
      requests,
      refused,
      unasked: tools.unasked(),
      authorityClaims: [...claims],
      protocolViolations: [
        ...violations,
        ...tools
          .afterRefusal()
          .slice(0, LIMITS.authorityClaimsMax)
          .map((callId) => `reports ${callId.slice(0, NAME_MAX).toWellFormed()} as done though it was refused`),
        ...(tools.reused().length === 0 ? [] : ["begins another tool call under the id of one that has ended"]),
      ],
    }),
  };
};

const permissionEvent = (call: ToolCall, params: unknown): Told => ({
  type: "permission.requested",
  subject: `tool/${call.callId ?? ""}`,
  trust: "backend-claimed",
  data: {
    callId: call.callId,
    subject: intentsOf(call).map((intent) => cutJson(plainJson(intent), SUBJECT_BYTES_MAX)),
    options: listAt(params, "options").map((option) => ({
      optionId: textAt(option, "optionId")?.toWellFormed(),
      kind: textAt(option, "kind")?.toWellFormed(),
    })),
  },
});

const SUBJECT_BYTES_MAX = 1024;
const NAME_MAX = 100;
