import { z } from "zod";

import { LIMITS } from "../../workflow/limits.ts";

/** The most tokens that an answer to this body may have, by its own word; the default where it says nothing. */
export const askedOutput = (body: unknown): number => {
  const { data } = asked.safeParse(body);
  const each = Math.max(...COUNTS.map((name) => data?.[name] ?? 0), data?.generationConfig?.maxOutputTokens ?? 0);
  const answers = Math.max(data?.n ?? 1, data?.generationConfig?.candidateCount ?? 1);
  // Two large numbers make one that no line can hold.
  return Math.min(Number.MAX_SAFE_INTEGER, Math.ceil((each === 0 ? LIMITS.relayOutputTokensDefault : each) * answers));
};

const COUNTS = ["max_tokens", "max_completion_tokens", "max_output_tokens"] as const;

const count = z.number().positive().optional().catch(undefined);

const asked = z.object({
  n: count,
  max_tokens: count,
  max_completion_tokens: count,
  max_output_tokens: count,
  generationConfig: z.object({ maxOutputTokens: count, candidateCount: count }).optional().catch(undefined),
});
