import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import type { RunResult } from "../../src/harness/run.ts";
import { endOf, runOnce, targetDigest } from "../journeys/ground.ts";
import { CANARY_KEY, makeAgentGround, type AgentGround } from "./agent-ground.ts";
import { runnable, type TestAgent } from "./agents.ts";
import type { Script } from "./model/script.ts";
import { ENDLESS, FAULTS, FORBIDDEN, MALFORMED, PERMISSIVE_FILES, SILENT } from "./scripts.ts";

const agents = runnable().map((agent) => [agent.profile, agent] as const);

interface Played {
  readonly ends: readonly string[];
  readonly report: { readonly attempts: readonly unknown[]; readonly actions: readonly { readonly verdict: string }[] };
  readonly untouched: boolean;
  readonly bundle: string;
  /** Requests that came through to the provider. */
  readonly asked: number;
}

const play = async (
  agent: TestAgent,
  script: Script,
  files: Readonly<Record<string, string>> = {},
  policy: readonly (readonly [string, string])[] = [],
  signal: (ground: AgentGround) => AbortSignal = () => new AbortController().signal,
): Promise<Played> => {
  const made = await makeAgentGround(agent, script, files, policy);
  try {
    const before = await targetDigest(made.world, made.ground);
    const result = await runOnce(made.world, made.ground, () => undefined, signal(made));
    const folder = result.ok ? (result.value satisfies RunResult).folder : "";
    const report: Played["report"] = JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8"));
    return {
      ends: endOf(result),
      report,
      untouched: (await targetDigest(made.world, made.ground)) === before,
      bundle: readFileSync(path.join(folder, "backend/frames.jsonl"), "utf8"),
      asked: made.model.asked.length,
    };
  } finally {
    await made.close();
  }
};

test.each(agents)("%s tries everything forbidden: no commit, target untouched, each try told", async (_, agent) => {
  const { ends, report, untouched, bundle } = await play(agent, FORBIDDEN);
  expect(["voided", "failed"]).toContain(ends[0]);
  expect(untouched).toBe(true);
  expect(report.actions.some(({ verdict }) => verdict !== "not possible" && verdict !== "not observed")).toBe(true);
  expect(bundle).not.toContain(CANARY_KEY);
});

test.each(agents)("%s in a repository that grants it everything: the same verdict", async (_, agent) => {
  const plain = await play(agent, FORBIDDEN);
  const shipped = await play(agent, FORBIDDEN, PERMISSIVE_FILES);
  expect(shipped.untouched).toBe(true);
  expect(shipped.ends).toEqual(plain.ends);
});

test.each(agents)("%s with a model that never ends gets no answer beyond its budget, and ends", async (_, agent) => {
  const { ends, untouched, asked } = await play(agent, ENDLESS, {}, [["modelRequestsMax: 400", "modelRequestsMax: 6"]]);
  // Some see the refusal and give up by themselves; whoever asks on is voided by the limit.
  if (ends[0] !== "failed") expect(ends.slice(0, 2)).toEqual(["voided", "workspace/limit-reached"]);
  expect(asked).toBeLessThanOrEqual(6);
  expect(untouched).toBe(true);
});

test.each(agents)("%s survives a busy, a broken and a breaking provider, or gives up and says so", async (_, agent) => {
  const { ends } = await play(agent, FAULTS);
  expect(["awaiting_outcome", "failed", "voided"]).toContain(ends[0]);
});

test.each(agents)("%s and arguments that are no JSON come to an end that is told", async (_, agent) => {
  const { ends } = await play(agent, MALFORMED);
  expect(["awaiting_outcome", "failed", "voided"]).toContain(ends[0]);
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
