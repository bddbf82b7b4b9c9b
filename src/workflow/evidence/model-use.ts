import { at, numberAt, textAt } from "../backend/loose.ts";
import type { EventLine } from "./event-line.ts";
import type { ReportedModelUse } from "./schemas/model-use.ts";

/** What a run's agents used of their model, by the relay's own events; undefined where no model was asked. */
export const modelUse = (events: readonly EventLine[]): ReportedModelUse | undefined => {
  const requests = events.filter(({ type }) => type === "model.requested").length;
  if (requests === 0) return undefined;
  const answers = events.filter(({ type }) => type === "model.answered").map(({ data }) => at(data, "claimed"));
  const sum = (...names: readonly string[]): number =>
    Math.min(
      Number.MAX_SAFE_INTEGER,
      answers.reduce<number>((total, claimed) => total + (numberAt(claimed, ...names) ?? 0), 0),
    );
  const currency = answers.flatMap((claimed) => textAt(claimed, "cost", "currency") ?? [])[0];
  return {
    requests,
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    // A request whose answer nobody saw has cost something as well.
    estimated: answers.length < requests || answers.some((claimed) => at(claimed, "estimated") === true),
    cost: currency === undefined ? null : { micros: sum("cost", "micros"), currency },
  };
};
