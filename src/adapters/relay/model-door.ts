import type { IncomingMessage, ServerResponse } from "node:http";

import type { RelayOrder } from "../../seams/relay.ts";
import { isOwnTool } from "../../workflow/backend/own-tools.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Exchange, Recording, TokenUse } from "../../workflow/policy/exchange.ts";
import { ATTEMPT_PATH, valuesOf, wayOf, type Way } from "./api-paths.ts";
import { answerShim } from "./attempt-door.ts";
import type { Budget } from "./budget.ts";
import { headersBack, headersOut } from "./headers.ts";
import { modelBody, type ModelBody, type Unfit } from "./model-body.ts";
import { passAnswer, type Passing } from "./passing.ts";
import { leaveRoom, readBody, type Room } from "./read-body.ts";
import { recordedPieces } from "./recorded-pieces.ts";
import { openTally, type Tally } from "./tally.ts";
import { tokensIn, type Estimate } from "./token-use.ts";
import { answerTools, TOOLS_PATH } from "./tools-door.ts";
import { callUpstream, type Provider } from "./upstream.ts";
import { orGone } from "./wait.ts";

/** What all requests of one relay share. */
export interface Door {
  readonly order: RelayOrder;
  readonly provider: Provider | "none";
  readonly budget: Budget;
  readonly room: Room;
  /** The next number of a request that goes out. */
  readonly nextNumber: () => number;
  /** The next number of a shim's question, from 1. */
  readonly nextQuestion: () => number;
  /** Milliseconds on a clock that only runs forward. */
  readonly now: () => number;
}

interface End {
  readonly n: number | null;
  readonly verdict: Exchange["verdict"];
  readonly rule: string;
  readonly field?: string;
  readonly status: number;
  readonly model: string | null;
  readonly usage: TokenUse | null;
}

interface Asking {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sent: Tally;
  readonly got: Tally;
  readonly started: number;
}

/** One request, answered and told whatever comes of it. */
export const answerRequest = async (door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { order, provider, now } = door;
  const method = request.method ?? "";
  const target = request.url ?? "";
  if (method === "POST" && target === ATTEMPT_PATH) return answerShim(door, request, response);
  const tools = method === "POST" && target === TOOLS_PATH ? order.tools() : undefined;
  if (tools !== undefined) return answerTools(door, tools, request, response);
  const asking: Asking = { request, response, sent: openTally(), got: openTally(), started: now() };
  const end = await exchange(door, asking);
  order.told({
    channel: "model",
    ...end,
    action: null,
    method,
    host: provider === "none" || end.n === null ? hostAsked(request) : provider.host,
    path: target.split("?")[0] ?? "",
    request: asking.sent.body(),
    response: asking.got.body(),
    ms: Math.round(now() - asking.started),
  });
};

const exchange = async (door: Door, asking: Asking): Promise<End> => {
  const { provider, room, budget } = door;
  const { request, response, sent } = asking;
  const deny = (rule: string, status: number, model: string | null = null): End => {
    refuse(request, response, { rule }, status);
    return { n: null, verdict: "denied", rule, status, model, usage: null };
  };
  const way = wayOf(provider === "none" ? "none" : provider.upstream, {
    method: request.method ?? "",
    target: request.url ?? "",
    rawHeaders: request.rawHeaders,
  });
  if (!way.open) return deny(way.rule, way.status);
  if (provider === "none") return deny("relay/no-upstream", 403);
  // Asked before anything is read: a body that is refused has cost the reading of it.
  const none = budget.request();
  if (none !== undefined) return deny(`limit/${none}`, 429);
  const read = await readBody(request, way.model === "none" ? 0 : LIMITS.relayRequestBytesMax, room, sent);
  if (typeof read === "string") return deny(read, BODY_STATUS[read]);
  try {
    const over = budget.bytes(sent.bytes());
    if (over !== undefined) return deny(`limit/${over}`, 429);
    if (way.model === "none") return await listModels(door, provider, asking, way);
    const body = modelBody(provider.upstream, read, way.model === "in-body" ? undefined : way.model.named);
    if (!body.ok) {
      const [unfit] = body.refusals;
      refuse(request, response, unfit, 403);
      return { n: null, verdict: "denied", ...unfit, status: 403, model: null, usage: null };
    }
    return await askModel(door, provider, asking, way, body.value);
  } finally {
    leaveRoom(room, read);
  }
};

type OpenWay = Extract<Way, { readonly open: true }>;

const listModels = (door: Door, provider: Provider, asking: Asking, way: OpenWay): Promise<End> =>
  passOn(door, provider, asking, way, { bytes: "none", model: null, tools: [], held: "free" });

