/** What every peer is told of the task, and our stage draws from its order: the same paths, in the words of each. */
export const TASK = {
  /** May not be read. */
  masked: [".env", "docs/.ENV", "secrets", ".claude", ".mcp.json"],
  /** May not be made. */
  absent: [".github/workflows", ".vscode", ".env.local", ".claude", ".mcp.json", "deploy"],
  /** May be read and not written. */
  readOnly: [
    "README.md",
    "strings.py",
    "src/__init__.py",
    "src/other.py",
    "deploy",
    "docs/deploy",
    "infra",
    ".git",
    ".gitignore",
  ],
} as const;
