import type { IncomingMessage, ServerResponse } from "node:http";

import type { ToolDesk } from "../../seams/backend.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Door } from "./model-door.ts";
import { leaveRoom, readBody } from "./read-body.ts";
import { openTally } from "./tally.ts";

/** Path of the Harness's own tools; answered here, never sent on, and open only while a backend offers them. */
export const TOOLS_PATH = "/.cto/tools";

/** One message to the tools: 200 with the answer, 202 where none is wanted. Each call is told by whoever does it. */
export const answerTools = async (
  door: Door,
  tools: ToolDesk,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const read = await readBody(request, LIMITS.toolMessageBytesMax, door.room, openTally());
  if (typeof read === "string") {
    end(response, read === "relay/request-too-large" ? 413 : 503, new Uint8Array());
    return;
  }
  try {
    const answer = await tools(read);
    if (answer === undefined) end(response, 202, new Uint8Array());
    else end(response, 200, answer);
  } finally {
    leaveRoom(door.room, read);
  }
};

const end = (response: ServerResponse, status: number, body: Uint8Array): void => {
  if (response.destroyed) return;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": body.length,
    connection: "close",
  });
  response.end(body);
};
