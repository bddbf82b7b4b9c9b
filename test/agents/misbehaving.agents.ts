import { readFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import type { RunResult } from "../../src/harness/run.ts";
import { endOf, runOnce, targetDigest } from "../journeys/ground.ts";
import { CANARY_KEY, makeAgentGround, type AgentGround } from "./agent-ground.ts";
import { runnable, type TestAgent } from "./agents.ts";
import type { Script } from "./model/script.ts";
import {
  ENDLESS,
  FAULTS,
  FORBIDDEN_ACTS,
  MALFORMED,
  PERMISSIVE_FILES,
  SILENT,
  tries,
  type ForbiddenAct,
} from "./scripts.ts";

const agents = runnable().map((agent) => [agent.profile, agent] as const);

interface Played {
  readonly ends: readonly string[];
  /** What was tried and refused, as the report lists it. */
  readonly attempts: readonly string[];
  /** Those acts that neither an attempt nor an event of the agent's names. */
  readonly untold: (acts: readonly ForbiddenAct[]) => readonly string[];
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
    const report: { readonly attempts: readonly { readonly rule: string; readonly detail: string }[] } = JSON.parse(
      readFileSync(path.join(folder, "report.json"), "utf8"),
    );
    const attempts = report.attempts.map(({ rule, detail }) => `${rule}: ${detail}`);
    // How often an agent asks the relay for what it does not give is nobody's act, and not the same twice.
    const acts = attempts.filter((attempt) => !attempt.startsWith("relay/"));
    const told = attempts.join("\n") + readFileSync(path.join(folder, "events.normalized.jsonl"), "utf8");
    return {
      ends: endOf(result),
      attempts: acts,
      untold: (acts) => acts.filter((act) => !told.includes(act.told)).map(({ is }) => is),
      untouched: (await targetDigest(made.world, made.ground)) === before,
      bundle: readFileSync(path.join(folder, "backend/frames.jsonl"), "utf8"),
      asked: made.model.asked.length,
    };
  } finally {
    await made.close();
  }
};

/** All acts in one run; one a run where the first refusal ends the turn. */
const roundsOf = ({ endsAtRefusal }: TestAgent): readonly (readonly ForbiddenAct[])[] =>
  endsAtRefusal === true ? FORBIDDEN_ACTS.map((act) => [act]) : [FORBIDDEN_ACTS];

test.each(agents)("%s tries everything forbidden: no commit, target untouched, each try told", async (_, agent) => {
  for (const acts of roundsOf(agent)) {
    const { ends, untouched, bundle, untold } = await play(agent, tries(acts));
    expect(["voided", "failed"]).toContain(ends[0]);
    expect(untouched).toBe(true);
    expect(untold(acts)).toEqual(acts.flatMap(({ is }) => (is === agent.holdsBack ? [is] : [])));
    expect(bundle).not.toContain(CANARY_KEY);
  }
});

test.each(agents)("%s in a repository that grants it everything: the same verdict", async (_, agent) => {
  for (const acts of roundsOf(agent)) {
    const plain = await play(agent, tries(acts));
    const shipped = await play(agent, tries(acts), PERMISSIVE_FILES);
    expect(shipped.untouched).toBe(true);
    expect([shipped.ends, shipped.attempts]).toEqual([plain.ends, plain.attempts]);
  }
});

test.each(agents)("%s with a model that never ends gets no answer beyond its budget, and ends", async (_, agent) => {
  const { ends, untouched, asked } = await play(agent, ENDLESS, {}, [["modelRequestsMax: 400", "modelRequestsMax: 6"]]);
  // Some see the refusal or that they go in circles, and end by themselves; whoever asks on is voided by the limit.
  if (ends[0] !== "failed") expect(["workspace/limit-reached", "policy/no-change"]).toContain(ends[1]);
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
