import type { IncomingMessage, ServerResponse } from "node:http";

import type { RelayOrder } from "../../seams/relay.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Exchange, Recording, TokenUse } from "../../workflow/policy/exchange.ts";
import { ATTEMPT_PATH, valuesOf, wayOf } from "./api-paths.ts";
import { answerShim } from "./attempt-door.ts";
import type { Budget } from "./budget.ts";
import { headersBack, headersOut } from "./headers.ts";
import { modelBody } from "./model-body.ts";
import { passAnswer } from "./passing.ts";
import { leaveRoom, readBody, type Room } from "./read-body.ts";
import { shown } from "./shown.ts";
import { openTally, type Tally } from "./tally.ts";
import { callUpstream, type Provider } from "./upstream.ts";

/** What all requests of one relay share. */
export interface Door {
  readonly order: RelayOrder;
  readonly provider: Provider | "none";
  readonly budget: Budget;
  readonly room: Room;
  /** Milliseconds on a clock that only runs forward. */
  readonly now: () => number;
}

interface End {
  readonly n: number | null;
  readonly verdict: Exchange["verdict"];
  readonly rule: string;
  readonly status: number;
  readonly model: string | null;
  readonly usage: TokenUse | null;
}

/** One request, answered and told whatever comes of it. */
export const answerRequest = async (door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { order, provider, now } = door;
  const started = now();
  const sent = openTally();
  const got = openTally();
  const method = request.method ?? "";
  const target = request.url ?? "";
  if (method === "POST" && target === ATTEMPT_PATH) return answerShim(door, request, response);
  const end = await exchange(door, request, response, sent, got, started);
  order.told({
    channel: "model",
    ...end,
    action: null,
    method: shown(method),
    host: provider === "none" || end.n === null ? hostAsked(request) : provider.host,
    path: shown(target.split("?")[0] ?? ""),
    request: sent.body(),
    response: got.body(),
    ms: Math.round(now() - started),
  });
};

const exchange = async (
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  sent: Tally,
  got: Tally,
  started: number,
): Promise<End> => {
  const { budget, room, provider, order, now } = door;
  const method = request.method ?? "";
  let n: number | null = null;
  const deny = (rule: string, status: number, model: string | null = null): End => {
    refuse(request, response, rule, status);
    return { n, verdict: "denied", rule, status, model, usage: null };
  };
  const way = wayOf(provider === "none" ? "none" : provider.upstream, {
    method,
    target: request.url ?? "",
    rawHeaders: request.rawHeaders,
  });
  if (!way.open) return deny(way.rule, way.status);
  if (provider === "none") return deny("relay/no-upstream", 403);
  const bytesMax = way.model === "none" ? 0 : LIMITS.relayRequestBytesMax;
  const read = await readBody(request, bytesMax, room, sent);
  if (typeof read === "string") return deny(read, BODY_STATUS[read]);
  leaveRoom(room, read);
  const named = typeof way.model === "string" ? undefined : way.model.named;
  const body = way.model === "none" ? undefined : modelBody(provider.upstream, read, named);
  if (body?.ok === false) return deny(body.refusals[0], 403);
  const { bytes, model } = body === undefined ? { bytes: "none" as const, model: null } : body.value;
  const over = budget.request() ?? budget.bytes(sent.bytes());
  if (over !== undefined) return deny(`limit/${over}`, 429, model);

  n = budget.requests();
  order.asked({ n, host: provider.host, bytes: sent.bytes() });
  const address = await provider.address();
  if (address === undefined) return deny("relay/address-refused", 502, model);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const answer = await callUpstream(provider, address, {
    method,
    path: way.query === "" ? way.path : `${way.path}?${way.query}`,
    headers: headersOut(provider.upstream, provider.key, request.headers, bytes),
    body: bytes,
    signal: gone.signal,
  });
  if (answer === undefined) return deny("relay/no-answer", 502, model);
  const status = answer.statusCode ?? 502;
  const unfit = unfitness(answer, status);
  if (unfit !== undefined) {
    answer.destroy();
    return deny(unfit, 502, model);
  }
  response.writeHead(status, headersBack(answer.headers, provider.key));
  response.flushHeaders();
  const chunks: { ms: number; text: string }[] = [];
  const decoder = new TextDecoder();
  const keep = (piece: Uint8Array): void => {
    chunks.push({ ms: Math.round(now() - started), text: decoder.decode(piece, { stream: true }) });
  };
  const { ended, usage } = await passAnswer({
    answer,
    to: response,
    key: provider.key,
    budget,
    tally: got,
    asked: bytes === "none" ? 0 : sent.bytes(),
    keep,
  });
  answer.destroy();
  const isWhole = ended === "whole";
  if (isWhole) response.end();
  else response.destroy();
  const text = bytes === "none" ? "" : bytes.toString("utf8");
  const recording: Recording = { method, path: way.path, model, request: text, status, chunks, usage };
  order.recorded(recording);
  return { n, verdict: isWhole ? "allowed" : "cut", rule: isWhole ? "relay/model" : ended, status, model, usage };
};

const BODY_STATUS = { "relay/request-too-large": 413, "relay/too-busy": 503, "relay/broken-off": 400 } as const;

const unfitness = (answer: IncomingMessage, status: number): string | undefined => {
  if (status >= 300 && status < 400) return "relay/redirect";
  if (status < 200) return "relay/no-answer";
  const encoding = answer.headers["content-encoding"] ?? "identity";
  return encoding === "identity" ? undefined : "relay/packed-answer";
};

/** A no, in words that the agent may read; the connection ends with it, so that nothing rides behind. */
const refuse = (request: IncomingMessage, response: ServerResponse, rule: string, status: number): void => {
  if (response.destroyed) return;
  const type = status === 429 ? "limit-reached" : rule;
  const text = JSON.stringify({ error: { type, message: `refused by the relay: ${rule}` } });
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(text, () => request.destroy());
};

/** The host that was meant, of an absolute URL before the header. */
export const hostAsked = (request: IncomingMessage): string => {
  const [, fromUrl] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? "") ?? [];
  return shown(fromUrl ?? valuesOf(request.rawHeaders, "host")[0] ?? "");
};
