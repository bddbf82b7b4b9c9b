import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

import { holderOfThisProcess, isAlive } from "../../src/adapters/clock/holder.ts";
import type { Life } from "../../src/adapters/relay/relay-folder.ts";
import { relayGround, unixRelay, type RelayGround } from "../../src/adapters/relay/unix-relay.ts";
import type { OpenRelay, RelayOrder } from "../../src/seams/relay.ts";
import type { Exchange, Recording } from "../../src/workflow/policy/exchange.ts";
import type { Upstream } from "../../src/workflow/relay-policy.ts";

export const LIFE: Life = { self: holderOfThisProcess(), isAlive };

export const KEY = "cto-canary-model-key-0123456789";

/** What a provider was asked, as it came in. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A model provider on this machine that answers as a test says. */
export interface Provider {
  readonly port: number;
  readonly asked: readonly Asked[];
  answer: (response: ServerResponse, asked: Asked) => void;
  close(): void;
}

export const openProvider = async (): Promise<Provider> => {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
      asked.push(one);
      provider.answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const provider: Provider = {
    port: (server.address() as AddressInfo).port,
    asked,
    answer: (response) => response.end("{}"),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return provider;
};

/** A relay and everything that it told. */
export interface Watched {
  readonly relay: OpenRelay;
  readonly told: readonly Exchange[];
  readonly recorded: readonly Recording[];
  readonly dropped: () => number;
  /** Everything that was told or recorded, as text. */
  readonly text: () => string;
  send(bytes: string): Promise<string>;
  post(path: string, body: unknown, headers?: readonly string[]): Promise<string>;
}

export const openWatched = async (
  change: Partial<RelayOrder> = {},
  ground: Partial<RelayGround> = {},
): Promise<Watched> => {
  const told: Exchange[] = [];
  const recorded: Recording[] = [];
  const asked: unknown[] = [];
  let dropped = 0;
  const relay = await unixRelay({ ...relayGround({ MODEL_KEY: KEY }, LIFE), ...ground }).open({
    upstream: "none",
    hosts: [],
    budget: { modelRequestsMax: 100, modelTokensMax: 1_000_000, modelBytesMax: 50_000_000 },
    judge: () => ({ allowed: true, rule: "policy/no-forbidden-action" }),
    tools: () => undefined,
    asked: (one) => asked.push(one),
    told: (exchange) => told.push(exchange),
    dropped: () => (dropped += 1),
    recorded: (recording) => recorded.push(recording),
    ...change,
  });
  const send = (bytes: string): Promise<string> => exchangeOver(connect(relay.socket), bytes);
  return {
    relay,
    told,
    recorded,
    dropped: () => dropped,
    text: () => JSON.stringify({ told, recorded, asked }),
    send,
    post: (path, body, headers = []) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return send(requestText(path, text, headers));
    },
  };
};

export const requestText = (path: string, body: string, headers: readonly string[] = []): string =>
  [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1:8787",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    "",
    body,
  ].join("\r\n");

export const upstreamAt = (port: number, change: Partial<Upstream> = {}): Upstream => ({
  api: "chat",
  origin: `http://127.0.0.1:${port}`,
  keyVariable: "MODEL_KEY",
  models: ["small"],
  ...change,
});

/** Everything that comes back until the other side ends. */
export const exchangeOver = (socket: Socket, bytes: string): Promise<string> =>
  new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(text));
    if (bytes !== "") socket.write(bytes, "latin1");
  });

/** Waits until something holds; the test's own time limit ends it otherwise. */
export const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};
