import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { isRecord } from "../../../src/workflow/backend/loose.ts";
import { apiOf, offeredTools, replyTo } from "./read-request.ts";
import type { Fault, Script } from "./script.ts";
import { speak } from "./speak.ts";

/** One request as it came, for what a test asks about it. */
interface AskedOfModel {
  readonly path: string;
  readonly turn: number;
  readonly tools: readonly string[];
  /** Everything that a key could stand in. */
  readonly authorization: string;
}

/** A provider that follows a script, in the four forms of the relay. Loopback only, a free port. */
export interface ScriptedModel {
  readonly origin: string;
  readonly asked: readonly AskedOfModel[];
  /** Ends every connection and waits until it is over. */
  close(): Promise<void>;
}

export const startScriptedModel = async (script: Script): Promise<ScriptedModel> => {
  const asked: AskedOfModel[] = [];
  const played = new Map<number, number>();
  let count = 0;

  const faultNow = (turn: number, fault: Fault | undefined): Fault | undefined => {
    const times = played.get(turn) ?? 0;
    played.set(turn, times + 1);
    return fault?.times !== undefined && times >= fault.times ? undefined : fault;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse, text: string): Promise<void> => {
    const [path = ""] = (request.url ?? "").split("?");
    const api = request.method === "POST" ? apiOf(path) : undefined;
    if (api === undefined) {
      sideAnswer(request, response, path);
      return;
    }
    const body: unknown = JSON.parse(text);
    const n = (count += 1);
    const planned = replyTo(api, body, script);
    const { authorization, "x-api-key": xApiKey, "x-goog-api-key": goog } = request.headers;
    asked.push({
      path,
      turn: planned.turn,
      tools: offeredTools(api, body).map(({ name }) => name),
      authorization: [authorization, xApiKey, goog].filter((header) => header !== undefined).join(" "),
    });
    const fault = faultNow(planned.turn, planned.fault);
    if (fault !== undefined && "hangs" in fault) return;
    if (fault !== undefined && "status" in fault) {
      json(response, { error: { type: "scripted_fault", message: `scripted ${fault.status}` } }, fault.status);
      return;
    }
    const streams = (isRecord(body) && body["stream"] === true) || /:stream/i.test(path);
    const spoken = speak(api, { body, reply: { ...planned, fault }, n, streams });
    if ("json" in spoken) {
      json(response, spoken.json);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
    let sent = 0;
    for (const event of spoken.events) {
      if (fault !== undefined && "dropAfterBytes" in fault && sent >= fault.dropAfterBytes) {
        response.destroy();
        return;
      }
      response.write(event);
      sent += event.length;
    }
    response.end();
  };

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("error", () => response.destroy());
    request.on("end", () => {
      answer(request, response, Buffer.concat(parts).toString("utf8")).catch(() => response.destroy());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
};

const sideAnswer = (request: IncomingMessage, response: ServerResponse, path: string): void => {
  if (path.endsWith("/count_tokens")) json(response, { input_tokens: 1000 });
  else if (path.endsWith(":countTokens")) json(response, { totalTokens: 1000 });
  else if (path.endsWith("/models")) json(response, { object: "list", data: [{ id: "scripted", object: "model" }] });
  else json(response, { error: { message: `there is no ${request.method} ${path} here` } }, 404);
};
