import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { bubblewrapSandbox } from "../src/adapters/sandbox/bubblewrap-sandbox.ts";
import { SAMPLE_FILES } from "../src/cli/demo/sample.ts";
import type { ConfinedStage, StageOrder } from "../src/seams/sandbox.ts";
import { defaultPolicyText } from "../src/workflow/default-policy.ts";
import { digestOf } from "../src/workflow/digest.ts";
import { parseOid, runId, workId } from "../src/workflow/ids.ts";
import { readPolicy } from "../src/workflow/read-policy.ts";
import { median, ratio, timed } from "./measure.ts";
import { sandboxFiles } from "./sandbox-files.ts";

const ROUNDS = 15;

/** What the stage costs beside a plain bubblewrap, beside another sandbox's command, around tests, and on many files. */
export const sandbox = async (): Promise<boolean> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-"));
  try {
    const ground = await openGround(folder);
    const held = [await emptyCommand(ground), await testsOfDemo(ground)];
    return (await sandboxFiles()) && held.every((one) => one);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Ground {
  readonly target: string;
  readonly open: () => Promise<ConfinedStage>;
}

const openGround = async (folder: string): Promise<Ground> => {
  const target = path.join(folder, "target");
  for (const [name, content] of Object.entries(SAMPLE_FILES)) {
    await mkdir(path.dirname(path.join(target, name)), { recursive: true });
    await writeFile(path.join(target, name), content);
  }
  const sandboxes = bubblewrapSandbox({ stateFolder: path.join(folder, "state") });
  const { confinement } = await sandboxes.probe();
  if (confinement === "none") throw new Error("no sandbox works here");
  process.stdout.write(`  confinement level ${confinement}\n`);
  return { target, open: () => sandboxes.open(orderOf(target, confinement)) };
};

const orderOf = (target: string, confinement: StageOrder["confinement"]): StageOrder => {
  const bytes = new TextEncoder().encode(defaultPolicyText());
  const policy = readPolicy({ path: "policy.yaml", bytes, digest: digestOf(bytes) });
  const [work, tree] = [workId("CTO-WORK-049"), parseOid("0".repeat(40))];
  if (!policy.ok || work === undefined || tree === undefined) throw new TypeError("the bench's own values are good");
  const entries = [
    ...Object.keys(SAMPLE_FILES).map((name) => ({ path: name, mode: "100644" }) as const),
    { path: "src/", mode: "040000" } as const,
  ];
  return {
    purpose: "agent",
    confinement,
    relay: undefined,
    tunnel: undefined,
    limits: policy.value.limits,
    workspace: { id: "bench", run: runId(work, 1), purpose: "agent", tree, ledger: target, entries },
    checkout: (owner) => {
      execFileSync("/bin/chown", ["-R", `${owner}:${owner}`, target]);
      return Promise.resolve({ folder: target, over: "nothing" });
    },
    writable: ["src/strings.py", "test_strings.py"],
    masked: [".env", "secrets/"],
    readOnly: [],
    readOnlyHostPaths: [],
    files: [],
    uidBase: policy.value.uidBase,
  };
};

const emptyCommand = async (ground: Ground): Promise<boolean> => {
  const [ours, plain] = await sideBySide(
    () => inStage(ground, ["/bin/true"]),
    () => inPlain(ground.target, ["/bin/true"]),
  );
  const held = ratio("`true` in the full stage, against a plain bubblewrap with the same mounts", ours, plain, 3);
  const srt = path.join(import.meta.dirname, "node_modules/.bin/srt");
  if (!existsSync(srt)) {
    process.stdout.write(
      "  srt is not installed in bench/: npm install --prefix bench @anthropic-ai/sandbox-runtime\n",
    );
    return held;
  }
  const theirs = timed(5, process.execPath, [srt, "true"], { HOME: path.dirname(ground.target) });
  return ratio("`true` in the full stage, against srt's command", ours, theirs, 0.5) && held;
};

const testsOfDemo = async (ground: Ground): Promise<boolean> => {
  const argv = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider"];
  const bare = (): Promise<void> => {
    execFileSync(argv[0] ?? "", argv.slice(1), { cwd: ground.target, stdio: "ignore", env: BARE });
    return Promise.resolve();
  };
  const [ours, theirs] = await sideBySide(() => inStage(ground, argv), bare, 7);
  return ratio("pytest of the demo's target in the full stage, against bare", ours, theirs, 1.35);
};

const BARE = { PATH: "/usr/bin:/bin", HOME: "/nonexistent", PYTHONDONTWRITEBYTECODE: "1" };

/** Medians of both, taken in turns after one of each that does not count. */
const sideBySide = async (
  one: () => Promise<void>,
  other: () => Promise<void>,
  rounds: number = ROUNDS,
): Promise<readonly [number, number]> => {
  const taken: readonly [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1)
    for (const [at, act] of [one, other].entries()) {
      const started = performance.now();
      await act();
      if (round > 0) taken[at === 0 ? 0 : 1].push(performance.now() - started);
    }
  return [median(taken[0]), median(taken[1])];
};

const inStage = async ({ open }: Ground, argv: readonly string[]): Promise<void> => {
  const stage = await open();
  try {
    const started = await stage.start(argv, {});
    await Promise.all([new Response(started.stdout).text(), new Response(started.stderr).text()]);
    const { code } = await started.ended;
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code ?? "a signal"} in the stage`);
  } finally {
    await stage.close();
  }
};

const inPlain = (target: string, argv: readonly string[]): Promise<void> => {
  const system = ["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"];
  const kernel = [
    "--symlink",
    "usr/lib64",
    "/lib64",
    "--proc",
    "/proc",
    "--ro-bind",
    "/proc/sys",
    "/proc/sys",
    "--dev",
    "/dev",
  ];
  const scratch = ["/dev/shm", "/tmp", "/home/agent"].flatMap((place) => ["--size", "67108864", "--tmpfs", place]);
  const inside = (name: string): string => `/workspace/${name}`;
  const pinned = [".gitignore", "README.md", "strings.py"];
  const workspace = [
    ["--ro-bind", target, "/workspace", "--bind", target, "/workspace", "--bind", `${target}/src`, inside("src")],
    ...pinned.map((name) => ["--ro-bind", `${target}/${name}`, inside(name)]),
  ].flat();
  const alone = [
    "--unshare-user",
    "--unshare-all",
    "--die-with-parent",
    "--new-session",
    "--clearenv",
    "--chdir",
    "/workspace",
  ];
  execFileSync("/usr/bin/bwrap", [
    ...alone,
    ...system,
    ...kernel,
    ...scratch,
    ...workspace,
    "--remount-ro",
    "/",
    "--",
    ...argv,
  ]);
  return Promise.resolve();
};
