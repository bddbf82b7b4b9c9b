import { at, isRecord, textAt } from "./loose.ts";

export type MessageId = string | number | null;

/** A JSON-RPC message by its shape. What has none of the three is "malformed". */
export type AcpMessage =
  | { readonly kind: "request"; readonly id: MessageId; readonly method: string; readonly params: unknown }
  | { readonly kind: "notification"; readonly method: string; readonly params: unknown }
  | { readonly kind: "response"; readonly id: MessageId; readonly result: unknown; readonly error: unknown }
  | { readonly kind: "malformed" };

export const readMessage = (frame: unknown): AcpMessage => {
  const id = at(frame, "id");
  const method = textAt(frame, "method");
  if (!isRecord(frame) || (id !== undefined && !isId(id))) return { kind: "malformed" };
  if (method !== undefined) {
    const params = at(frame, "params");
    return id === undefined ? { kind: "notification", method, params } : { kind: "request", id, method, params };
  }
  const hasAnswer = Object.hasOwn(frame, "result") || Object.hasOwn(frame, "error");
  if (id === undefined || !hasAnswer) return { kind: "malformed" };
  return { kind: "response", id, result: at(frame, "result"), error: at(frame, "error") };
};

const isId = (id: unknown): id is MessageId => id === null || typeof id === "string" || typeof id === "number";
