import { randomUUID } from "node:crypto";

import { Hono, type Context } from "hono";

import type { DoctorCheck } from "../harness/objects/doctor.ts";
import type { Reading } from "../harness/reading/reading.ts";
import { refusal } from "../workflow/refusal.ts";
import { artifactResponse } from "./artifact.ts";
import { askedOf } from "./asked.ts";
import { readBody } from "./body.ts";
import { clientResponse, type Client } from "./client.ts";
import type { Door } from "./door.ts";
import type { Streams } from "./events.ts";
import { HEADERS, ONLY_READS } from "./headers.ts";
import { entranceOf } from "./objections.ts";
import { operationRoutes } from "./operations.ts";
import { problemOf, problemOfError, type Problem } from "./problem.ts";
import { readRoutes } from "./read-routes.ts";
import type { Replays } from "./replay-here.ts";
import type { Reply, Route } from "./reply.ts";
import { SIGNING_ROUTES, signingPages } from "./signing-routes.ts";
import { answerTogether, askedTogether } from "./together.ts";
import type { OpenToWrite, WriteRoute } from "./write-route.ts";
import { WRITE_ROUTES } from "./write-routes.ts";

/** What the Control Surface is made of; it knows nothing of sockets. */
export interface Parts {
  readonly door: Door;
  readonly reading: Reading;
  readonly streams: Streams;
  readonly client: Client;
  readonly writes: OpenToWrite | "read-only";
  readonly replays: Replays;
  readonly examine: () => Promise<readonly DoctorCheck[]>;
  readonly tell: (line: string) => void;
}

/** Every request passes the door first; what no route is written for is refused. */
export const surfaceApp = ({ door, reading, streams, client, writes, replays, examine, tell }: Parts): Hono => {
  const app = new Hono({ strict: true });
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    if (writes === "read-only") context.res.headers.set(ONLY_READS, "1");
    if (!context.res.headers.has("Cache-Control")) context.res.headers.set("Cache-Control", "no-store");
  });
  app.use(async (context, next) => {
    const entrance = entranceOf(context.req.raw, door, context.req.path);
    switch (entrance.kind) {
      case "enters":
        return next();
      case "moved":
        return new Response(null, { status: 308, headers: { Location: entrance.to } });
      case "refused":
        return problemResponse(problemOf([entrance.refusal]));
    }
  });
  for (const route of readRoutes(reading, examine)) app.get(route.path, (context) => answer(context, route));
  if (writes !== "read-only") {
    for (const route of [...WRITE_ROUTES, ...SIGNING_ROUTES, replays.route])
      app.post(route.path, (context) => write(context, route, writes));
    for (const route of signingPages(writes)) app.get(route.path, (context) => answer(context, route));
  }
  operationRoutes(app, reading);
  app.get("/api/together", async ({ req: { raw } }) => {
    const asked = askedTogether(new URL(raw.url));
    if (!asked.ok) return problemResponse(problemOf(asked.refusals));
    const together = await answerTogether(raw, asked.value, (request) => app.fetch(request));
    return jsonResponse(together, 200, "application/json");
  });
  app.get("/api/events", async (context) => {
    const asked = askedOf(context, []);
    const stream = asked.ok ? await streams.open(context.req.header("Last-Event-ID")) : asked;
    return stream.ok ? eventResponse(stream.value) : problemResponse(problemOf(stream.refusals));
  });
  app.notFound((context) => {
    const { path, method } = context.req;
    if (method !== "GET") return problemResponse(problemOf([refusal("surface/wrong-method", { method })]));
    const isApi = path === "/api" || path.startsWith("/api/");
    const page = isApi ? undefined : clientResponse(client, path);
    return page ?? problemResponse(problemOf([refusal("surface/nothing-there", { what: "address", name: path })]));
  });
  app.onError((error, { req: { method, path } }) => {
    const problem = problemOfError(error);
    if (problem.status === 500) tell(`${method} ${path}: ${error.stack ?? error.message}`);
    return problemResponse(problem);
  });
  return app;
};

const answer = async (context: Context, route: Route): Promise<Response> => {
  const asked = askedOf(context, route.query);
  if (!asked.ok) return problemResponse(problemOf(asked.refusals));
  return responseTo(await route.answer(asked.value), context);
};

const write = async (context: Context, route: WriteRoute, open: OpenToWrite): Promise<Response> => {
  const asked = askedOf(context, []);
  if (!asked.ok) return problemResponse(problemOf(asked.refusals));
  const body = await readBody(context.req.raw);
  if (!body.ok) return problemResponse(problemOf(body.refusals));
  return responseTo(await route.answer(open, asked.value.name, body.value), context);
};

const responseTo = (reply: Reply, { req }: Context): Response => {
  switch (reply.kind) {
    case "object":
      return jsonResponse(reply.value, reply.status ?? 200, "application/json");
    case "bytes":
      return artifactResponse(reply, { byDigest: req.query("sha256"), held: req.header("If-None-Match") });
    case "refused":
      return problemResponse(problemOf(reply.refusals, reply.near));
  }
};

/** The id is in the answer alone: whoever reports a problem can be asked for it. */
const problemResponse = ({ status, body }: Problem): Response =>
  jsonResponse({ ...body, requestId: randomUUID() }, status, "application/problem+json", RETRY[status]);

const RETRY: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  405: { Allow: "GET" },
  413: { Connection: "close" },
  429: { "Retry-After": "5", Connection: "close" },
  503: { "Retry-After": "1" },
};

const jsonResponse = (
  value: object,
  status: number,
  type: string,
  more: Readonly<Record<string, string>> = {},
): Response => new Response(JSON.stringify(value), { status, headers: { "Content-Type": type, ...more } });

const eventResponse = (stream: ReadableStream<Uint8Array>): Response =>
  new Response(stream, { status: 200, headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store" } });
