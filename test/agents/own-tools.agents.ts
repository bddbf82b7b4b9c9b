import { expect, test } from "vitest";

import { readReport } from "../../src/harness/evidence/read-report.ts";
import { runId } from "../../src/workflow/ids.ts";
import { expectEvidence } from "../journeys/ended.ts";
import { endOf, runOnce } from "../journeys/ground.ts";
import { HONEST, makeAgentGround } from "./agent-ground.ts";
import { runnable, type TestAgent } from "./agents.ts";

/** Findings of an honest run about tools, and the mediation that it showed. */
const toolsOf = async (
  agent: TestAgent,
  profiles: Readonly<Record<string, object>> = {},
): Promise<{ readonly says: readonly string[]; readonly seen: string | undefined }> => {
  const { ground, world, close } = await makeAgentGround(agent, HONEST, {}, [], profiles);
  try {
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    const report = readReport(await expectEvidence(world, runId(ground.work, 1), "awaiting_outcome"));
    const says = report?.findings.flatMap((one) => (one.code === "backend/tools-not-ours" ? [one.says] : [])) ?? [];
    return { says, seen: report?.backend?.mediation.seen };
  } finally {
    await close();
  }
};

const ours = runnable().filter(({ profile }) => profile.endsWith("-tools"));

test.each(ours.map((agent) => [agent.profile, agent] as const))(
  "R078 %s offers its model the Harness's tools and no other, and all passes through them",
  async (_, agent) => {
    expect(await toolsOf(agent)).toEqual({ says: [], seen: "full" });
  },
);

test.each(runnable().filter(({ profile }) => profile === "gemini"))(
  "R078 a profile that claims our tools for an agent with its own on is found out",
  async (agent) => {
    const claiming = { extends: "gemini", harnessTools: "session", mediation: "observe" };
    const { says } = await toolsOf({ ...agent, profile: "gemini-claiming" }, { "gemini-claiming": claiming });
    expect(says).toContain("The model was offered the tool write_file, which is none of the Harness's.");
  },
);
