/**
 * Files by which a repository configures the agent that works on it: repositories that ship them made real agents stop
 * asking (backends.md 10). Masked at every depth, whichever agent runs; prose (`AGENTS.md` and its kin) stays readable.
 */
export const AGENT_CONFIG_PATHS = [
  ".claude/",
  ".codex/",
  ".gemini/",
  ".qwen/",
  ".pi/",
  ".opencode/",
  "opencode.json",
  "opencode.jsonc",
  ".mcp.json",
  ".vscode/",
] as const;
