import type { TokenUse } from "../../workflow/policy/exchange.ts";

/** What a request may cost at most, before anybody knows. */
export interface Estimate {
  readonly input: number;
  readonly output: number;
}

export const tokensIn = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN);

const BYTES_PER_TOKEN = 4;

interface Ending {
  readonly end: "whole" | "broken-off";
  /** The provider's own numbers, as far as they came. */
  readonly said: Estimate | undefined;
  readonly estimate: Estimate | "free";
  /** Of the answer, as far as it came. */
  readonly bytes: number;
}

/**
 * What an answer is charged: the provider's numbers when it is whole. Whoever breaks one off does not see what it cost,
 * for the provider may go on; so it costs what was held for it, or what was seen of it where that is more.
 */
export const usageOf = ({ end, said, estimate, bytes }: Ending): TokenUse | null => {
  if (end === "whole" && said !== undefined) return { ...said, estimated: false };
  if (estimate === "free") return said === undefined ? null : { ...said, estimated: false };
  const seen = said ?? { input: estimate.input, output: tokensIn(bytes) };
  if (end === "whole") return { ...seen, estimated: true };
  return {
    input: Math.max(estimate.input, seen.input),
    output: Math.max(estimate.output, seen.output),
    estimated: true,
  };
};
