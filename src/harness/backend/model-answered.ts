import type { Exchange } from "../../workflow/policy/exchange.ts";
import { modelCost } from "../../workflow/policy/model-cost.ts";
import type { ModelPrices } from "../../workflow/relay-policy.ts";
import type { Recorder } from "../run/recorder.ts";

export type ModelData = Parameters<Recorder["record"]>[0]["data"];

/** What `model.answered` tells of one exchange: what was seen of it, and apart from that what its provider claims. */
export const answered = (
  { status, ms, verdict, rule, request, response, model, usage }: Exchange,
  prices: ModelPrices | undefined,
): ModelData => ({
  status,
  ms,
  verdict,
  rule,
  requestSha256: request.sha256,
  responseSha256: response.sha256,
  claimed: {
    model,
    ...(usage === null ? {} : { inputTokens: usage.input, outputTokens: usage.output, estimated: usage.estimated }),
    ...(prices === undefined ? {} : { cost: { ...modelCost(prices, usage) } }),
  },
});
