import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { allProcesses, isAlive, signal, type ProcessId } from "./processes.ts";
import { forgetStarted, namesIn, startedOf } from "./started-record.ts";

/**
 * Ends what the dead Harness of a run left: what its stages wrote down first, then every process that still has a
 * workspace of the run mounted, whoever started it. Answers how many are left. Each is told by number and start time, so
 * that no other process is ever met.
 */
export const endOrphans = async (stateFolder: string, run: RunId): Promise<number> => {
  const began = performance.now();
  const recorded = startedOf(stateFolder, run);
  const written = recorded.filter((one) => one !== "elsewhere");
  const workspaces = namesIn(path.join(stateFolder, "workspaces")).filter((name) => name.startsWith(`${run}-`));
  for (;;) {
    const monitors = written.map(({ monitor }) => monitor).filter(isAlive);
    const inside = [...written.map(({ init }) => init).filter(isAlive), ...seeing(workspaces)];
    const left = monitors.length + inside.length;
    const unseen = recorded.length - written.length;
    if (left + unseen === 0) await forgetStarted(stateFolder, run);
    if (left === 0 || performance.now() > began + LIMITS.killTimeoutMs) return left + unseen;
    // The death of a first process ends its whole namespace; who waits for it outside reaps it and goes by itself.
    for (const one of inside) signal(one, "SIGKILL", "process");
    if (performance.now() > began + LIMITS.reapGraceMs) for (const one of monitors) signal(one, "SIGKILL", "group");
    await pause(LOOK_AGAIN_MS);
  }
};

const LOOK_AGAIN_MS = 5;

const seeing = (workspaces: readonly string[]): readonly ProcessId[] =>
  workspaces.length === 0
    ? []
    : allProcesses().filter(({ pid }) => pid > 1 && pid !== process.pid && sees(pid, workspaces));

// The path of a source is told as its own file system has it, so only its end is known. The name of a workspace is chance
// enough that no other process has it in view.
const sees = (pid: number, names: readonly string[]): boolean => {
  try {
    const mounts = readFileSync(path.join("/proc", String(pid), "mountinfo"), "latin1");
    return names.some((name) => mounts.includes(`/workspaces/${name} `) || mounts.includes(`/workspaces/${name}/`));
  } catch {
    return false;
  }
};
