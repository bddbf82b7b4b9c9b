import { readFileSync } from "node:fs";
import path from "node:path";

import type { RunResult } from "../../src/harness/run/run.ts";
import { endOf, runOnce, targetDigest } from "../journeys/ground.ts";
import { makeAgentGround, type AgentGround } from "./agent-ground.ts";
import type { TestAgent } from "./agents.ts";
import type { Script } from "./model/script.ts";
import type { ForbiddenAct } from "./scripts.ts";

/** What one governed run of a real agent came to. */
export interface Played {
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

/** Leads an agent through one run, by a model that plays a script. */
export const play = async (
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
