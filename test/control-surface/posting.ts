import { appendFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "vitest";

import { TOKEN_HEADER } from "../../src/control-surface/door.ts";
import { serveSurface } from "../../src/control-surface/serve.ts";
import type { Served } from "../../src/harness/home/served.ts";
import type { World } from "../../src/harness/world.ts";
import type { Passkey } from "../fixtures/ssh.ts";
import type { Ground } from "../journeys/ground.ts";

/** The Control Surface on a port of its own, over a real home. */
export const servedOver = async (reads: World, openToWrite: (() => Promise<World>) | "read-only"): Promise<Served> => {
  const started = await serveSurface({
    world: reads,
    openToWrite,
    examine: () => Promise.resolve([]),
    port: 0,
    tell: (line) => expect(line).toBe(""),
  });
  if (!started.ok) throw new Error(started.refusals.map(({ code }) => code).join(", "));
  return started.value;
};

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Posts as the page of this server does, or otherwise. */
export const postTo = async (
  at: Served,
  address: string,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> => {
  const { origin, hash } = new URL(at.url);
  const headers = {
    [TOKEN_HEADER]: hash.replace("#token=", ""),
    origin,
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
    ...more,
  };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${origin}${address}`, { method: "POST", headers, body: text });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
};

export const getFrom = async (at: Served, address: string): Promise<Answer> => {
  const { origin, hash } = new URL(at.url);
  const response = await fetch(`${origin}${address}`, { headers: { [TOKEN_HEADER]: hash.replace("#token=", "") } });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
};

export const originOf = ({ url }: Served): string => new URL(url).origin;

/** Adds a line for a key to the trust root of a home, by hand, as a person does. */
export const enrol = (
  { home }: Ground,
  name: string,
  key: { readonly publicKey: string } | Passkey,
  {
    roles = "approval@cto-harness,outcome@cto-harness",
    comment = "",
  }: { readonly roles?: string; readonly comment?: string } = {},
): Promise<void> =>
  appendFile(
    path.join(home, ".sot/authority/allowed_signers"),
    `${name} namespaces="${roles}" ${key.publicKey}${comment}\n`,
  );
