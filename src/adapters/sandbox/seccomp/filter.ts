import { assemble, type Step } from "./bpf.ts";
import { ABSENT_CALLS, AUDIT_ARCH, DENIED_CALLS, JUDGED_CALLS, type FilterMachine } from "./syscalls.ts";

/** The system calls that no process inside may make (confinement.md 6), as bytes for bubblewrap's `--seccomp`. */
export const seccompFilter = (machine: FilterMachine): Uint8Array => assemble(filterSteps(machine));

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const ERRNO = 0x00050000;
const EPERM = 1;
const ENOSYS = 38;
const EPROTONOSUPPORT = 93;
const EAFNOSUPPORT = 97;

// struct seccomp_data: number, architecture, instruction pointer, six arguments of 64 bits, low half first.
const NUMBER = 0;
const ARCH = 4;
const argument = (at: number): number => 16 + at * 8;

// What a later kernel adds was weighed by nobody; libc falls back. On x64 the x32 numbers are above it as well.
const FIRST_UNKNOWN = 470;
// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; NEWTIME shares its bit with clone's exit signal.
const NEW_NAMESPACE = 0x7e020000;
const NEW_TIME = 0x80;
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const FILE_TYPE = 0xf000;
const CHARACTER_DEVICE = 0x2000;
const BLOCK_DEVICE = 0x6000;
/** Unix, internet of both versions. */
const SOCKET_FAMILIES = [1, 2, 10] as const;
const NETLINK = 16;
const NETLINK_ROUTE = 0;

const filterSteps = (machine: FilterMachine): readonly Step[] => {
  const judged = JUDGED_CALLS[machine];
  return [
    { kind: "load", offset: ARCH },
    { kind: "equal", value: AUDIT_ARCH[machine], no: "kill" },
    { kind: "load", offset: NUMBER },
    { kind: "at-least", value: FIRST_UNKNOWN, yes: "absent" },
    ...DENIED_CALLS.flatMap(([, x64, arm64]) => jump(machine === "x64" ? x64 : arm64, "denied")),
    ...ABSENT_CALLS.flatMap(([, number]) => jump(number, "absent")),
    ...jump(judged.unshare, "unshare"),
    ...jump(judged.clone, "clone"),
    ...jump(judged.ioctl, "ioctl"),
    ...jump(judged.mknod, "mknod"),
    ...jump(judged.mknodat, "mknodat"),
    ...jump(judged.socket, "socket"),
    ...jump(judged.socketpair, "socket"),
    { kind: "answer", value: ALLOW },

    { kind: "label", name: "unshare" },
    { kind: "load", offset: argument(0) },
    { kind: "any-bit", value: NEW_NAMESPACE + NEW_TIME, yes: "denied", no: "allowed" },
    { kind: "label", name: "clone" },
    { kind: "load", offset: argument(0) },
    { kind: "any-bit", value: NEW_NAMESPACE, yes: "denied", no: "allowed" },
    // The kernel reads 32 bits of an ioctl's command; the high half must not hide one.
    { kind: "label", name: "ioctl" },
    { kind: "load", offset: argument(1) },
    { kind: "equal", value: TIOCSTI, yes: "denied" },
    { kind: "equal", value: TIOCLINUX, yes: "denied", no: "allowed" },
    { kind: "label", name: "mknod" },
    { kind: "load", offset: argument(1) },
    ...DEVICE_TYPE,
    { kind: "label", name: "mknodat" },
    { kind: "load", offset: argument(2) },
    ...DEVICE_TYPE,
    { kind: "label", name: "socket" },
    { kind: "load", offset: argument(0) },
    ...SOCKET_FAMILIES.map((value) => ({ kind: "equal", value, yes: "allowed" }) as const),
    { kind: "equal", value: NETLINK, yes: "netlink" },
    { kind: "answer", value: ERRNO + EAFNOSUPPORT },
    // By its route protocol libc finds out what addresses there are; every other one is a door of the kernel alone.
    { kind: "label", name: "netlink" },
    { kind: "load", offset: argument(2) },
    { kind: "equal", value: NETLINK_ROUTE, yes: "allowed" },
    { kind: "answer", value: ERRNO + EPROTONOSUPPORT },

    { kind: "label", name: "allowed" },
    { kind: "answer", value: ALLOW },
    { kind: "label", name: "denied" },
    { kind: "answer", value: ERRNO + EPERM },
    { kind: "label", name: "absent" },
    { kind: "answer", value: ERRNO + ENOSYS },
    { kind: "label", name: "kill" },
    { kind: "answer", value: KILL_PROCESS },
  ];
};

const jump = (number: number | "-", to: string): readonly Step[] =>
  number === "-" ? [] : [{ kind: "equal", value: number, yes: to }];

const DEVICE_TYPE: readonly Step[] = [
  { kind: "and", value: FILE_TYPE },
  { kind: "equal", value: CHARACTER_DEVICE, yes: "denied" },
  { kind: "equal", value: BLOCK_DEVICE, yes: "denied", no: "allowed" },
];
