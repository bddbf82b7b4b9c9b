import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import type { Exchange } from "../../workflow/policy/exchange.ts";
import { pinned, type Address, type Resolve } from "./address.ts";
import type { Dial } from "./dial.ts";
import type { Door } from "./model-door.ts";
import { openTally, type Tally } from "./tally.ts";
import { orGone } from "./wait.ts";

/** The hosts of one order, each with its one address. */
export type Hosts = ReadonlyMap<string, () => Promise<Address | undefined>>;

export const hostsOf = (hosts: readonly string[], resolve: Resolve): Hosts =>
  new Map(
    hosts.map((host) => {
      const [name = "", port = ""] = host.split(":");
      return [host, pinned(name, Number(port), resolve)];
    }),
  );

/** What all tunnels of one relay share. */
export interface ConnectDoor {
  readonly door: Door;
  readonly hosts: Hosts;
  readonly dial: Dial;
}

/** CONNECT to exactly a host of the list: 200 or 403, and a line. What passes through the tunnel is counted, not seen. */
export const answerConnect = async (
  { door, hosts, dial }: ConnectDoor,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> => {
  const started = door.now();
  const sent = openTally();
  const got = openTally();
  const host = request.url ?? "";
  client.on("error", () => client.destroy());
  const gone = new AbortController();
  client.once("close", () => gone.abort());
  if (client.destroyed) gone.abort();
  const tell = (verdict: Exchange["verdict"], rule: string, status: number): void =>
    door.order.told({
      n: null,
      channel: "connect",
      verdict,
      rule,
      action: null,
      method: "CONNECT",
      host,
      path: "",
      model: null,
      request: sent.body(),
      response: got.body(),
      status,
      ms: Math.round(door.now() - started),
      usage: null,
    });
  const refuse = (rule: string, status: number): void => {
    if (client.writable) client.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    tell("denied", rule, status);
  };
  const find = hosts.get(host);
  if (find === undefined) return refuse("relay/other-host", 403);
  const over = door.budget.over();
  if (over !== undefined) return refuse(`limit/${over}`, 429);
  const address = await orGone(find(), gone.signal);
  if (address === undefined) return refuse("relay/address-refused", 403);
  const far = await dial(address, gone.signal);
  if (far === undefined) return refuse("relay/no-answer", 502);
  client.write("HTTP/1.1 200 OK\r\n\r\n");
  if (head.length > 0) client.unshift(head);
  const used = await tunnel(door, { client, far, sent, got });
  tell(used === undefined ? "allowed" : "cut", used === undefined ? "relay/host" : `limit/${used}`, 200);
};

interface Tunnel {
  readonly client: Duplex;
  readonly far: Duplex;
  readonly sent: Tally;
  readonly got: Tally;
}

/** Carries bytes both ways until both have ended, one is gone, or something is used up: then its name. */
const tunnel = async (door: Door, { client, far, sent, got }: Tunnel): Promise<string | undefined> => {
  const end = (): void => {
    client.destroy();
    far.destroy();
  };
  client.once("close", end);
  far.once("close", end);
  let used: string | undefined;
  const carry = async (from: Duplex, to: Duplex, tally: Tally): Promise<void> => {
    try {
      // Where one side has said all, the other may still be speaking.
      for await (const chunk of from.iterator({ destroyOnReturn: false })) {
        const bytes = Buffer.from(chunk);
        tally.add(bytes);
        used ??= door.budget.bytes(bytes.length);
        if (used !== undefined) return end();
        if (!to.write(bytes)) await drained(to);
      }
      to.end();
    } catch {
      end();
    }
  };
  await Promise.all([carry(client, far, sent), carry(far, client, got)]);
  return used;
};

const drained = (to: Duplex): Promise<void> =>
  new Promise((resolve) => {
    if (to.destroyed) return resolve();
    to.once("drain", resolve);
    to.once("close", resolve);
  });
