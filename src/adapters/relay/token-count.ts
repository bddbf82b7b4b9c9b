import { z } from "zod";

import { exceedsBounds } from "../../workflow/json-bounds.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** Reads the provider's own numbers out of an answer while it passes. */
export interface TokenCount {
  feed(bytes: Uint8Array): void;
  end(): void;
  /** The largest numbers reported so far: providers repeat and raise them. */
  reported(): { readonly input: number; readonly output: number } | undefined;
}

export const countTokens = (contentType: string): TokenCount => {
  const decoder = new TextDecoder();
  const isStream = contentType.startsWith("text/event-stream");
  // Of the line that has not ended yet, or of the whole; put together once, since a line may come in many pieces.
  let pieces: string[] = [];
  let seen: { readonly input: number; readonly output: number } | undefined;

  const take = (json: string): void => {
    for (const { input, output } of usesIn(json))
      seen = { input: Math.max(seen?.input ?? 0, input), output: Math.max(seen?.output ?? 0, output) };
  };
  const takeLines = (piece: string): void => {
    const [first = "", ...lines] = piece.split(/\r\n|\r|\n/);
    pieces.push(first);
    for (const line of lines) {
      takeLine(pieces.join(""));
      pieces = [line];
    }
  };
  const takeLine = (line: string): void => {
    if (line.startsWith("data:") && /usage/i.test(line)) take(line.slice("data:".length));
  };
  return {
    feed: (bytes) => {
      const piece = decoder.decode(bytes, { stream: true });
      if (isStream) takeLines(piece);
      else pieces.push(piece);
    },
    end: () => {
      if (isStream) takeLine(pieces.join(""));
      else take(pieces.join(""));
    },
    reported: () => seen,
  };
};

const count = z.int().nonnegative().catch(0);

const usage = z
  .looseObject({
    prompt_tokens: count,
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    promptTokenCount: count,
    completion_tokens: count,
    output_tokens: count,
    candidatesTokenCount: count,
    thoughtsTokenCount: count,
    total_tokens: count,
    totalTokenCount: count,
  })
  .optional()
  .catch(undefined);

// chat, responses and anthropic; `response` and `message` are what their streams wrap it in; gemini has its own word.
const holder = { usage, usageMetadata: usage };
const wrapped = z.looseObject(holder).optional().catch(undefined);
const piece = z.looseObject({ ...holder, response: wrapped, message: wrapped });

const usesIn = (json: string): readonly { readonly input: number; readonly output: number }[] => {
  if (exceedsBounds(Buffer.from(json), BOUNDS)) return [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((one) => {
    const read = piece.safeParse(one);
    if (!read.success) return [];
    const { data } = read;
    return [data, data.response, data.message].flatMap((place) =>
      [place?.usage, place?.usageMetadata].flatMap((said) => (said === undefined ? [] : [useOf(said)])),
    );
  });
};

const BOUNDS = { partsMax: LIMITS.relayBodyPartsMax, depthMax: LIMITS.relayBodyDepthMax } as const;

const useOf = (said: NonNullable<z.infer<typeof usage>>): { readonly input: number; readonly output: number } => {
  const input =
    said.prompt_tokens +
    said.input_tokens +
    said.cache_creation_input_tokens +
    said.cache_read_input_tokens +
    said.promptTokenCount;
  const output = said.completion_tokens + said.output_tokens + said.candidatesTokenCount + said.thoughtsTokenCount;
  // What a total holds beyond both is thought that is paid for as well.
  return { input, output: Math.max(output, said.total_tokens - input, said.totalTokenCount - input) };
};
