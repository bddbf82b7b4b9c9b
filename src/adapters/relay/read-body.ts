import type { IncomingMessage } from "node:http";

import { LIMITS } from "../../workflow/limits.ts";
import type { Tally } from "./tally.ts";

/** Room for the bodies of all requests together: many at once must not fill the Harness's memory. */
export interface Room {
  held: number;
}

/** The whole body, or the rule that it breaks. Gives no room back: `leaveRoom` does, once the body is not needed. */
export const readBody = async (
  request: IncomingMessage,
  bytesMax: number,
  room: Room,
  tally: Tally,
): Promise<Buffer | "relay/request-too-large" | "relay/too-busy" | "relay/broken-off"> => {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk);
      tally.add(bytes);
      if (tally.bytes() > bytesMax) return given(room, chunks, "relay/request-too-large");
      if (room.held + bytes.length > LIMITS.relayHeldBytesMax) return given(room, chunks, "relay/too-busy");
      room.held += bytes.length;
      chunks.push(bytes);
    }
  } catch {
    return given(room, chunks, "relay/broken-off");
  }
  return Buffer.concat(chunks);
};

export const leaveRoom = (room: Room, { length }: Uint8Array): void => {
  room.held -= length;
};

const given = <T>(room: Room, chunks: readonly Buffer[], rule: T): T => {
  for (const chunk of chunks) leaveRoom(room, chunk);
  return rule;
};
