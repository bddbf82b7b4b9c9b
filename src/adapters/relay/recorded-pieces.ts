import type { Recording } from "../../workflow/policy/exchange.ts";

/** The text of an answer in pieces as it came, for its recording. */
export interface RecordedPieces {
  add(bytes: Uint8Array, ms: number): void;
  end(): Recording["chunks"];
}

/** What came in one millisecond is one piece: a provider may send each byte by itself, and a piece takes more than that. */
export const recordedPieces = (): RecordedPieces => {
  const chunks: { readonly ms: number; readonly text: string }[] = [];
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let last = 0;
  const close = (text: string): void => {
    if (text !== "") chunks.push({ ms: last, text });
    parts = [];
  };
  return {
    add: (bytes, ms) => {
      if (ms !== last) close(parts.join(""));
      last = ms;
      parts.push(decoder.decode(bytes, { stream: true }));
    },
    end: () => {
      close(`${parts.join("")}${decoder.decode()}`);
      return chunks;
    },
  };
};
