import type { RunLimits } from "../../workflow/run-limits.ts";
import type { PlannedMount } from "../../workflow/workspace/mount-plan.ts";
import { FILTER_FD } from "./launch-chain.ts";
import type { RootPart } from "./root-parts.ts";

/** One thing of the host that is seen inside, read-only. */
interface Laid {
  readonly source: string;
  readonly inside: string;
}

/** Everything that the argument list of one inner sandbox is made of. Sources are paths as bubblewrap sees them. */
export interface InnerSandbox {
  readonly root: readonly RootPart[];
  /** Folder of our own small files: accounts and the masks' covers. */
  readonly control: string;
  readonly workspace: string;
  /** "outer": that of the sandbox around it, in which nothing but the relay can be reached. */
  readonly network: "none" | "outer";
  readonly laid: readonly Laid[];
  readonly mounts: readonly PlannedMount[];
  readonly tmpBytesMax: number;
  readonly env: Readonly<Record<string, string>>;
}

/** The synthetic files of `/etc` inside, by their names in the control folder. */
export const ETC_FILES = ["passwd", "group", "hosts", "nsswitch.conf", "gitconfig"] as const;
export const COVERS = {
  "unreadable-file": "none.f",
  "unreadable-folder": "none.d",
  "empty-folder": "empty.d",
} as const;

/** bubblewrap's arguments for the sandbox proper (confinement.md 2, table 7): nothing in it has a network but the relay. */
export const innerArgs = (inner: InnerSandbox): readonly string[] => [
  ...NAMESPACES,
  ...(inner.network === "outer" ? ["--share-net"] : []),
  ...rootArgs(inner.root),
  ...ETC_FILES.flatMap((name) => ["--ro-bind", `${inner.control}/${name}`, `/etc/${name}`]),
  ...kernelArgs(inner.tmpBytesMax),
  ...inner.laid.flatMap(({ source, inside }) => ["--ro-bind", source, inside]),
  "--ro-bind",
  inner.workspace,
  "/workspace",
  ...inner.mounts.flatMap((mount) => mountArgs(inner, mount)),
  "--chdir",
  "/workspace",
  ...Object.entries(inner.env).flatMap(([name, value]) => ["--setenv", name, value]),
  ...LAST,
];

/** The start of every list: all namespaces its own, an identity without a name, no capability, the filter. */
export const NAMESPACES: readonly string[] = [
  ["--unshare-user", "--unshare-all", "--disable-userns"],
  ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"],
  ["--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--seccomp", String(FILTER_FD)],
].flat();

// Without these the tmpfs under the root and under /dev could be written, without any bound.
export const LAST: readonly string[] = ["--remount-ro", "/dev", "--remount-ro", "/"];

export const rootArgs = (root: readonly RootPart[]): readonly string[] => [
  ...root.flatMap((part) =>
    part.kind === "link" ? ["--symlink", part.to, part.path] : ["--ro-bind", part.path, part.path],
  ),
  "--perms",
  "0755",
  "--dir",
  "/etc",
  ...SYSTEM_FILES.flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
];

export const kernelArgs = (tmpBytesMax: number): readonly string[] =>
  [
    ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"],
    ["--perms", "1777", "--size", String(SHARED_MEMORY_BYTES), "--tmpfs", "/dev/shm"],
    ["--perms", "1777", "--size", String(tmpBytesMax), "--tmpfs", "/tmp"],
    ["--size", String(tmpBytesMax), "--tmpfs", "/home/agent"],
  ].flat();

/** The limits that the kernel keeps, counted inside the sandbox's own user namespace. */
export const limitArgs = (limits: RunLimits): readonly string[] => [
  `--nproc=${limits.processesMax}`,
  `--nofile=${limits.descriptorsMax}`,
  `--fsize=${limits.fileBytesMax}`,
  `--data=${limits.dataBytesMax}`,
  "--core=0",
  `--memlock=${LOCKED_MEMORY_BYTES}`,
  "--msgqueue=0",
  "--",
];

export const SHARED_MEMORY_BYTES = 67_108_864;
export const LOCKED_MEMORY_BYTES = 65_536;

const SYSTEM_FILES = [
  "ld.so.cache",
  "alternatives",
  "localtime",
  "mime.types",
  "ca-certificates",
  "ssl/certs",
  "ssl/openssl.cnf",
] as const;

const mountArgs = (inner: InnerSandbox, { kind, path }: PlannedMount): readonly string[] => {
  const inside = path === "" ? "/workspace" : `/workspace/${path}`;
  const own = path === "" ? inner.workspace : `${inner.workspace}/${path}`;
  if (kind === "writable") return ["--bind", own, inside];
  if (kind === "pin") return ["--ro-bind", own, inside];
  return ["--ro-bind", `${inner.control}/${COVERS[kind]}`, inside];
};
