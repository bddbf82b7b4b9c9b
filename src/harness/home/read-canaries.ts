import { isJsonObject } from "../../workflow/digest.ts";
import type { ChainedEvent } from "../../workflow/event-chain.ts";
import { CANARY_VERDICTS } from "../../workflow/vocabulary.ts";
import type { CanaryPassObject } from "../objects/run.ts";

/** The canaries of a run, by its facts. A verdict that is unknown here counts as not tried: it proves nothing. */
export const canariesIn = (events: readonly ChainedEvent[]): readonly CanaryPassObject[] =>
  events
    .filter(({ type }) => type === "sandbox.canary")
    .map(({ sequence, data: { pass, purpose, results } }) => ({
      pass: textOf(pass),
      purpose: textOf(purpose),
      event: sequence,
      results: Object.fromEntries(
        Object.entries(isJsonObject(results) ? results : {}).map(([canary, verdict]) => [
          canary,
          CANARY_VERDICTS.find((known) => known === verdict) ?? "not-tried",
        ]),
      ),
    }));

const textOf = (value: unknown): string => (typeof value === "string" ? value : "unknown");
