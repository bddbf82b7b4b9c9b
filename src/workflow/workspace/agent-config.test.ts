import { expect, test } from "vitest";

import { agentFileKind } from "./agent-config.ts";

test.each([
  [".claude/settings.json", "agent-config"],
  ["a/b/.CLAUDE/x/y", "agent-config"],
  ["a/.agents/plugins/p/hooks/hooks.json", "agent-config"],
  [".agents/skills/s.md", undefined],
  [".config/goose/settings.json", "agent-config"],
  [".config/other/settings.json", undefined],
  [".hermes/config.yaml", "agent-config"],
  [".claude/line\nfeed", "agent-config"],
  ["x.claude/settings.json", undefined],
  ["opencodeXjson", undefined],
  ["docs/opencode.json", "agent-config"],
  ["deep/.goosehints", "agent-prose"],
  ["agents.MD", "agent-prose"],
  ["a/.github/copilot-instructions.md", "agent-prose"],
  ["copilot-instructions.md", undefined],
  ["MYAGENTS.md", undefined],
  ["AGENTS.md/x", undefined],
] as const)("%j is %s for an agent", (path, kind) => {
  expect(agentFileKind(path)).toBe(kind);
});
