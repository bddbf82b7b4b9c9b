import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

import type { Holder } from "../../seams/store.ts";
import { bootId } from "./proc.ts";

/** This process, told so exactly that another one can prove it dead. */
export const holderOfThisProcess = (): Holder => ({
  pid: process.pid,
  pidStart: startOf(process.pid) ?? "unknown",
  bootId: bootId(),
  host: thisHost(),
});

/** Whether a holder may still act. False only where its end is proven: another boot, or no such process any more. */
export const isAlive = (holder: Holder): boolean => {
  if (holder.bootId !== bootId()) return false;
  // Pids of another pid namespace say nothing here.
  if (holder.host !== thisHost()) return true;
  return startOf(holder.pid) === holder.pidStart;
};

// A pid means something in its own pid namespace only.
const thisHost = (): string => `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;

/** Field 22 of /proc/<pid>/stat, undefined for a process that is gone or that only waits to be reaped. */
const startOf = (pid: number): string | undefined => {
  const stat = statOf(pid);
  // The name in field 2 is the process's own choice and may hold blanks and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state === undefined || ["", "Z", "X", "x"].includes(state) ? undefined : rest[18];
};

const statOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH")) return "";
    throw error;
  }
};
