import { digestOf, type Json } from "../digest.ts";
import { LIMITS } from "../limits.ts";
import type { AcpMessage } from "./acp-message.ts";
import type { Mediation } from "./attempt.ts";
import type { BackendEvent } from "./backend-events.ts";
import { at, cutJson, listAt, numberAt, plainJson, textAt } from "./loose.ts";

type Told = Omit<BackendEvent, "raw" | "at">;

/** What fits no other event: kept, cut, never dropped. */
export const extension = (method: string, params: Json): Told => ({
  type: "backend.extension",
  subject: "run",
  trust: "backend-claimed",
  data: { method: method.slice(0, METHOD_MAX).toWellFormed(), params: cutJson(params, LIMITS.extensionBytesMax) },
});

const METHOD_MAX = 200;

export const readyEvent = (result: unknown, declared: Mediation): Told => ({
  type: "backend.ready",
  subject: "run",
  trust: "backend-claimed",
  data: {
    agent: {
      name: textAt(result, "agentInfo", "name") ?? null,
      version: textAt(result, "agentInfo", "version") ?? null,
    },
    protocolVersion: numberAt(result, "protocolVersion") ?? null,
    capabilities: cutJson(plainJson(at(result, "agentCapabilities") ?? null), LIMITS.extensionBytesMax),
    mediation: declared,
  },
});

export const sessionEvent = (result: unknown, asked: unknown): Told => ({
  type: "session.started",
  subject: "run",
  trust: "backend-claimed",
  data: {
    sessionId: textAt(result, "sessionId"),
    mode: textAt(result, "modes", "currentModeId"),
    model: textAt(result, "models", "currentModelId"),
    mcpServers: listAt(asked, "mcpServers").flatMap((server) => textAt(server, "name") ?? []),
  },
});

export const turnStarted = (params: unknown): Told => ({
  type: "turn.started",
  subject: "run",
  trust: "harness-observed",
  data: {
    n: 1,
    promptSha256: digestOf(
      listAt(params, "prompt")
        .map((block) => textAt(block, "text") ?? "")
        .join("\n"),
    ),
  },
});

/** Its stop word as one of ours. What is not known to be success is none. */
export const stopOf = (rawStop: string): "completed" | "cancelled" | "gave_up" =>
  rawStop === "end_turn" ? "completed" : rawStop === "cancelled" ? "cancelled" : "gave_up";

export const finishedTurn = ({ result, error }: Extract<AcpMessage, { kind: "response" }>): readonly Told[] => {
  const rawStop =
    textAt(result, "stopReason") ??
    (error === undefined ? "no stop reason" : `error ${numberAt(error, "code") ?? ""}`.trim());
  const usage = at(result, "usage");
  const told = usage === undefined || usage === null ? [] : [usageEvent(usage)];
  return [
    ...told,
    {
      type: "turn.finished",
      subject: "run",
      trust: "backend-claimed",
      data: { n: 1, stop: stopOf(rawStop), rawStop: rawStop.slice(0, LIMITS.agentsWordsCharactersMax).toWellFormed() },
    },
  ];
};

export const usageEvent = (usage: unknown): Told => ({
  type: "usage.reported",
  subject: "run",
  trust: "backend-claimed",
  data: {
    inputTokens: numberAt(usage, "inputTokens"),
    outputTokens: numberAt(usage, "outputTokens"),
    contextUsed: numberAt(usage, "used"),
    contextSize: numberAt(usage, "size"),
    cost: cutJson(plainJson(at(usage, "cost") ?? null), LIMITS.extensionBytesMax),
    origin: "agent",
  },
});
