import { mkdir } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { limitArgs } from "../../src/adapters/sandbox/bubblewrap-args.ts";
import { withCanaries } from "../../src/adapters/sandbox/canaries/run-canaries.ts";
import { confinedProcess } from "../../src/adapters/sandbox/confined-process.ts";
import { enterChain } from "../../src/adapters/sandbox/launch-chain.ts";
import { launch } from "../../src/adapters/sandbox/launch.ts";
import { seccompFilter } from "../../src/adapters/sandbox/seccomp/filter.ts";
import { filterMachine } from "../../src/adapters/sandbox/seccomp/syscalls.ts";
import { commandOf } from "../../src/adapters/sandbox/stage-mounts.ts";
import type { CanaryGround, ConfinedStage, StageOrder } from "../../src/seams/sandbox.ts";
import type { CanaryId } from "../../src/workflow/vocabulary.ts";
import { notHeld } from "../../src/workflow/workspace/judge-canaries.ts";
import { LIMITS_OF_TESTS, makeHost, type HostFixture } from "./sandbox-fixture.ts";

let host: HostFixture;
let ground: CanaryGround;
let whole: Opened;

interface Opened {
  readonly order: StageOrder;
  readonly stage: ConfinedStage;
}

// Nothing beside the files in `src` may be written, so that the root of the Workspace is read-only as well.
const opened = async (): Promise<Opened> => {
  const change = { writable: ["src/strings.py", "docs/"] };
  const { stage, workspace } = await host.openStage(change);
  return { stage, order: { ...host.orderFor(workspace), ...change } };
};

beforeAll(async () => {
  host = await makeHost();
  await mkdir(`${host.folder}/target/.git`);
  whole = await opened();
  ground = {
    target: `${host.folder}/target`,
    keys: [{ name: "ledger.db", path: `${host.folder}/target/.env`, must: true }],
    relaySaw: undefined,
  };
});

afterAll(async () => {
  await whole.stage.close();
  await host.close();
});

interface Change {
  readonly chain?: (chain: readonly string[]) => readonly string[];
  readonly args?: (args: readonly string[]) => readonly string[];
  readonly limits?: (limits: readonly string[]) => readonly string[];
}

const unchanged = (list: readonly string[]): readonly string[] => list;

