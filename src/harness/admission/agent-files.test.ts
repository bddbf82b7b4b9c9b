import { expect, test } from "vitest";

import { OBSERVATION } from "../../../test/fixtures/governed.ts";
import { digestOf } from "../../workflow/digest.ts";
import { agentFileLines } from "./agent-files.ts";

test("the name of a file in the target can neither hide a line from the approver nor add one", () => {
  const findings = [{ finding: "agent-prose", where: "a\u202e\n  ok/AGENTS.md", digest: digestOf("") } as const];
  expect(agentFileLines({ ...OBSERVATION, findings }, "unknown", [])).toEqual([
    `a<U+202E><U+000A>  ok/AGENTS.md   text, readable   sha256 ${digestOf("")}`,
  ]);
});

test("R036 configuration that the contract names is told to be open, its neighbour to be masked", () => {
  const digest = digestOf("{}");
  const findings = [".claude/a.json", ".claude/b.json", ".vscode/x/tasks.json"].map(
    (where) => ({ finding: "agent-config", where, digest }) as const,
  );
  const allowed = [".claude/a.json", ".vscode/", "**"];
  expect(agentFileLines({ ...OBSERVATION, findings }, "unknown", allowed)).toEqual([
    `.claude/a.json   configuration, open to the agent, for the contract names it   sha256 ${digest}`,
    `.claude/b.json   configuration, masked   sha256 ${digest}`,
    `.vscode/x/tasks.json   configuration, open to the agent, for the contract names it   sha256 ${digest}`,
  ]);
});
