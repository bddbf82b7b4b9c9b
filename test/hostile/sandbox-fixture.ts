import { execFile, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";

import { bubblewrapSandbox } from "../../src/adapters/sandbox/bubblewrap-sandbox.ts";
import type { ConfinedStage, StageOrder } from "../../src/seams/sandbox.ts";
import type { Oid, RunId } from "../../src/workflow/ids.ts";
import type { RunLimits } from "../../src/workflow/run-limits.ts";
import type { WorkspaceEntry } from "../../src/workflow/workspace/workspace.ts";
import type { Unconfined } from "./unconfined.ts";

/** No secret itself: every planted secret begins with it, and nothing that is told to the inside holds it. */
export const CANARY = "cto-canary-";

/** "held", or what was seen instead. */
export type Verdict = string;

export const held = (ok: boolean, seen: string): Verdict => (ok ? "held" : seen);

export const LIMITS_OF_TESTS: RunLimits = {
  wallMs: 30_000,
  idleMs: 20_000,
  processesMax: 60,
  descriptorsMax: 256,
  fileBytesMax: 67_108_864,
  dataBytesMax: 2 ** 32,
  memoryBytesMax: 268_435_456,
  scratchBytesMax: 8_388_608,
  scratchInodesMax: 500,
  tmpBytesMax: 4_194_304,
  outputBytesMax: 1_048_576,
  changedFilesMax: 200,
  patchBytesMax: 1_048_576,
  committedFileBytesMax: 5_242_880,
};

/** A host as an attacker would like it: a target with secrets, another run, sockets, a process with a secret. */
export interface HostFixture {
  readonly folder: string;
  /** What the attacks are told of the host; strings that must lead nowhere. */
  readonly env: Readonly<Record<string, string>>;
  /** The order of a stage over a workspace that an earlier stage had. */
  orderFor(workspace: string): StageOrder;
  openStage(
    change?: Partial<StageOrder>,
    over?: LaidOver,
  ): Promise<{ readonly stage: ConfinedStage; readonly workspace: string }>;
  close(): Promise<void>;
}

/** A host and the sandbox that is to hold on it, or the control that holds nothing. */
export const makeHost = async (control?: Unconfined): Promise<HostFixture> => {
  const folder = await mkdtemp(`${tmpdir()}/cto-hostile-`);
  await chmod(folder, 0o755);
  for (const path of ["target/.env", "other-run/workspace/secret"]) await plant(`${folder}/${path}`);
  const own = spawn("/bin/sleep", ["600"], { env: { SECRET: `${CANARY}victim` }, stdio: "ignore" });
  const victim = control === undefined ? own.pid : control.victim();
  const tcp = await serving({ port: 0, host: "127.0.0.1" });
  const unix = await serving({ path: `${folder}/agent.sock` });
  const abstract = basename(folder);
  const hidden = await serving({ path: `\0${abstract}` });
  const sandbox = control ?? bubblewrapSandbox({ stateFolder: `${folder}/state` });
  if (control !== undefined) await chmod(`${folder}/agent.sock`, 0o666);
  let made = 0;
  return {
    folder,
    env: {
      HOST: folder,
      HOST_HOME: homedir(),
      HOST_PID: String(victim),
      // A control is not to end the process that watches it.
      HARNESS_PID: String(control === undefined ? process.pid : victim),
      HOST_PORT: String(portOf(tcp)),
      HOST_ABSTRACT: abstract,
    },
    orderFor: (workspace) => orderOf(workspace, ENTRIES),
    openStage: async (change = {}, over) => {
      made += 1;
      const workspace = `${folder}/workspaces/${made}`;
      await makeWorkspace(workspace);
      const order = over === undefined ? orderOf(workspace, ENTRIES) : await overOf(workspace, over);
      return { workspace, stage: await sandbox.open({ ...order, ...change }) };
    },
    close: async () => {
      own.kill("SIGKILL");
      for (const server of [tcp, unix, hidden]) server.close();
      // Node's own removal fails on paths that are longer than the kernel takes in one piece.
      await promisify(execFile)("/bin/rm", ["-rf", "--", folder]);
    },
  };
};

/** What a command inside wrote and how it ended, its output cut at a mebibyte. */
export const runInside = async (
  stage: ConfinedStage,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly out: string; readonly code: number | null; readonly limit?: string }> => {
  const started = await stage.start(argv, env);
  const [out, err, ended] = await Promise.all([
    new Response(started.stdout).text(),
    new Response(started.stderr).text(),
    started.ended,
  ]);
  return { out: (out + err).slice(0, 1_048_576), ...ended };
};

const orderOf = (folder: string, entries: readonly WorkspaceEntry[]): StageOrder => ({
  purpose: "agent",
  limits: LIMITS_OF_TESTS,
  workspace: {
    id: "R-001-01-agent-0",
    run: "R-001-01" as RunId,
    purpose: "agent",
    tree: "0".repeat(40) as Oid,
    ledger: folder,
    entries,
  },
  checkout: async (owner) => {
    if (owner !== process.getuid?.())
      await promisify(execFile)("/bin/chown", ["-R", "-h", "--", `${owner}:${owner}`, folder]);
    return { folder, over: "nothing" };
  },
  confinement: process.env["CTO_TRIAL_LEVEL"] === "B" ? "B" : "A",
  relay: undefined,
  tunnel: undefined,
  writable: ["src/strings.py", "test_strings.py", "docs/"],
  masked: [".env", ".env.*", "secrets/", ".git/"],
  readOnly: ["deploy/"],
  readOnlyHostPaths: [],
  files: [{ path: "/opt/cto/note", content: new TextEncoder().encode("laid in") }],
  uidBase: 60_600,
});

const FILES = [
  "README.md",
  "strings.py",
  "test_strings.py",
  "src/__init__.py",
  "src/strings.py",
  "docs/index.md",
  "docs/deploy/notes.md",
  "deploy/prod.yml",
  ".env",
  "docs/.ENV",
  "secrets/k",
  ".claude/settings.json",
  ".mcp.json",
] as const;

const ENTRIES: readonly WorkspaceEntry[] = [
  ...FILES.map((path) => ({ path, mode: "100644" }) as const),
  ...[...new Set(FILES.map((path) => dirname(path)).filter((path) => path !== "."))].map(
    (path) => ({ path: `${path}/`, mode: "040000" }) as const,
  ),
  { path: "src/link", mode: "120000" },
];

const makeWorkspace = async (folder: string): Promise<void> => {
  for (const path of FILES) await plant(`${folder}/${path}`);
  await symlink("README.md", `${folder}/src/link`);
};

/** What a later tree has instead of the base. */
export interface LaidOver {
  readonly files: Readonly<Record<string, string>>;
  readonly executable: readonly string[];
  readonly links: Readonly<Record<string, string>>;
  readonly gone: readonly string[];
}

const overOf = async (workspace: string, { files, executable, links, gone }: LaidOver): Promise<StageOrder> => {
  const folder = `${workspace}.over`;
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(`${folder}/${path}`), { recursive: true });
    await writeFile(`${folder}/${path}`, text);
  }
  for (const path of executable) await chmod(`${folder}/${path}`, 0o755);
  for (const [path, to] of Object.entries(links)) await symlink(to, `${folder}/${path}`);
  const kept = FILES.filter((path) => !gone.includes(path));
  const paths = [...new Set<string>([...kept, ...Object.keys(files)])];
  const folders = new Set(paths.flatMap((path) => foldersAbove(path)));
  const order = orderOf(workspace, [
    ...paths.map((path) => ({ path, mode: "100644" }) as const),
    ...[...folders].map((path) => ({ path: `${path}/`, mode: "040000" }) as const),
    ...["src/link", ...Object.keys(links)].map((path) => ({ path, mode: "120000" }) as const),
  ]);
  const base = order.checkout;
  return { ...order, checkout: async (owner, use) => ({ ...(await base(owner, use)), over: { folder, gone } }) };
};

const foldersAbove = (path: string): readonly string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, at, parts) => parts.slice(0, at + 1).join("/"));

const plant = async (path: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${CANARY}file\n`);
};

const serving = (place: { path: string } | { port: number; host: string }): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      // Whoever calls need not stay to listen.
      socket.on("error", () => undefined);
      socket.end("reached");
    });
    server.once("error", reject);
    server.listen(place, () => resolve(server));
  });

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};
