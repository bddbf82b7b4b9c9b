import type { ModelPrices } from "../relay-policy.ts";
import type { TokenUse } from "./exchange.ts";

/** What tokens cost by the policy's prices, in millionths of the currency. */
export interface ModelCost {
  readonly micros: number;
  readonly currency: string;
}

/** A price of a million tokens is the price of one in millionths. What a provider refused was free. */
export const modelCost = ({ input, output, currency }: ModelPrices, used: TokenUse | null): ModelCost => {
  const micros = used === null ? 0 : Math.ceil(used.input * input + used.output * output);
  return { micros: Math.min(micros, Number.MAX_SAFE_INTEGER), currency };
};
