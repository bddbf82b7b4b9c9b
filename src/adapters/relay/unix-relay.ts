import { chmod, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import type { Duplex } from "node:stream";

import type { Relay, RelayOrder } from "../../seams/relay.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isModelKey, type Upstream } from "../../workflow/relay-policy.ts";
import { systemResolve, type Resolve } from "./address.ts";
import { openBudget } from "./budget.ts";
import { answerConnect, hostsOf } from "./connect-door.ts";
import { dialByNet, type Dial } from "./dial.ts";
import { drainOf, type Drain } from "./drain.ts";
import { answerRequest, hostAsked, type Door } from "./model-door.ts";
import { relayFolder, sweepRelayFolders, type Life } from "./relay-folder.ts";
import { openTally } from "./tally.ts";
import { providerOf } from "./upstream.ts";

export interface RelayGround {
  /** Where the keys are, each under the name that policy.yaml gives. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly resolve: Resolve;
  readonly dial: Dial;
  readonly life: Life;
  /** Absolute path of the folder in which each relay makes its own. */
  readonly above: string;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

export const relayGround = (environment: RelayGround["environment"], life: Life): RelayGround => ({
  environment,
  resolve: systemResolve,
  dial: dialByNet,
  life,
  above: tmpdir(),
  headersTimeoutMs: LIMITS.relayHeadersTimeoutMs,
  requestTimeoutMs: LIMITS.relayRequestTimeoutMs,
});

/** A relay that listens on unix sockets in a folder of its own, from outside every sandbox (confinement.md 3). */
export const unixRelay = (ground: RelayGround): Relay => ({
  open: async (order) => {
    const { upstream } = order;
    let sent = 0;
    let questions = 0;
    const door: Door = {
      order,
      provider:
        upstream === "none" ? "none" : providerOf(upstream, keyOf(ground.environment, upstream), ground.resolve),
      budget: openBudget(order.budget),
      room: { held: 0 },
      nextNumber: () => (sent += 1),
      nextQuestion: () => (questions += 1),
      now: () => performance.now(),
    };
    await sweepRelayFolders(ground.above, ground.life);
    const folder = await relayFolder(ground.above, ground.life);
    const model = openEnd(ground, door, `${folder}/model.sock`);
    model.server.on("connect", (request: IncomingMessage, client: Duplex) =>
      refuseRaw(door, request, client, "relay/connect"),
    );
    await listen(model.server, `${folder}/model.sock`);
    const tunnel =
      order.hosts.length === 0 ? undefined : openEnd(ground, { ...door, provider: "none" }, `${folder}/connect.sock`);
    if (tunnel !== undefined) {
      const hosts = hostsOf(order.hosts, ground.resolve);
      tunnel.server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) =>
        tunnel.drain.hold(answerConnect({ door, hosts, dial: ground.dial }, request, client, head)),
      );
      await listen(tunnel.server, `${folder}/connect.sock`);
    }
    return {
      socket: `${folder}/model.sock`,
      connectSocket: tunnel === undefined ? undefined : `${folder}/connect.sock`,
      limit: () => door.budget.over(),
      overspent: () => door.budget.overspent(),
      close: async () => {
        try {
          await Promise.all([model.drain.end(), tunnel?.drain.end()]);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
    };
  },
});

const keyOf = (environment: RelayGround["environment"], { keyVariable }: Upstream): string | undefined => {
  if (keyVariable === undefined) return undefined;
  const key = environment[keyVariable] ?? "";
  if (!isModelKey(key)) throw new Failure("relay/key-absent", `${keyVariable} holds no key for the model.`);
  return key;
};

/** One listening end of a relay. */
interface End {
  readonly server: Server;
  readonly drain: Drain;
}

const openEnd = (ground: RelayGround, door: Door, path: string): End => {
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
    (request, response) => drain.hold(answerRequest(door, request, response)),
  );
  const drain = drainOf(server, path);
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
  return { server, drain };
};

const CHECK_MS = 1_000;
const HEADERS_MAX = 100;

/** Refuses what is no plain request, and lets nothing more of that connection in. */
const refuseRaw = (door: Door, request: IncomingMessage, client: Duplex, rule: string): void => {
  const isConnect = request.method === "CONNECT";
  const asked = isConnect
    ? { host: request.url ?? "", path: "" }
    : { host: hostAsked(request), path: request.url?.split("?")[0] ?? "" };
  tellUnread(door.order, { method: request.method ?? "", ...asked }, rule, 403);
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
