import { expect, test } from "vitest";

import { OBSERVATION } from "../../test/fixtures/governed.ts";
import { digestOf } from "../workflow/digest.ts";
import { agentFileLines } from "./agent-files.ts";

test("R036 configuration that the contract names is told to be open, its neighbour to be masked", () => {
  const digest = digestOf("{}");
  const findings = [".claude/a.json", ".claude/b.json", ".vscode/x/tasks.json"].map(
    (where) => ({ finding: "agent-config", where, digest }) as const,
  );
  const allowed = [".claude/a.json", ".vscode/", "**"];
  expect(agentFileLines({ ...OBSERVATION, findings }, "unknown", allowed)).toEqual([
    `  .claude/a.json   configuration, open to the agent, for the contract names it   sha256 ${digest}`,
    `  .claude/b.json   configuration, masked   sha256 ${digest}`,
    `  .vscode/x/tasks.json   configuration, open to the agent, for the contract names it   sha256 ${digest}`,
  ]);
});
