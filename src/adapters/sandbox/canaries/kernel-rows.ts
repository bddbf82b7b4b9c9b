import { ABSENT_CALLS, DENIED_CALLS, filterMachine, JUDGED_CALLS } from "../seccomp/syscalls.ts";
import { boundsOfTmpfs, kernelLimits, limitsIn, privileges, processCount, session, tmpfsSizes } from "./read-raw.ts";
import { seen, tried, type CanarySetting, type Row } from "./row.ts";

/** Namespaces, system calls by their number, privileges, and the processes around. */
export const kernelRows = (setting: CanarySetting): readonly Row[] => [
  ...processRows(setting),
  ...privilegeRows(),
  ...namespaceRows(setting),
  ...callRows(),
];

/** System calls whose answers outside show that the filter is what denies them inside; harmless everywhere. */
export const callsOutside = (): readonly Pick<Row, "what" | "op">[] =>
  ["ptrace", "keyctl", "io_uring_setup"].map((name) => ({ what: name, op: call(name) }));

const processRows = ({ planted: { process }, description: { limits } }: CanarySetting): readonly Row[] => [
  tried("processes", "signal a host process", ["signal", process.pid, process.name], HOST, "ESRCH", "another process"),
  tried("processes", "find it in /proc", ["find", process.name], HOST, "absent"),
  seen("processes", "processes in sight", ["count"], "fewer than 12", processCount),
  seen("processes", "session", ["slurp", "/proc/self/stat"], "its own", session),
  seen("processes", "bounds of tmpfs", ["slurp", "/proc/self/mountinfo"], boundsOfTmpfs(limits), tmpfsSizes),
  seen("processes", "limits", ["slurp", "/proc/self/limits"], kernelLimits(limits), (raw) => limitsIn(raw, limits)),
];

const HOST = "planted process";

const privilegeRows = (): readonly Row[] => [
  seen("kernel", "privileges", ["slurp", "/proc/self/status"], "no capability, NoNewPrivs 1, Seccomp 2", privileges),
  seen("kernel", "uid and gid", ["ids"], "1000 1000 1000 1000", (raw) => raw.split(" ").slice(0, 4).join(" ")),
];

const namespaceRows = ({ namespaces, description: { masks } }: CanarySetting): readonly Row[] => [
  ...[...namespaces].map(([kind, others]) =>
    seen("namespaces", `${kind} namespace`, ["link", `/proc/self/ns/${kind}`], "its own", (raw) =>
      others.includes(raw) ? "another's" : "its own",
    ),
  ),
  seen("namespaces", "host name", ["slurp", "/proc/sys/kernel/hostname"], "sandbox", (raw) => raw.trim()),
  tried("namespaces", "make a user namespace", call("unshare", CLONE_NEWUSER), CALLS, "EPERM"),
  tried("namespaces", "mount", call("mount", "s:none", "s:/tmp", "s:tmpfs"), CALLS, "EPERM"),
  tried(
    "namespaces",
    "unmount a mask",
    call("umount2", `s:/workspace${masks[0] === undefined ? "" : `/${masks[0]}`}`, MNT_DETACH),
    CALLS,
    "EPERM",
  ),
];

/** The control of a call: outside it is answered otherwise. */
export const CALLS = "system calls by number";

const CLONE_NEWUSER = 0x10000000;
const MNT_DETACH = 2;
const TIOCSTI = 0x5412;

const callRows = (): readonly Row[] => [
  ...["ptrace", "keyctl", "bpf", "pivot_root"].map((name) => tried("kernel", name, call(name), CALLS, "EPERM")),
  tried("kernel", "io_uring_setup", call("io_uring_setup"), CALLS, "ENOSYS"),
  tried("kernel", "type into a terminal", call("ioctl", 0, TIOCSTI), CALLS, "EPERM"),
];

const call = (name: string, ...args: readonly (string | number)[]): Row["op"] => ["call", numberOf(name), ...args];

const numberOf = (name: string): number => {
  const machine = filterMachine(process.arch);
  if (machine === undefined) throw new TypeError(`no system call has a number on ${process.arch}`);
  const denied = DENIED_CALLS.find(([one]) => one === name)?.[machine === "x64" ? 1 : 2];
  const judged = name === "unshare" || name === "ioctl" ? JUDGED_CALLS[machine][name] : undefined;
  const number = denied ?? ABSENT_CALLS.find(([one]) => one === name)?.[1] ?? judged;
  if (typeof number !== "number") throw new TypeError(`${name} has no number on ${machine}`);
  return number;
};
