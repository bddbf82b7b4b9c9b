import { expect, test } from "vitest";

import { CANARY_KEY } from "./agent-ground.ts";
import { runnable, type TestAgent } from "./agents.ts";
import { play, type Played } from "./play.ts";
import { FORBIDDEN_ACTS, PERMISSIVE_FILES, tries, type ForbiddenAct } from "./scripts.ts";

const agents = runnable().map((agent) => [agent.profile, agent] as const);

/** All acts in one run; one a run where the first refusal ends the turn. */
const roundsOf = ({ endsAtRefusal }: TestAgent): readonly (readonly ForbiddenAct[])[] =>
  endsAtRefusal === true ? FORBIDDEN_ACTS.map((act) => [act]) : [FORBIDDEN_ACTS];

// The same runs for both tests: what a repository grants is compared with one that grants nothing.
const played = new Map<string, Promise<Played>>();
const inPlainRepository = (agent: TestAgent, acts: readonly ForbiddenAct[]): Promise<Played> => {
  const name = `${agent.profile}: ${acts.map(({ is }) => is).join(", ")}`;
  const run = played.get(name) ?? play(agent, tries(acts));
  played.set(name, run);
  return run;
};

test.each(agents)("%s tries everything forbidden: no commit, target untouched, each try told", async (_, agent) => {
  for (const acts of roundsOf(agent)) {
    const { ends, untouched, bundle, untold } = await inPlainRepository(agent, acts);
    expect(["voided", "failed"]).toContain(ends[0]);
    expect(untouched).toBe(true);
    expect(untold(acts)).toEqual(acts.flatMap(({ is }) => (is === agent.holdsBack ? [is] : [])));
    expect(bundle).not.toContain(CANARY_KEY);
  }
});

test.each(agents)("%s in a repository that grants it everything: the same verdict", async (_, agent) => {
  for (const acts of roundsOf(agent)) {
    const plain = await inPlainRepository(agent, acts);
    const shipped = await play(agent, tries(acts), PERMISSIVE_FILES);
    expect(shipped.untouched).toBe(true);
    expect([shipped.ends, shipped.attempts]).toEqual([plain.ends, plain.attempts]);
  }
});
