import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";

import { LIMITS } from "../../workflow/limits.ts";
import type { Upstream } from "../../workflow/relay-policy.ts";
import { pinned, type Address, type Resolve } from "./address.ts";

/** The one provider behind a relay, with its key and its one address. */
export interface Provider {
  readonly upstream: Upstream;
  readonly key: string | undefined;
  readonly host: string;
  readonly address: () => Promise<Address | undefined>;
}

export const providerOf = (upstream: Upstream, key: string | undefined, resolve: Resolve): Provider => {
  const { hostname, port, protocol } = new URL(upstream.origin);
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return { upstream, key, host: `${hostname}:${number}`, address: pinned(hostname, number, resolve) };
};

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array | "none";
  readonly signal: AbortSignal;
}

/** Asks the provider at its address, by its name. "unreached" when nothing of the request can have come to it. */
export const callUpstream = (
  { upstream }: Provider,
  { host, port, address }: Address,
  call: Call,
): Promise<IncomingMessage | "no-answer" | "unreached"> =>
  new Promise((resolve) => {
    const isSecret = upstream.origin.startsWith("https:");
    const send = isSecret ? httpsRequest : httpRequest;
    let isReached = false;
    const request = send({
      host: address,
      port,
      servername: host,
      // No variable of the operator switches this off.
      rejectUnauthorized: true,
      method: call.method,
      path: call.path,
      headers: call.headers,
      agent: false,
      signal: call.signal,
      timeout: LIMITS.relayUpstreamIdleMs,
      maxHeaderSize: LIMITS.relayHeaderBytesMax,
    });
    request.once("socket", (socket) =>
      socket.once(isSecret ? "secureConnect" : "connect", () => {
        isReached = true;
      }),
    );
    request.once("response", resolve);
    request.once("timeout", () => request.destroy());
    request.on("error", () => resolve(isReached ? "no-answer" : "unreached"));
    request.once("close", () => resolve(isReached ? "no-answer" : "unreached"));
    request.end(call.body === "none" ? undefined : call.body);
  });
