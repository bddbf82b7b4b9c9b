import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import type { Duplex } from "node:stream";

import type { Relay, RelayOrder } from "../../seams/relay.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Upstream } from "../../workflow/relay-policy.ts";
import { systemResolve, type Resolve } from "./address.ts";
import { openBudget } from "./budget.ts";
import { answerConnect, hostsOf } from "./connect-door.ts";
import { answerRequest, hostAsked, type Door } from "./model-door.ts";
import { shown } from "./shown.ts";
import { openTally } from "./tally.ts";
import { providerOf } from "./upstream.ts";

export interface RelayGround {
  /** Where the keys are, each under the name that policy.yaml gives. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resolve: Resolve;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export const relayGround = (environment: RelayGround["environment"]): RelayGround => ({
  environment,
  resolve: systemResolve,
  headersTimeoutMs: LIMITS.relayHeadersTimeoutMs,
  requestTimeoutMs: LIMITS.relayRequestTimeoutMs,
});

/** A relay that listens on unix sockets in a folder of its own, from outside every sandbox (confinement.md 3). */
export const unixRelay = (ground: RelayGround): Relay => ({
  open: async (order) => {
    const { upstream } = order;
    const door: Door = {
      order,
      provider:
        upstream === "none" ? "none" : providerOf(upstream, keyOf(ground.environment, upstream), ground.resolve),
      budget: openBudget(order.budget),
      room: { held: 0 },
      now: () => performance.now(),
    };
    const folder = await ownFolder();
    const model = serverOf(ground, door);
    model.on("connect", (request: IncomingMessage, client: Duplex) =>
      refuseRaw(door, request, client, "relay/connect"),
    );
    const ends = [endable(model)];
    await listen(model, `${folder}/model.sock`);
    if (order.hosts.length > 0) {
      const hosts = hostsOf(order.hosts, ground.resolve);
      const tunnel = serverOf(ground, { ...door, provider: "none" });
      tunnel.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
        void answerConnect(door, hosts, request, client, head);
      });
      ends.push(endable(tunnel));
      await listen(tunnel, `${folder}/connect.sock`);
    }
    return {
      socket: `${folder}/model.sock`,
      connectSocket: order.hosts.length > 0 ? `${folder}/connect.sock` : undefined,
      limit: () => door.budget.over(),
      close: async () => {
        await Promise.all(ends.map((end) => end()));
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
});

const keyOf = (environment: RelayGround["environment"], { keyVariable }: Upstream): string | undefined => {
  if (keyVariable === undefined) return undefined;
  const key = environment[keyVariable] ?? "";
  if (!/^[\x21-\x7e]{8,4096}$/.test(key))
    throw new Failure("relay/key-absent", `${keyVariable} holds no key for the model.`);
  return key;
};

// The folder keeps other users out; inside, the socket is reached through a bind by the uid of the run.
const ownFolder = async (): Promise<string> => {
  const folder = await mkdtemp(`${tmpdir()}/cto-relay-`);
  if (Buffer.byteLength(`${folder}/connect.sock`) <= LIMITS.relaySocketPathBytesMax) return folder;
  await rm(folder, { recursive: true });
  throw new Failure("relay/path-too-long", `${tmpdir()} is too long a path for a socket.`);
};

const serverOf = (ground: RelayGround, door: Door): Server => {
  const server = createServer(
    {
      maxHeaderSize: LIMITS.relayHeaderBytesMax,
      headersTimeout: ground.headersTimeoutMs,
      requestTimeout: ground.requestTimeoutMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, ground.headersTimeoutMs),
      keepAlive: false,
      insecureHTTPParser: false,
      // A request without one is judged like every other, and so has its line.
      requireHostHeader: false,
      rejectNonStandardBodyWrites: true,
    },
    (request, response) => void answerRequest(door, request, response),
  );
  server.maxConnections = LIMITS.relayConnectionsMax;
  server.maxHeadersCount = HEADERS_MAX;
  server.on("checkContinue", (request: IncomingMessage) => refuseRaw(door, request, request.socket, "relay/expect"));
  server.on("checkExpectation", (request: IncomingMessage) => refuseRaw(door, request, request.socket, "relay/expect"));
  server.on("upgrade", (request: IncomingMessage, client: Duplex) => refuseRaw(door, request, client, "relay/upgrade"));
  server.on("drop", () => door.order.dropped());
  server.on("clientError", (error: NodeJS.ErrnoException, client: Duplex) => {
    const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    if (error.code === "ECONNRESET" || error.code === "EPIPE") return void client.destroy();
    const [rule, status] = isLate ? (["relay/too-slow", 408] as const) : (["relay/no-plain-request", 400] as const);
    tellUnread(door.order, { method: "", host: "", path: "" }, rule, status);
    endRaw(client, status);
  });
  return server;
};

const CHECK_MS = 1_000;
const HEADERS_MAX = 100;

/** Refuses what is no plain request, and lets nothing more of that connection in. */
const refuseRaw = (door: Door, request: IncomingMessage, client: Duplex, rule: string): void => {
  const isConnect = request.method === "CONNECT";
  const asked = isConnect
    ? { host: shown(request.url ?? ""), path: "" }
    : { host: hostAsked(request), path: shown(request.url?.split("?")[0] ?? "") };
  tellUnread(door.order, { method: shown(request.method ?? ""), ...asked }, rule, 403);
  endRaw(client, 403);
};

const endRaw = (client: Duplex, status: number): void => {
  client.on("error", () => client.destroy());
  if (!client.writable) return void client.destroy();
  client.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => client.destroy());
};

const tellUnread = (
  order: RelayOrder,
  asked: { readonly method: string; readonly host: string; readonly path: string },
  rule: string,
  status: number,
): void => {
  const nothing = openTally().body();
  order.told({
    n: null,
    channel: asked.method === "CONNECT" ? "connect" : "model",
    verdict: "denied",
    rule,
    action: null,
    ...asked,
    model: null,
    request: nothing,
    response: nothing,
    status,
    ms: 0,
    usage: null,
  });
};

const listen = async (server: Server, path: string): Promise<void> => {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o666);
};

// Every socket by itself: what became a tunnel is no connection of the server's any more.
const endable = (server: Server): (() => Promise<void>) => {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
};
