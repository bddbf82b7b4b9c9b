/** Where hosts are granted: the way to them, and the model's own port past it. */
export const PROXY_ENVIRONMENT: Readonly<Record<string, string>> = {
  HTTPS_PROXY: "http://127.0.0.1:3128",
  https_proxy: "http://127.0.0.1:3128",
  NO_PROXY: "127.0.0.1,localhost",
  no_proxy: "127.0.0.1,localhost",
};

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
