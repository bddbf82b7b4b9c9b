import { z } from "zod";

/** What the run's agents used of their model, as the relay counted it; the cost in millionths by the policy's prices. */
export interface ReportedModelUse {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Not all of it is the provider's own number. */
  readonly estimated: boolean;
  /** Null where nobody knows it. */
  readonly cost: { readonly micros: number; readonly currency: string } | null;
}

export const modelUseSchema: z.ZodType<ReportedModelUse> = z.strictObject({
  requests: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  estimated: z.boolean(),
  cost: z.strictObject({ micros: z.int(), currency: z.string() }).nullable(),
});

/** The same in a sentence. What nobody priced is unknown, and never nothing. */
export const modelUseSays = ({ requests, inputTokens, outputTokens, estimated, cost }: ReportedModelUse): string => {
  const tokens = `${requests} requests, ${inputTokens} tokens in, ${outputTokens} out${estimated ? ", partly estimated" : ""}`;
  return cost === null
    ? `${tokens}; cost unknown: no prices in policy.yaml, or no answer that came`
    : `${tokens}; cost ${inUnits(cost.micros)} ${cost.currency} by the prices of policy.yaml`;
};

const inUnits = (micros: number): string => {
  const digits = String(micros).padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
};
