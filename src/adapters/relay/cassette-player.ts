import { createServer } from "node:http";

import type { Played } from "../../workflow/evidence/cassette.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Recording } from "../../workflow/policy/exchange.ts";

/** A provider on this machine that answers as a cassette holds it, and asks nobody. */
export interface Player {
  /** `http://127.0.0.1:port`. */
  readonly origin: string;
  readonly played: () => Played;
  close(): Promise<void>;
}

/** Answers the very request that was recorded, else the next of its path, else 404; the agent's own order is not ours. */
export const playCassette = async (recordings: readonly Recording[]): Promise<Player> => {
  const left = [...recordings];
  const unknown: string[] = [];
  let same = 0;
  let altered = 0;

  const take = (method: string, path: string, body: string): Recording | undefined => {
    const isAsked = (one: Recording): boolean => one.method === method && one.path === path;
    const exact = left.findIndex((one) => isAsked(one) && one.request === body);
    const at = exact === -1 ? left.findIndex(isAsked) : exact;
    if (at === -1) return undefined;
    if (exact === -1) altered += 1;
    else same += 1;
    const [found] = left.splice(at, 1);
    return found;
  };

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on("error", () => response.destroy());
    request.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes > LIMITS.relayRequestBytesMax) request.destroy();
      else parts.push(part);
    });
    request.on("end", () => {
      const [path = ""] = (request.url ?? "").split("?");
      const found = take(request.method ?? "", path, Buffer.concat(parts).toString("utf8"));
      if (found === undefined) {
        if (unknown.length < UNKNOWN_MAX) unknown.push(`${request.method} ${path}, ${bytes} bytes`);
        response.writeHead(404, { "content-type": "application/json" });
        response.end('{"error":{"message":"no recorded answer is left"}}');
        return;
      }
      const text = found.chunks.map((chunk) => chunk.text).join("");
      const isStream = /^(?:event|data|id|retry|)\s*:/.test(text);
      response.writeHead(found.status, { "content-type": isStream ? "text/event-stream" : "application/json" });
      response.end(text);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    played: () => ({ unknown, same, altered, unused: left.length }),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

const UNKNOWN_MAX = 100;
