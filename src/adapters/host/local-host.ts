import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import path from "node:path";

import type { Host } from "../../seams/host.ts";
import { findProgram } from "./find-program.ts";
import { fingerprint } from "./fingerprint.ts";
import { openRawLogs, readRawLogs } from "./raw-logs.ts";

/** This machine, with the state folder of one home. */
export const localHost = (stateFolder: string): Host => {
  const privateOf = (run: string): string => path.join(stateFolder, "private", run);
  return {
    findProgram,
    fingerprint,
    openRawLogs: (run, attempt, bytesMax) => openRawLogs(privateOf(run), attempt, bytesMax),
    readRawLogs: (run) => Promise.resolve(readRawLogs(privateOf(run))),
    diskFree: async () => {
      const { bavail, bsize } = await statfs(stateFolder);
      return bavail * bsize;
    },
    askToStop: ({ pid }) => void process.kill(pid, "SIGTERM"),
    endOrphan: (pid, startedBeforeMs) => {
      // Minus one would be everybody.
      if (pid > 1 && isOlderThan(pid, startedBeforeMs)) kill(pid);
      return Promise.resolve();
    },
  };
};

// Sandboxes start as leaders of their own process group; a pid that was given to somebody younger is not ours.
const kill = (pid: number): void => {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone, which is what was wanted.
  }
};

const TICKS_PER_SECOND = 100;

const isOlderThan = (pid: number, epochMs: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const startTicks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const uptimeMs = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000;
    const startedAtMs = Date.now() - uptimeMs + (startTicks / TICKS_PER_SECOND) * 1000;
    return startedAtMs <= epochMs;
  } catch {
    return false;
  }
};