/** The stage as it is, but each start is made by a launch chain with something taken out. */
const weakened = (
  { order, stage }: Opened,
  { chain = unchanged, args = unchanged, limits = unchanged }: Change,
): ConfinedStage => {
  const machine = filterMachine(process.arch);
  const outer = Number(/^\/proc\/(\d+)\//.exec(stage.files.folder)?.[1]);
  if (machine === undefined) throw new Error("no filter here");
  const { uid } = stage.description;
  const identity = process.getuid?.() === 0 ? ({ kind: "slot", uid } as const) : ({ kind: "own", uid } as const);
  const start: ConfinedStage["start"] = async (argv, env) => {
    const entering = chain(enterChain(identity, outer, limits(limitArgs(order.limits))));
    const [program = "", ...rest] = [...entering, ...commandOf(argv, env)];
    const filter = seccompFilter(machine);
    const launched = await launch({
      chain: [program, ...rest],
      args: args(stage.description.args),
      filter,
      place: "entered",
      group: undefined,
      recorded: () => undefined,
    });
    return confinedProcess(launched, () => undefined);
  };
  return withCanaries({ ...stage, start, close: () => stage.quiet() }, order);
};

const fallen = async (change: Change, over: Opened = whole): Promise<readonly (CanaryId | "not-run")[]> => {
  const weak = weakened(over, change);
  try {
    const run = await weak.canaries("before", ground);
    return run === "not-run" ? [run] : notHeld(run).map(({ id }) => id);
  } finally {
    await weak.close();
  }
};

/** `words` and the `more` that follow them are gone. */
const without =
  (words: readonly string[], more = 0) =>
  (args: readonly string[]): readonly string[] => {
    const at = args.findIndex((_, from) => words.every((word, offset) => args[from + offset] === word));
    if (at < 0) throw new Error(`${words.join(" ")} is not there to be taken out`);
    return args.toSpliced(at, words.length + more);
  };

const instead =
  (words: readonly string[], other: readonly string[]) =>
  (args: readonly string[]): readonly string[] => {
    const at = args.findIndex((_, from) => words.every((word, offset) => args[from + offset] === word));
    if (at < 0) throw new Error(`${words.join(" ")} is not there to be replaced`);
    return args.toSpliced(at, words.length, ...other);
  };

const sharing = (kind: string): Change => ({
  args: instead(
    ["--unshare-all"],
    ["pid", "net", "ipc", "uts", "cgroup"].filter((one) => one !== kind).map((one) => `--unshare-${one}`),
  ),
});

const inChain =
  (words: string, other: string) =>
  (chain: readonly string[]): readonly string[] => {
    if (!chain.some((part) => part.includes(words))) throw new Error(`${words} is not in the chain`);
    return chain.map((part) => part.replaceAll(words, other));
  };

/** A descriptor of somebody who started the Harness. */
const withForeign = (chain: readonly string[]): readonly string[] => [
  "/bin/bash",
  "--norc",
  "-c",
  'exec 7</etc/passwd; exec "$@"',
  "sh",
  ...chain,
];

const limitless = (name: string): Change => ({
  limits: (limits) => {
    const left = limits.filter((one) => !one.startsWith(`--${name}=`));
    if (left.length === limits.length) throw new Error(`there is no limit ${name}`);
    return left;
  },
});

const boundTo = (inside: string): readonly string[] => {
  const { args } = whole.stage.description;
  const at = args.findIndex((arg, from) => arg === "--ro-bind" && args[from + 2] === inside);
  return args.slice(at, at + 3);
};

const writable =
  (inside: string): NonNullable<Change["args"]> =>
  (args) => {
    const [, source = "", to = ""] = boundTo(inside);
    return instead(["--ro-bind", source, to], ["--bind", source, to])(args);
  };

const unbound =
  (inside: string): NonNullable<Change["args"]> =>
  (args) =>
    without(boundTo(inside))(args);

test("R067 in the stage as it is every canary holds, and before and after are the same", async () => {
  expect(await fallen({})).toEqual([]);
  expect(await fallen({ chain: withForeign })).toEqual([]);
  const after = await whole.stage.canaries("after", ground);
  expect(
    after === "not-run" ? after : after.map(({ id, verdict }) => [id, verdict]).filter(([, is]) => is !== "held"),
  ).toEqual([["relay-deny", "not-tried"]]);
});

// The rest of the chain is held twice: the outer sandbox, too, has a network of its own, mounts /usr read-only and is
// entered with an empty environment, so --clearenv alone and /usr alone can be missed by nobody. What no canary can see
// from inside: --disable-userns behind the filter (doctor's `userns-disabled`), --die-with-parent (the Harness killed),
// setpriv's uid (counted processes in sandbox.test.ts).
const PROTECTIONS: readonly (readonly [protection: string, change: () => Change, canary: CanaryId | "not-run"])[] = [
  ["its own pid namespace", () => sharing("pid"), "not-run"],
  ["its own user namespace", () => ({ args: without(["--unshare-user", "--unshare-all"]) }), "not-run"],
  ["its own net namespace", () => sharing("net"), "namespaces"],
  ["its own ipc namespace", () => sharing("ipc"), "namespaces"],
  [
    "its own uts namespace",
    () => ({ args: (args) => without(["--hostname", "sandbox"])(sharing("uts").args?.(args) ?? []) }),
    "namespaces",
  ],
  ["its own cgroup namespace", () => sharing("cgroup"), "namespaces"],
  ["a host name that tells nothing", () => ({ args: without(["--hostname"], 1) }), "namespaces"],
  ["no --share-net", () => ({ args: instead(["--unshare-all"], ["--unshare-all", "--share-net"]) }), "namespaces"],
  ["--cap-drop ALL", () => ({ args: without(["--cap-drop", "ALL"]) }), "kernel"],
  ["--uid", () => ({ args: without(["--uid"], 1) }), "kernel"],
  ["--gid", () => ({ args: without(["--gid"], 1) }), "kernel"],
  ["the system call filter", () => ({ args: without(["--seccomp"], 1) }), "kernel"],
  ["--new-session", () => ({ args: without(["--new-session"]) }), "processes"],
  ["an environment emptied before bubblewrap", () => ({ chain: inChain('exec -c "$@"', 'exec "$@"') }), "environment"],
  ["a variable of the list", () => ({ args: without(["--setenv", "LANG"], 1) }), "environment"],
  [
    "the list of variables",
    () => ({ args: (args) => ["--setenv", "MORE", "x", ...without(["--clearenv"])(args)] }),
    "environment",
  ],
  [
    "the closer of descriptors",
    () => ({ chain: (chain) => withForeign(inChain("exec $n>&-", ":")(chain)) }),
    "descriptors",
  ],
  ["--remount-ro /", () => ({ args: without(["--remount-ro", "/"]) }), "write-pinned"],
  ["--remount-ro /dev", () => ({ args: without(["--remount-ro", "/dev"]) }), "write-pinned"],
  ["/etc/passwd read-only", () => ({ args: writable("/etc/passwd") }), "write-pinned"],
  ["/proc/sys read-only", () => ({ args: unbound("/proc/sys") }), "write-pinned"],
  ["the Workspace read-only", () => ({ args: writable("/workspace") }), "write-pinned"],
  [
    "a bound of /tmp",
    () => ({ args: instead(["--size", String(LIMITS_OF_TESTS.tmpBytesMax), "--tmpfs", "/tmp"], ["--tmpfs", "/tmp"]) }),
    "processes",
  ],
  [
    "a bound of the home",
    () => ({
      args: instead(
        ["--size", String(LIMITS_OF_TESTS.tmpBytesMax), "--tmpfs", "/home/agent"],
        ["--tmpfs", "/home/agent"],
      ),
    }),
    "processes",
  ],
  [
    "a mount that is not of the list",
    () => ({ args: (args) => args.toSpliced(args.indexOf("--chdir"), 0, "--tmpfs", "/more") }),
    "write-pinned",
  ],
  ["prlimit nproc", () => limitless("nproc"), "processes"],
  ["prlimit nofile", () => limitless("nofile"), "processes"],
  ["prlimit fsize", () => limitless("fsize"), "processes"],
  ["prlimit data", () => limitless("data"), "processes"],
  ["prlimit core", () => limitless("core"), "processes"],
  ["prlimit memlock", () => limitless("memlock"), "processes"],
  ["prlimit msgqueue", () => limitless("msgqueue"), "processes"],
  ["a mask", () => ({ args: unbound("/workspace/.env") }), "read-secret"],
  ["a mask that is a folder", () => ({ args: unbound("/workspace/secrets") }), "read-secret"],
];

test.each(PROTECTIONS)("R067 without %s a canary falls", async (_, change, canary) => {
  expect(await fallen(change())).toContain(canary);
});

// What these let happen cannot be undone: each has a stage of its own.
const PINS: readonly (readonly [string, () => Change, readonly CanaryId[]])[] = [
  ["a pin", () => ({ args: unbound("/workspace/src/__init__.py") }), ["write-pinned", "rename-pinned"]],
  [
    "a writable folder as a mount",
    () => ({ args: without(["--bind", "/stage/ws/docs", "/workspace/docs"]) }),
    ["allowed-works"],
  ],
];

test.each(PINS)("R067 without %s the canaries of what may be written fall", async (_, change, canaries) => {
  const over = await opened();
  expect(await fallen(change(), over)).toEqual(expect.arrayContaining([...canaries]));
  await over.stage.close();
});
