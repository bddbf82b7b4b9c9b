import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";

import { Failure } from "../../workflow/failure.ts";

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

/** Undefined when there is no such process (any more). A child that has just been started cannot be reaped meanwhile. */
export const statNow = (pid: number): Stat | undefined => {
  const text = textOf(`/proc/${pid}/stat`);
  return text === undefined ? undefined : statIn(pid, text);
};

const statIn = (pid: number, text: string): Stat | undefined => {
  // The command may hold any byte, parentheses too; the fields begin after the last one.
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const start = rest[17];
  return state === undefined || start === undefined ? undefined : { pid, state, parent: Number(parent), start };
};

export const isAlive = ({ pid, start }: ProcessId): boolean => {
  const stat = statNow(pid);
  return stat !== undefined && stat.start === start && !isDead(stat);
};

/** Sends a signal to the process, or to its group, only while it is still the same process. Answers whether it was. */
export const signal = (one: ProcessId, name: "SIGTERM" | "SIGKILL", whole: "process" | "group"): boolean => {
  if (!isAlive(one)) return false;
  try {
    process.kill(whole === "group" ? -one.pid : one.pid, name);
    return true;
  } catch {
    return false;
  }
};

/** The living children of one process. */
export const childrenOf = (one: ProcessId): readonly ProcessId[] => {
  const told = textOf(`/proc/${one.pid}/task/${one.pid}/children`);
  // A kernel without this list is asked process by process.
  const pids = told === undefined ? allPids() : told.split(" ").filter(Boolean).map(Number);
  return pids.flatMap((pid) => {
    const stat = statNow(pid);
    return stat?.parent === one.pid ? [{ pid, start: stat.start }] : [];
  });
};

/** Every living process that has this uid in any of its four places. */
export const livingOfUid = (uid: number): readonly ProcessId[] => living((pid) => statusOf(pid).uids.includes(uid));

/** Every living process of one of these uids that was given one of these words early among its arguments. */
export const livingWithWord = (uids: readonly number[], words: readonly string[]): readonly ProcessId[] => {
  if (words.length === 0) return [];
  const given = words.map((word) => `\0${word}\0`);
  return living((pid) => {
    if (!statusOf(pid).uids.some((uid) => uids.includes(uid))) return false;
    const first = beginningOf(`/proc/${pid}/cmdline`);
    return given.some((word) => first.includes(word));
  });
};

/**
 * Every living process in one of these pid namespaces, each told by its number and by its first process. One of our own
 * uid in a nested namespace that we may not see counts as well where one of `roots` has started it: what cannot be looked
 * at is not proven dead. That of another stage does not.
 */
export const livingInNamespaces = (
  namespaces: ReadonlyMap<string, ProcessId>,
  roots: readonly ProcessId[],
): readonly ProcessId[] =>
  living((pid) => {
    try {
      const inode = /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/pid`))?.[1];
      const first = namespaces.get(inode ?? "");
      // A namespace ends with its first process, and its number is given to the next one at once.
      return first !== undefined && statNow(first.pid)?.start === first.start;
    } catch {
      const { uids, depth } = statusOf(pid);
      return depth > 1 && uids.includes(process.getuid?.() ?? -1) && isBelow(pid, roots);
    }
  });

// Who loses its parent in a pid namespace is given to the first process there, so the way up never leaves the stage.
const isBelow = (pid: number, roots: readonly ProcessId[]): boolean => {
  for (let at = statNow(pid); at !== undefined; at = statNow(at.parent)) {
    const { pid: own, start } = at;
    if (roots.some((root) => root.pid === own && root.start === start)) return true;
  }
  return false;
};

/** Every process of the host that lives now. */
export const allProcesses = (): readonly ProcessId[] => living(() => true);

// Read without waiting: a file of /proc is there at once, and a thousand small waits would take ten times as long.
const living = (isMeant: (pid: number) => boolean): readonly ProcessId[] =>
  allPids().flatMap((pid) => {
    const stat = isMeant(pid) ? statNow(pid) : undefined;
    return stat === undefined || isDead(stat) ? [] : [{ pid, start: stat.start }];
  });

const allPids = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

// A zombie is dead, for in containers PID 1 may never reap it; but not while threads of it outlive their first one.
const isDead = ({ pid, state }: Stat): boolean => (state === "Z" || state === "X") && threadsOf(pid) <= 1;

const threadsOf = (pid: number): number => {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
};

const statusOf = (pid: number): { readonly uids: readonly number[]; readonly depth: number } => {
  const text = textOf(`/proc/${pid}/status`) ?? "";
  const line = (name: string): readonly string[] =>
    new RegExp(`^${name}:\\s+(.*)$`, "m").exec(text)?.[1]?.split(/\s+/) ?? [];
  return { uids: line("Uid").map(Number), depth: line("NSpid").length };
};

const textOf = (file: string): string | undefined => unlessGone(() => readFileSync(file, "utf8"));

// A process may make its arguments as long as its memory, so no more of them is read.
const beginningOf = (file: string): string => {
  const bytes = Buffer.alloc(ARGUMENT_BYTES);
  const length = unlessGone(() => {
    const opened = openSync(file, "r");
    try {
      return readSync(opened, bytes);
    } finally {
      closeSync(opened);
    }
  });
  return bytes.toString("latin1", 0, length ?? 0);
};

const ARGUMENT_BYTES = 8_192;

// What cannot be read for another reason is not taken for dead.
const unlessGone = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && GONE.has(String(cause.code))) return undefined;
    throw new Failure("sandbox/broken", "the processes of this machine cannot be read", { cause });
  }
};

const GONE: ReadonlySet<string> = new Set(["ENOENT", "ESRCH", "EACCES", "EPERM"]);
