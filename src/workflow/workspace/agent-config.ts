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
  ".hermes/",
  ".goose/",
  ".config/goose/",
  ".agents/plugins/",
  "opencode.json",
  "opencode.jsonc",
  ".mcp.json",
  ".vscode/",
] as const;

/** Files that tell an agent what to do: read by it, shown to the owner, never masked. */
export const AGENT_PROSE_FILES = [
  "AGENTS.md",
  "CLAUDE.md",
  "GEMINI.md",
  "QWEN.md",
  "SOUL.md",
  ".goosehints",
  ".cursorrules",
  ".github/copilot-instructions.md",
] as const;

/** What a file of a repository is for an agent, by its path, in whatever folder and case it stands. */
export const agentFileKind = (path: string): "agent-config" | "agent-prose" | undefined =>
  CONFIGURES.test(path) ? "agent-config" : INSTRUCTS.test(path) ? "agent-prose" : undefined;

// A name that ends in a slash stands for all that is below it.
const anywhere = (names: readonly string[]): RegExp =>
  new RegExp(`(?:^|/)(?:${names.map((name) => name.replaceAll(".", "[.]").replace(/\/$/, "/.*")).join("|")})$`, "is");

const CONFIGURES = anywhere(AGENT_CONFIG_PATHS);
const INSTRUCTS = anywhere(AGENT_PROSE_FILES);
