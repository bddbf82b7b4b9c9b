import { createServer, type Server } from "node:http";

import { getRequestListener } from "@hono/node-server";

import type { Serve, Served } from "../harness/home/served.ts";
import { readingOf } from "../harness/reading/reading.ts";
import type { World } from "../harness/world.ts";
import { LIMITS } from "../workflow/limits.ts";
import { refusal } from "../workflow/refusal.ts";
import { ok, refuse } from "../workflow/result.ts";
import { surfaceApp } from "./app.ts";
import { readClient } from "./client.ts";
import { doorAt } from "./door.ts";
import { streamsOf } from "./events.ts";
import { MANUAL } from "./manual.ts";
import { replaysHere } from "./replay-here.ts";

/** Listens on both loopback addresses of one port, so that nobody else can answer for `localhost` (surface.md 4.4). */
export const serveSurface: Serve = async ({ world, openToWrite, examine, port: wanted, tell }) => {
  const client = await readClient();
  const servers: Server[] = [];
  let port = wanted;
  for (const address of ADDRESSES) {
    const server = boundServer();
    const problem = await listening(server, port, address);
    if (problem === "absent") continue;
    if (problem !== "none") {
      await closeAll(servers);
      return refuse(refusal("surface/port-taken", { port, address, problem }));
    }
    servers.push(server);
    port = portOf(server);
  }
  const door = doorAt(port);
  const streams = streamsOf(world.store);
  const replays = replaysHere(tell);
  const writes = openToWrite === "read-only" ? openToWrite : () => inBrowser(openToWrite, door.origin);
  const app = surfaceApp({
    door,
    reading: readingOf(world),
    streams,
    client,
    writes,
    replays,
    examine: oneAtATime(examine),
    tell,
  });
  const { answering, answer } = countedAnswers(app.fetch);
  const listener = getRequestListener(answer, { overrideGlobalObjects: false });
  for (const server of servers) server.on("request", (incoming, outgoing) => void listener(incoming, outgoing));
  const served: Served = {
    url: `${door.origin}/#token=${door.token}`,
    port,
    manual: client.has(MANUAL) ? `${door.origin}${MANUAL}` : "none",
    close: async () => {
      streams.end();
      await closeAll(servers);
      // Whoever asked may have left; what reads the home for him has to be done before the home is closed.
      await Promise.allSettled(answering);
      await replays.end();
    },
  };
  return ok(served);
};

type Fetch = (request: Request) => Response | Promise<Response>;

const countedAnswers = (
  fetch: Fetch,
): { readonly answering: ReadonlySet<Promise<Response>>; readonly answer: (request: Request) => Promise<Response> } => {
  const answering = new Set<Promise<Response>>();
  const answer = async (request: Request): Promise<Response> => {
    const one = Promise.resolve(fetch(request));
    answering.add(one);
    return one.finally(() => answering.delete(one));
  };
  return { answering, answer };
};

// However many pages ask, this machine is looked at once for all of them.
const oneAtATime = <T>(act: () => Promise<T>): (() => Promise<T>) => {
  let now: Promise<T> | undefined;
  return () =>
    (now ??= act().finally(() => {
      now = undefined;
    }));
};

// What a person does on a page is recorded as done there.
const inBrowser = async (open: () => Promise<World>, page: string): Promise<World> => {
  const world = await open();
  return { ...world, operator: { ...world.operator, channel: "web", page } };
};

const ADDRESSES = ["127.0.0.1", "::1"] as const;

/** A client that is slow, silent or many takes nothing from another one. */
const boundServer = (): Server => {
  const server = createServer({
    maxHeaderSize: LIMITS.surfaceHeaderBytesMax,
    headersTimeout: LIMITS.surfaceHeadersTimeoutMs,
    requestTimeout: LIMITS.surfaceRequestTimeoutMs,
    keepAliveTimeout: LIMITS.surfaceKeepAliveMs,
    connectionsCheckingInterval: LIMITS.surfaceCheckMs,
  });
  server.maxConnections = LIMITS.surfaceConnectionsMax;
  server.timeout = LIMITS.surfaceIdleMs;
  return server;
};

/** "absent" where this machine has no such address. */
const listening = (server: Server, port: number, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const { code = "" } = error;
      if (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT") resolve("absent");
      else if (code in PROBLEMS) resolve(PROBLEMS[code] ?? code);
      else reject(error);
    });
    server.listen({ port, host, ipv6Only: true, exclusive: true }, () => {
      server.removeAllListeners("error");
      resolve("none");
    });
  });

const PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process has it",
  EACCES: "this user may not have it",
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("a server that listens has a port");
  return address.port;
};

const closeAll = async (servers: readonly Server[]): Promise<void> => {
  const closed = servers.map(
    (server) =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  );
  const all = setTimeout(() => servers.forEach((server) => server.closeAllConnections()), LIMITS.surfaceEndMs);
  await Promise.all(closed);
  clearTimeout(all);
};
