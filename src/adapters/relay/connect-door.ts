import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

import { LIMITS } from "../../workflow/limits.ts";
import type { Exchange } from "../../workflow/policy/exchange.ts";
import { pinned, type Address, type Resolve } from "./address.ts";
import type { Door } from "./model-door.ts";
import { shown } from "./shown.ts";
import { openTally, type Tally } from "./tally.ts";

/** The hosts of one order, each with its one address. */
export type Hosts = ReadonlyMap<string, () => Promise<Address | undefined>>;

export const hostsOf = (hosts: readonly string[], resolve: Resolve): Hosts =>
  new Map(
    hosts.map((host) => {
      const [name = "", port = ""] = host.split(":");
      return [host, pinned(name, Number(port), resolve)];
    }),
  );

/** CONNECT to exactly a host of the list: 200 or 403, and a line. What passes through the tunnel is counted, not seen. */
export const answerConnect = async (
  door: Door,
  hosts: Hosts,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> => {
  const started = door.now();
  const sent = openTally();
  const got = openTally();
  const host = request.url ?? "";
  client.on("error", () => client.destroy());
  const tell = (verdict: Exchange["verdict"], rule: string, status: number): void =>
    door.order.told({
      n: null,
      channel: "connect",
      verdict,
      rule,
      action: null,
      method: "CONNECT",
      host: shown(host),
      path: "",
      model: null,
      request: sent.body(),
      response: got.body(),
      status,
      ms: Math.round(door.now() - started),
      usage: null,
    });
  const find = hosts.get(host);
  const over = door.budget.over();
  const address = find === undefined || over !== undefined ? undefined : await find();
  if (address === undefined) {
    const status = over === undefined ? 403 : 429;
    client.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    const rule = find === undefined ? "relay/other-host" : "relay/address-refused";
    return tell("denied", over === undefined ? rule : `limit/${over}`, status);
  }
  const far = await dial(address);
  if (far === undefined) {
    client.end("HTTP/1.1 502 No answer\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return tell("denied", "relay/no-answer", 502);
  }
  client.write("HTTP/1.1 200 OK\r\n\r\n");
  if (head.length > 0) client.unshift(head);
  const used = await Promise.race([carry(door, client, far, sent), carry(door, far, client, got)]);
  client.destroy();
  far.destroy();
  tell(used === undefined ? "allowed" : "cut", used === undefined ? "relay/host" : `limit/${used}`, 200);
};

const dial = ({ address, port }: Address): Promise<Socket | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: LIMITS.relayHeadersTimeoutMs });
    socket.once("connect", () => {
      socket.setTimeout(LIMITS.relayUpstreamIdleMs, () => socket.destroy());
      resolve(socket);
    });
    socket.once("timeout", () => socket.destroy());
    socket.on("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });

/** Carries bytes one way until an end comes, or until something is used up: then its name. */
const carry = async (door: Door, from: Duplex, to: Duplex, tally: Tally): Promise<string | undefined> => {
  try {
    for await (const chunk of from) {
      const bytes = Buffer.from(chunk);
      tally.add(bytes);
      const over = door.budget.bytes(bytes.length);
      if (over !== undefined) return over;
      if (!to.write(bytes))
        await new Promise<void>((resolve) => {
          to.once("drain", resolve);
          to.once("close", resolve);
        });
    }
  } catch {
    return undefined;
  }
  return undefined;
};
