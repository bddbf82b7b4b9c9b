import type { ReportedModelUse } from "../schemas/model-use.ts";
import { eventsOf } from "./events.ts";
import type { Reading } from "./reading.ts";

/** Whether a report tells of its model what the relay's events add up to. One that tells nothing of it tells nothing wrong. */
export const isModelUseTold = (events: Reading["events"], model: ReportedModelUse | undefined): boolean => {
  if (model === undefined) return true;
  const answers = eventsOf(events, "model.answered").map(({ data }) => members(data["claimed"]));
  const costs = answers.map(({ cost }) => members(cost));
  const requests = eventsOf(events, "model.requested").length;
  const estimated = answers.length < requests || answers.some((claimed) => claimed["estimated"] === true);
  const priced = costs.filter(({ currency }) => currency !== undefined);
  return (
    model.requests === requests &&
    model.inputTokens === sum(answers, "inputTokens") &&
    model.outputTokens === sum(answers, "outputTokens") &&
    model.estimated === estimated &&
    (model.cost === null
      ? priced.length === 0
      : model.cost.micros === sum(costs, "micros") &&
        priced.length > 0 &&
        priced.every(({ currency }) => currency === model.cost?.currency))
  );
};

type Members = Readonly<Record<string, unknown>>;

const members = (value: unknown): Members => (typeof value === "object" && value !== null ? { ...value } : {});

const sum = (all: readonly Members[], name: string): number =>
  Math.min(
    Number.MAX_SAFE_INTEGER,
    all.reduce((total, one) => total + (typeof one[name] === "number" ? one[name] : 0), 0),
  );
