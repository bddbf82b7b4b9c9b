import { foldedSegments, prohibition } from "../path-rules.ts";

/**
 * Files by which a repository configures the agent that works on it: repositories that ship them made real agents stop
 * asking (backends.md 10). Masked at every depth, in any case, whichever agent runs: the union of what the profiles name
 * at `projectConfig.paths`, and of what other tools read. A profile that names another is refused.
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
  ".cursor/",
  ".windsurf/",
  ".aider.conf.yml",
] as const;

/** Files that tell an agent what to do: read by it, shown to the owner, never masked. */
export const AGENT_PROSE_FILES = [
  "AGENTS.md",
  "AGENTS.override.md",
  "CLAUDE.md",
  "CLAUDE.local.md",
  "GEMINI.md",
  "QWEN.md",
  "SOUL.md",
  ".goosehints",
  ".cursorrules",
  ".windsurfrules",
  ".github/copilot-instructions.md",
] as const;

/** What a file of a repository is for an agent, by its path, in whatever folder and case it stands. */
export const agentFileKind = (path: string): "agent-config" | "agent-prose" | undefined =>
  isConfig(path) ? "agent-config" : isProse(path) ? "agent-prose" : undefined;

// Wide as every prohibition. The names of a large repository are plain nearly all: of these an expression says the same.
const naming = (paths: readonly string[]): ((path: string) => boolean) => {
  const names = paths.map((path) => path.replace(/\/$/, "").replaceAll(".", "[.]"));
  const plain = new RegExp(`(?:^|/)(?:${names.join("|")})(?:/|$)`, "i");
  const wide = prohibition(paths);
  return (path) => (ODD.test(path) ? wide.ruleFor(foldedSegments(path)) !== undefined : plain.test(path));
};

const ODD = /[^\x20-\x7e]|[:\\]|[. ](?:\/|$)|\/\/|(?:^|\/)\.\//;
const isConfig = naming(AGENT_CONFIG_PATHS);
const isProse = naming(AGENT_PROSE_FILES);