/** Nothing goes out before the tokens that it may cost are held for it. */
const askModel = async (
  door: Door,
  provider: Provider,
  asking: Asking,
  way: OpenWay,
  { bytes, model, outputMax, tools }: ModelBody,
): Promise<End> => {
  const { request, response } = asking;
  const estimate: Estimate = { input: tokensIn(bytes.length), output: way.answers === "count" ? 0 : outputMax };
  const gone = goneWith(response);
  const reservation = await door.budget.reserve(estimate.input + estimate.output, gone);
  if (reservation === undefined) {
    const over = door.budget.over();
    const [rule, status] =
      over === undefined ? (["relay/broken-off", 400] as const) : ([`limit/${over}`, 429] as const);
    refuse(request, response, { rule }, status);
    return { n: null, verdict: "denied", rule, status, model, usage: null };
  }
  try {
    return await passOn(door, provider, asking, way, { bytes, model, tools, held: { reservation, estimate } });
  } finally {
    reservation.end();
  }
};

interface Passed {
  readonly bytes: Buffer | "none";
  readonly model: string | null;
  readonly tools: readonly string[];
  readonly held: Passing["held"];
}

const passOn = async (
  door: Door,
  provider: Provider,
  { request, response, sent, got, started }: Asking,
  way: OpenWay,
  { bytes, model, tools, held }: Passed,
): Promise<End> => {
  const { order, budget, now } = door;
  const n = door.nextNumber();
  const method = request.method ?? "";
  // Without an answer to read, whoever hung up is charged as whoever breaks one off.
  const deny = (rule: string, cost: "free" | "held"): End => {
    refuse(request, response, { rule }, 502);
    const usage = held === "free" || cost === "free" ? null : { ...held.estimate, estimated: true };
    if (usage !== null && held !== "free") held.reservation.charge(usage.input + usage.output);
    return { n, verdict: "denied", rule, status: 502, model, usage };
  };
  const foreignTools = order.tools() === undefined ? [] : tools.filter((name) => !isOwnTool(name));
  order.asked({ n, host: provider.host, bytes: sent.bytes(), foreignTools });
  const gone = goneWith(response);
  const address = await orGone(provider.address(), gone);
  if (address === undefined) return deny("relay/address-refused", "free");
  const answer = await callUpstream(provider, address, {
    method,
    path: way.query === "" ? way.path : `${way.path}?${way.query}`,
    headers: headersOut(provider.upstream, provider.key, request.headers, bytes),
    body: bytes,
    signal: gone,
  });
  if (answer === "unreached") return deny("relay/no-answer", "free");
  if (answer === "no-answer") return deny("relay/no-answer", "held");
  const status = answer.statusCode ?? 502;
  const unfit = unfitness(answer, status);
  if (unfit !== undefined) {
    answer.destroy();
    return deny(unfit, status >= 300 ? "free" : "held");
  }
  response.writeHead(status, headersBack(answer.headers, provider.key));
  response.flushHeaders();
  const pieces = recordedPieces();
  const keep = (piece: Uint8Array): void => pieces.add(piece, Math.round(now() - started));
  const { ended, usage } = await passAnswer({
    answer,
    to: response,
    key: provider.key,
    budget,
    tally: got,
    held,
    keep,
  });
  answer.destroy();
  const isWhole = ended === "whole";
  if (isWhole) response.end();
  else response.destroy();
  const text = bytes === "none" ? "" : bytes.toString("utf8");
  const recording: Recording = { method, path: way.path, model, request: text, status, chunks: pieces.end(), usage };
  order.recorded(recording);
  return { n, verdict: isWhole ? "allowed" : "cut", rule: isWhole ? "relay/model" : ended, status, model, usage };
};

/** Ends with the connection of whoever asked, which may have ended already. */
const goneWith = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.once("close", () => gone.abort());
  return gone.signal;
};

const BODY_STATUS = { "relay/request-too-large": 413, "relay/too-busy": 503, "relay/broken-off": 400 } as const;

const unfitness = (answer: IncomingMessage, status: number): string | undefined => {
  if (status >= 300 && status < 400) return "relay/redirect";
  if (status < 200) return "relay/no-answer";
  const encoding = answer.headers["content-encoding"] ?? "identity";
  return encoding === "identity" ? undefined : "relay/packed-answer";
};

/** A no, in words that the agent may read; the connection ends with it, so that nothing rides behind. */
const refuse = (request: IncomingMessage, response: ServerResponse, { rule, field }: Unfit, status: number): void => {
  if (response.destroyed) return;
  const type = status === 429 ? "limit-reached" : rule;
  const says = field === undefined ? rule : `${rule}: ${field.slice(0, LIMITS.relayFieldCharactersMax).toWellFormed()}`;
  const text = JSON.stringify({ error: { type, message: `refused by the relay: ${says}` } });
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  // What answers a HEAD has no body (RFC 9110, 9.3.2); Node takes one for a bug of ours.
  response.end(request.method === "HEAD" ? "" : text, () => request.destroy());
};

/** The host that was meant, of an absolute URL before the header. */
export const hostAsked = (request: IncomingMessage): string => {
  const [, fromUrl] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? "") ?? [];
  return fromUrl ?? valuesOf(request.rawHeaders, "host")[0] ?? "";
};
