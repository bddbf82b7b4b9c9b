import type { RelayOrder } from "../../seams/relay.ts";

/** What a run has used of its relay. Once something is used up, nothing is given any more. */
export interface Budget {
  request(): string | undefined;
  bytes(more: number): string | undefined;
  tokens(more: number): string | undefined;
  requests(): number;
  /** The name of what is used up, if somebody wanted more than there was. */
  over(): string | undefined;
}

export const openBudget = (max: RelayOrder["budget"]): Budget => {
  const used = { modelRequestsMax: 0, modelBytesMax: 0, modelTokensMax: 0 };
  let over: keyof typeof used | undefined;
  const use = (name: keyof typeof used, more: number): string | undefined => {
    used[name] += more;
    if (used[name] > max[name]) over ??= name;
    return over;
  };
  return {
    request: () => over ?? use("modelRequestsMax", 1),
    bytes: (more) => use("modelBytesMax", more),
    tokens: (more) => use("modelTokensMax", more),
    requests: () => used.modelRequestsMax,
    over: () => over,
  };
};
