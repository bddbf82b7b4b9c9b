/** The agent's variables, exactly, beside what a start brings (confinement.md 7). PWD is bubblewrap's own. */
export const baseEnvironment = (toolFolders: readonly string[]): Readonly<Record<string, string>> => ({
  // Shims that record what is tried stand before everything of the same name.
  PATH: ["/opt/cto/bin", ...toolFolders, "/usr/bin", "/bin"].join(":"),
  HOME: "/home/agent",
  PWD: "/workspace",
  TMPDIR: "/tmp",
  LANG: "C.UTF-8",
  TERM: "dumb",
  CI: "1",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTEST_ADDOPTS: "-p no:cacheprovider",
});
