import { readlinkSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, statfs, writeFile } from "node:fs/promises";
import { dirname } from "node:path/posix";

import { LIMITS } from "../../workflow/limits.ts";
import { isAlive, statNow, type ProcessId } from "./processes.ts";

/** What holds the memory of a whole stage within its bound. */
export interface MemoryGuard {
  /** In words, for the proof and for `cto doctor`. */
  readonly says: string;
  readonly holds: "kernel" | "watchdog";
  /** Where a process writes itself before it begins; undefined where there is no group. */
  readonly group: string | undefined;
  /** Whether the bound was passed. `living` are the processes of the stage. */
  passed(living: readonly ProcessId[]): Promise<boolean>;
  /** Gives the group back, once it is empty. */
  release(): Promise<void>;
}

/** The first guard that works here: a group of cgroup v2, one of v1, else a watchdog that adds up what is resident. */
export const guardMemory = async (bytesMax: number): Promise<MemoryGuard> =>
  (await grouped(bytesMax, await ownGroups())) ?? watchdog(bytesMax);

/** Folders in which a group may be made, for each hierarchy that can bound memory. */
interface Groups {
  readonly v2: readonly string[];
  readonly v1: readonly string[];
}

const ownGroups = async (): Promise<Groups> => {
  const lines = (await readFile("/proc/self/cgroup", "utf8").catch(() => "")).split("\n");
  const path = (start: RegExp): string | undefined =>
    lines.find((line) => start.test(line))?.replace(/^[^:]*:[^:]*:/, "");
  const v2 = path(/^0::/);
  const v1 = path(/^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:/);
  return {
    // In v2 a group that holds processes has no groups with bounds below it, so the next place is beside our own.
    v2: v2 === undefined ? [] : [`/sys/fs/cgroup${v2}`, dirname(`/sys/fs/cgroup${v2}`)],
    v1: v1 === undefined ? [] : [`/sys/fs/cgroup/memory${v1}`],
  };
};

// A pid means nothing in another pid namespace, which may well share the hierarchy: so the name begins with the holder's.
export const groupNames = (): string => `cto-harness.${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;

let made = 0;

const grouped = async (bytesMax: number, { v1, v2 }: Groups): Promise<MemoryGuard | undefined> => {
  const start = statNow(process.pid)?.start ?? "0";
  made += 1;
  const name = `${groupNames()}.${process.pid}.${start}.${made}`;
  const places = [...v2.map((above) => [above, V2] as const), ...v1.map((above) => [above, V1] as const)];
  for (const [above, kind] of places) {
    const guard = await groupAt(above, name, kind, bytesMax);
    if (guard !== undefined) return guard;
  }
  return undefined;
};

interface Kind {
  readonly says: string;
  /** The type of its file system: on any other a folder and a file could be made as well, and would bound nothing. */
  readonly magic: number;
  readonly settings: (bytesMax: number) => readonly (readonly [file: string, value: number, need: "must" | "may"])[];
  readonly events: string;
  /** What takes sockets into account in a group of its kind; undefined where the bound of everything does. */
  readonly sockets: string | undefined;
}

const V2: Kind = {
  says: "cgroup v2 memory.max",
  magic: 0x63677270,
  settings: (bytesMax) => [
    ["memory.max", bytesMax, "must"],
    ["memory.swap.max", 0, "may"],
  ],
  events: "memory.events",
  sockets: undefined,
};

const V1: Kind = {
  says: "cgroup v1 memory.limit_in_bytes",
  magic: 0x27e0eb,
  settings: (bytesMax) => [
    ["memory.limit_in_bytes", bytesMax, "must"],
    ["memory.memsw.limit_in_bytes", bytesMax, "may"],
  ],
  events: "memory.oom_control",
  // What lies in sockets is counted apart, and only where it has a bound.
  sockets: "memory.kmem.tcp.limit_in_bytes",
};

const groupAt = async (above: string, name: string, kind: Kind, bytesMax: number): Promise<MemoryGuard | undefined> => {
  const folder = `${above}/${name}`;
  let sockets = "";
  if ((await statfs(above).catch(() => undefined))?.type !== kind.magic) return undefined;
  try {
    await sweepGroups(above);
    await mkdir(folder);
    for (const [file, value, need] of kind.settings(bytesMax))
      await writeFile(`${folder}/${file}`, String(value)).catch((error: unknown) => {
        if (need === "must") throw error;
      });
    await readFile(`${folder}/${kind.events}`);
    sockets = await socketsIn(folder, kind, bytesMax);
  } catch {
    await rmdir(folder).catch(() => undefined);
    return undefined;
  }
  return {
    says: `${kind.says}, ${sockets}`,
    holds: "kernel",
    group: `${folder}/cgroup.procs`,
    passed: async () => /^oom_kill [1-9]/m.test(await readFile(`${folder}/${kind.events}`, "utf8").catch(() => "")),
    release: () => rmdir(folder).catch(() => undefined),
  };
};

/** In words, whether what lies in sockets is bounded as well; there is no harm in a bound that no honest program meets. */
const socketsIn = async (folder: string, { sockets }: Kind, bytesMax: number): Promise<string> => {
  if (sockets === undefined) return SOCKETS_BOUNDED;
  return writeFile(`${folder}/${sockets}`, String(Math.min(bytesMax, LIMITS.socketBytesMax))).then(
    () => SOCKETS_BOUNDED,
    () => "socket buffers not counted",
  );
};

const SOCKETS_BOUNDED = "socket buffers included";

/** Removes the empty groups of dead holders of this pid namespace; one that is not empty stays. */
export const sweepGroups = async (above: string): Promise<void> => {
  const names = groupNames();
  for (const name of await readdir(above)) {
    const [, pid, start] = new RegExp(`^${names}\\.(\\d+)\\.(\\d+)\\.\\d+$`).exec(name) ?? [];
    if (pid === undefined || start === undefined || isAlive({ pid: Number(pid), start })) continue;
    await rmdir(`${above}/${name}`).catch(() => undefined);
  }
};

/** The guard where no group can be made. */
export const watchdog = (bytesMax: number): MemoryGuard => ({
  says: "watchdog over what is resident, every 200 ms",
  holds: "watchdog",
  group: undefined,
  passed: async (living) => {
    const all = await Promise.all(living.map(({ pid }) => residentBytes(pid)));
    return all.reduce((sum, bytes) => sum + bytes, 0) > bytesMax;
  },
  release: () => Promise.resolve(),
});

// Shared pages are counted once where the kernel tells the proportional size, else for each process that has them.
const residentBytes = async (pid: number): Promise<number> => {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  const proportional = /^Pss:\s+(\d+) kB/m.exec(rollup)?.[1];
  if (proportional !== undefined) return Number(proportional) * 1024;
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
};
