import { expect, test } from "vitest";

import { forbids } from "../path-rules.ts";
import { AGENT_CONFIG_PATHS, AGENT_PROSE_FILES, agentFileKind } from "./agent-config.ts";

test.each([
  ".claude/settings.json",
  "services/api/.claude/commands/deploy.md",
  ".CLAUDE/settings.json",
  ".codex/config.toml",
  ".gemini/settings.json",
  ".qwen/settings.json",
  ".pi/extensions/planted.ts",
  ".opencode/agent/x.md",
  "opencode.json",
  "a/b/OpenCode.jsonc",
  ".mcp.json",
  ".vscode/tasks.json",
  ".cursor/mcp.json",
  ".windsurf/rules/a.md",
  "a/.agents/plugins/p/hooks/hooks.json",
  ".config/goose/settings.json",
  ".claude/line\nfeed",
  ".aider.conf.yml",
  ".hermes/config.yaml",
  ".goose/config.yaml",
  ".cl\u200Baude/settings.json",
  ".claude./settings.json",
  "．claude/settings.json",
  ".mcp.json ",
  "x\\.claude\\settings.json",
])("%j configures an agent", (path) => {
  expect(agentFileKind(path)).toBe("agent-config");
});

test.each([
  "AGENTS.md",
  "agents.md",
  "docs/AGENTS.md",
  "CLAUDE.md",
  "packages/web/Claude.local.md",
  "GEMINI.md",
  "QWEN.md",
  "SOUL.md",
  ".goosehints",
  ".windsurfrules",
  ".cursorrules",
  ".github/copilot-instructions.md",
  "AGENTS\u200B.md",
])("%j instructs an agent", (path) => {
  expect(agentFileKind(path)).toBe("agent-prose");
});

test.each([
  "src/claude.py",
  ".agents/skills/s.md",
  ".config/other/x",
  "opencodeXjson",
  "MYAGENTS.md",
  "copilot-instructions.md",
  "docs/agents.txt",
  "AGENTS.md.bak",
  "claude/settings.json",
  "x.mcp.json",
  "a/.vscoder/b",
])("%j is nothing to an agent", (path) => {
  expect(agentFileKind(path)).toBeUndefined();
});

test("the expression for plain names says what a prohibition says", () => {
  const rules = [...AGENT_CONFIG_PATHS, ...AGENT_PROSE_FILES];
  const names = rules.map((rule) => rule.replace(/\/$/, ""));
  const around = names.flatMap((name) => [name, `a/${name}`, `${name}/b`, `a${name}`, `${name}b`, name.toUpperCase()]);
  for (const path of around)
    expect([path, agentFileKind(path) !== undefined]).toEqual([path, rules.some((rule) => forbids(rule, path))]);
});
