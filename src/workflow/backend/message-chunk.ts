import type { Json } from "../digest.ts";
import { readMessage } from "./acp-message.ts";
import type { Frame } from "./frame.ts";
import { at, isRecord, plainJson, textAt } from "./loose.ts";

/** What a frame is for a message that comes in pieces: one more piece of it, its end, or something beside it. */
export type MessagePart =
  | { readonly kind: "piece"; readonly role: string; readonly text: string }
  | { readonly kind: "end" }
  | { readonly kind: "beside" };

/** Which update is a piece of whose message. */
export const CHUNKS: Readonly<Record<string, string>> = {
  agent_message_chunk: "agent",
  agent_thought_chunk: "thought",
  user_message_chunk: "user",
};

export const partOfMessage = (frame: Frame): MessagePart => {
  if (frame.dir !== "in" || "raw" in frame) return { kind: "beside" };
  const message = readMessage(frame.frame);
  if (message.kind !== "notification" || message.method !== "session/update") return { kind: "beside" };
  const update = at(message.params, "update");
  const kind = textAt(update, "sessionUpdate") ?? "";
  const role = Object.hasOwn(CHUNKS, kind) ? CHUNKS[kind] : undefined;
  const text = textAt(update, "content", "text");
  return role === undefined || text === undefined ? { kind: "end" } : { kind: "piece", role, text };
};

/** The same piece with another text. */
export const withText = (message: Json, text: string): Json => {
  const params = at(message, "params");
  const update = at(params, "update");
  const content = at(update, "content");
  if (!isRecord(message) || !isRecord(params) || !isRecord(update) || !isRecord(content)) return message;
  return plainJson({ ...message, params: { ...params, update: { ...update, content: { ...content, text } } } });
};
