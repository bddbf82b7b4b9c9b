import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { ratio } from "./measure.ts";
import { sandboxFiles } from "./sandbox-files.ts";
import { BARE, inStage, openGround, sideBySide, type Ground } from "./stage.ts";

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

const emptyCommand = async (ground: Ground): Promise<boolean> => {
  const [ours, plain] = await sideBySide(
    () => inStage(ground, ["/bin/true"]),
    () => inPlain(ground.target, ["/bin/true"]),
    ROUNDS,
  );
  return ratio("`true` in the full stage, against a plain bubblewrap with the same mounts", ours, plain, 3);
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
