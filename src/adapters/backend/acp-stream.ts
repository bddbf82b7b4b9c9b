import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";

import type { Confined } from "../../seams/sandbox.ts";
import { assertNever } from "../../workflow/assert-never.ts";
import { readMessage, type MessageId } from "../../workflow/backend/acp-message.ts";
import type { FrameLog } from "./frame-log.ts";
import { linesOf } from "./lines.ts";

/** A confined process as the SDK's stream, with the log in between: kept first, understood later. */
export interface AcpStream extends Stream {
  /** The end of everything that the agent had to say. */
  readonly done: Promise<void>;
  closeInput(): Promise<void>;
}

/** What is heard beside requests and answers. Notifications never reach the SDK: it would judge their form and complain. */
export interface AcpEars {
  readonly onNotification: (method: string, params: unknown) => void;
  readonly onLimit: (limit: string) => void;
}

export const acpStream = (confined: Confined, log: FrameLog, ears: AcpEars): AcpStream => {
  const asked = new Set<MessageId>();
  const writer = confined.stdin.getWriter();
  const writable = new WritableStream<AnyMessage>({
    write: async (message) => {
      if ("method" in message && "id" in message) asked.add(message.id);
      log.outgoing(message);
      await writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
    },
  });
  const ended = Promise.withResolvers<void>();
  const read = async (controller: ReadableStreamDefaultController<AnyMessage>): Promise<void> => {
    for await (const line of linesOf(confined.stdout)) {
      if (line === "too-long") {
        ears.onLimit("backend frame bytes");
        break;
      }
      if (line.length === 0) continue;
      const message = forSdk(log.incoming(line), asked, ears.onNotification);
      if (message !== undefined) controller.enqueue(message);
    }
    controller.close();
  };
  const readable = new ReadableStream<AnyMessage>({
    start: (controller) => {
      read(controller)
        .catch((error: unknown) => controller.error(error))
        .finally(ended.resolve);
    },
  });
  return {
    readable,
    writable,
    done: ended.promise,
    // An agent that is gone already has closed it itself.
    closeInput: async () => writer.close().catch(() => undefined),
  };
};

// The SDK complains on our stderr about answers to nothing and about what is no message: neither reaches it.
const forSdk = (
  frame: unknown,
  asked: Set<MessageId>,
  onNotification: AcpEars["onNotification"],
): AnyMessage | undefined => {
  const message = readMessage(frame);
  switch (message.kind) {
    case "request":
      return { jsonrpc: "2.0", id: message.id, method: message.method, params: message.params };
    case "notification":
      onNotification(message.method, message.params);
      return undefined;
    case "response": {
      if (!asked.delete(message.id)) return undefined;
      if (message.error === undefined) return { jsonrpc: "2.0", id: message.id, result: message.result };
      return { jsonrpc: "2.0", id: message.id, error: errorOf(message.error) };
    }
    case "malformed":
      return undefined;
    default:
      return assertNever(message);
  }
};

const errorOf = (error: unknown): { readonly code: number; readonly message: string } => {
  const { code, message } =
    typeof error === "object" && error !== null ? { code: undefined, message: undefined, ...error } : {};
  return {
    code: typeof code === "number" ? code : -32603,
    message: typeof message === "string" ? message : "no message",
  };
};
