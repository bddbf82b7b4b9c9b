import { expect, test } from "vitest";

import { runnable } from "./agents.ts";
import { play } from "./play.ts";
import { ENDLESS, FAULTS, MALFORMED, SILENT } from "./scripts.ts";

const agents = runnable().map((agent) => [agent.profile, agent] as const);

test.each(agents)("%s with a model that never ends gets no answer beyond its budget, and ends", async (_, agent) => {
  const { ends, untouched, asked } = await play(agent, ENDLESS, {}, [["modelRequestsMax: 400", "modelRequestsMax: 6"]]);
  // Some see the refusal or that they go in circles, and end by themselves; whoever asks on is voided by the limit.
  if (ends[0] !== "failed") expect(["workspace/limit-reached", "policy/no-change"]).toContain(ends[1]);
  expect(asked).toBeLessThanOrEqual(6);
  expect(untouched).toBe(true);
});

test.each(agents)("%s survives a busy, a broken and a breaking provider, or gives up and says so", async (_, agent) => {
  const { ends, untouched } = await play(agent, FAULTS);
  expect(["awaiting_outcome", "failed", "voided"]).toContain(ends[0]);
  expect(untouched).toBe(ends[0] !== "awaiting_outcome");
});

test.each(agents)("%s and arguments that are no JSON come to an end that is told", async (_, agent) => {
  const { ends, untouched } = await play(agent, MALFORMED);
  expect(["awaiting_outcome", "failed", "voided"]).toContain(ends[0]);
  expect(untouched).toBe(ends[0] !== "awaiting_outcome");
});

test.each(agents)("%s is stopped while its model is silent, and nothing of it is left", async (_, agent) => {
  const stop = new AbortController();
  const { ends, untouched } = await play(agent, SILENT, {}, [], ({ model }) => {
    const asked = setInterval(() => {
      if (model.asked.length > 0) stop.abort();
    }, 50);
    stop.signal.addEventListener("abort", () => clearInterval(asked));
    asked.unref();
    return stop.signal;
  });
  expect(ends[0]).toBe("stopped");
  expect(untouched).toBe(true);
});
