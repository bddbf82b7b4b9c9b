import { readFileSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";

/** One process of the host, told apart from a later one with the same number by its start time. */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat. */
  readonly start: string;
}

interface Stat extends ProcessId {
  readonly state: string;
  readonly parent: number;
}

/** Undefined when there is no such process (any more). */
export const statOf = async (pid: number): Promise<Stat | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return text === undefined ? undefined : statIn(pid, text);
};

/** The same without waiting: a child that has just been started cannot be reaped meanwhile. */
export const statNow = (pid: number): Stat | undefined => {
  try {
    return statIn(pid, readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
};

const statIn = (pid: number, text: string): Stat | undefined => {
  // The command may hold any byte, parentheses too; the fields begin after the last one.
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const start = rest[17];
  return state === undefined || start === undefined ? undefined : { pid, state, parent: Number(parent), start };
};

export const isAlive = async ({ pid, start }: ProcessId): Promise<boolean> => {
  const stat = await statOf(pid);
  return stat !== undefined && stat.start === start && !(await isDead(stat));
};

/** Sends a signal to the process, or to its group, only while it is still the same process. Answers whether it was. */
export const signal = async (
  one: ProcessId,
  name: "SIGTERM" | "SIGKILL",
  whole: "process" | "group",
): Promise<boolean> => {
  if (!(await isAlive(one))) return false;
  try {
    process.kill(whole === "group" ? -one.pid : one.pid, name);
    return true;
  } catch {
    return false;
  }
};

/** Every living process that has this uid in any of its four places. */
export const livingOfUid = async (uid: number): Promise<readonly ProcessId[]> =>
  living(async (pid) => (await statusOf(pid)).uids.includes(uid));

/**
 * Every living process in one of these pid namespaces. One of our own uid whose namespace we may not see, and which
 * is in a nested one, counts as well: what cannot be looked at is not proven dead.
 */
export const livingInNamespaces = async (inodes: ReadonlySet<string>): Promise<readonly ProcessId[]> =>
  living(async (pid) => {
    try {
      const inode = /\[(\d+)\]/.exec(await readlink(`/proc/${pid}/ns/pid`))?.[1];
      return inode !== undefined && inodes.has(inode);
    } catch {
      const { uids, depth } = await statusOf(pid);
      return depth > 1 && uids.includes(process.getuid?.() ?? -1);
    }
  });

const living = async (isMeant: (pid: number) => Promise<boolean>): Promise<readonly ProcessId[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await statOf(pid);
      if (stat === undefined || (await isDead(stat)) || !(await isMeant(pid))) return [];
      return [{ pid, start: stat.start }];
    }),
  );
  return found.flat();
};

// A zombie is dead, for in containers PID 1 may never reap it; but not while threads of it outlive their first one.
const isDead = async ({ pid, state }: Stat): Promise<boolean> =>
  (state === "Z" || state === "X") && (await readdir(`/proc/${pid}/task`).catch(() => [])).length <= 1;

const statusOf = async (pid: number): Promise<{ readonly uids: readonly number[]; readonly depth: number }> => {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const line = (name: string): readonly string[] =>
    new RegExp(`^${name}:\\s+(.*)$`, "m").exec(text)?.[1]?.split(/\s+/) ?? [];
  return { uids: line("Uid").map(Number), depth: line("NSpid").length };
};
