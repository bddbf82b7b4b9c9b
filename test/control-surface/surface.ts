import type { Hono } from "hono";

import { surfaceApp, type Parts } from "../../src/control-surface/app.ts";
import { doorAt, TOKEN_HEADER } from "../../src/control-surface/door.ts";
import { streamsOf } from "../../src/control-surface/events.ts";
import { replaysHere } from "../../src/control-surface/replay-here.ts";
import { readingOf, type Reading } from "../../src/harness/reading/reading.ts";
import type { World } from "../../src/harness/world.ts";
import { admit, approveBy, makeGround, openSwitches, runOnce, type Ground } from "../journeys/ground.ts";

export const RUN = "R-049-01";
export const WORK = "CTO-WORK-049";

/** A home with one sealed run that waits for its outcome. */
export const makeRunGround = async (): Promise<{ readonly ground: Ground; readonly world: World }> => {
  const ground = await makeGround();
  const world = await ground.open(openSwitches("scripted"));
  await admit(world, ground);
  await approveBy(world, ground);
  await runOnce(world, ground);
  return { ground, world };
};

export interface Surface {
  readonly app: Hono;
  readonly reading: Reading;
  readonly headers: Readonly<Record<string, string>>;
  /** What it printed of itself. */
  readonly told: readonly string[];
  /** A GET with the token and the right host, or with others. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  end(): void;
}

/** The Control Surface without a socket, over a real home. */
/** Stands for what the command line looks at; see test/cli/serve.test.ts for the real one. */
export const CHECKS = [{ id: "node", status: "ok", says: "Node 24", fix: "" }] as const;
const examine = (): Promise<typeof CHECKS> => Promise.resolve(CHECKS);

export const surfaceOver = (
  world: World,
  {
    client = new Map(),
    reading = readingOf(world),
    writes = "read-only",
  }: Partial<Pick<Parts, "client" | "reading" | "writes">> = {},
): Surface => {
  const door = doorAt(4049);
  const told: string[] = [];
  const streams = streamsOf(world.store);
  const tell = (line: string): void => void told.push(line);
  const replays = replaysHere(tell);
  const app = surfaceApp({ door, reading, streams, client, writes, replays, examine, tell });
  const headers = { host: "localhost:4049", [TOKEN_HEADER]: door.token };
  const get = async (path: string, more: Readonly<Record<string, string>> = {}): Promise<Response> =>
    app.request(`${door.origin}${path}`, { headers: { ...headers, ...more } });
  return { app, reading, headers, told, get, end: () => streams.end() };
};
