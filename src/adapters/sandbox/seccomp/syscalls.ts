/** The kernel's AUDIT_ARCH words of the machines that a filter is made for, by Node's name of the machine. */
const FILTER_MACHINES = ["x64", "arm64"] as const;
export type FilterMachine = (typeof FILTER_MACHINES)[number];

export const filterMachine = (arch: string): FilterMachine | undefined =>
  FILTER_MACHINES.find((machine) => machine === arch);

export const AUDIT_ARCH: Readonly<Record<FilterMachine, number>> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/** Calls answered with EPERM whatever their arguments are: `[name, x64, arm64]`, a dash where the machine has none. */
export const DENIED_CALLS: readonly (readonly [name: string, x64: number | "-", arm64: number | "-"])[] = [
  ["ptrace", 101, 117],
  ["process_vm_readv", 310, 270],
  ["process_vm_writev", 311, 271],
  ["kcmp", 312, 272],
  ["pidfd_getfd", 438, 438],
  ["mount", 165, 40],
  ["umount2", 166, 39],
  ["pivot_root", 155, 41],
  ["chroot", 161, 51],
  ["open_tree", 428, 428],
  ["open_tree_attr", 467, 467],
  ["move_mount", 429, 429],
  ["fsopen", 430, 430],
  ["fsconfig", 431, 431],
  ["fsmount", 432, 432],
  ["fspick", 433, 433],
  ["mount_setattr", 442, 442],
  ["setns", 308, 268],
  ["keyctl", 250, 219],
  ["add_key", 248, 217],
  ["request_key", 249, 218],
  ["bpf", 321, 280],
  ["perf_event_open", 298, 241],
  ["userfaultfd", 323, 282],
  ["init_module", 175, 105],
  ["finit_module", 313, 273],
  ["delete_module", 176, 106],
  ["kexec_load", 246, 104],
  ["kexec_file_load", 320, 294],
  ["reboot", 169, 142],
  ["swapon", 167, 224],
  ["swapoff", 168, 225],
  ["acct", 163, 89],
  ["quotactl", 179, 60],
  ["quotactl_fd", 443, 443],
  ["syslog", 103, 116],
  ["lookup_dcookie", 212, 18],
  ["nfsservctl", 180, 42],
  ["iopl", 172, "-"],
  ["ioperm", 173, "-"],
  ["name_to_handle_at", 303, 264],
  ["open_by_handle_at", 304, 265],
  ["fanotify_init", 300, 262],
  ["settimeofday", 164, 170],
  ["clock_settime", 227, 112],
  ["adjtimex", 159, 171],
  ["clock_adjtime", 305, 266],
  ["sethostname", 170, 161],
  ["setdomainname", 171, 162],
  // Contexts of these are counted for the whole host.
  ["io_setup", 206, 0],
];

/** Calls whose arguments a filter cannot read: answered with ENOSYS, and libc falls back to the older ones. */
export const ABSENT_CALLS: readonly (readonly [name: string, number: number])[] = [
  ["clone3", 435],
  ["io_uring_setup", 425],
  ["io_uring_enter", 426],
  ["io_uring_register", 427],
];

/** Calls that are judged by an argument. */
export const JUDGED_CALLS: Readonly<
  Record<
    FilterMachine,
    {
      readonly unshare: number;
      readonly clone: number;
      readonly ioctl: number;
      readonly mknod: number | "-";
      readonly mknodat: number;
      readonly socket: number;
      readonly socketpair: number;
    }
  >
> = {
  x64: { unshare: 272, clone: 56, ioctl: 16, mknod: 133, mknodat: 259, socket: 41, socketpair: 53 },
  arm64: { unshare: 97, clone: 220, ioctl: 29, mknod: "-", mknodat: 33, socket: 198, socketpair: 199 },
};

/** What the stage mounts by; the filter denies it inside. */
export const mountNumber = (machine: FilterMachine): number => (machine === "x64" ? 165 : 40);

/** Calls that write and read an attribute of a file. */
export const attributeCalls = (machine: FilterMachine): { readonly set: number; readonly get: number } =>
  machine === "x64" ? { set: 188, get: 191 } : { set: 5, get: 8 };
