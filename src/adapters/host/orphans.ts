import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";

/**
 * Kills every process that still has a workspace of this run mounted, whoever started it and whatever became of its
 * parent. Answers how many are left: the name of a workspace is chance enough that no other process has it in view.
 */
export const endOrphans = async (workspaces: string, run: RunId): Promise<number> => {
  const names = namesIn(workspaces).filter((name) => name.startsWith(`${run}-`));
  const until = performance.now() + LIMITS.killTimeoutMs;
  for (;;) {
    const alive = names.length === 0 ? [] : pids().filter((pid) => sees(pid, names));
    if (alive.length === 0 || performance.now() > until) return alive.length;
    for (const pid of alive) kill(pid);
    await pause(LOOK_AGAIN_MS);
  }
};

const LOOK_AGAIN_MS = 5;

const pids = (): readonly number[] =>
  namesIn("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid > 1 && pid !== process.pid);

// The path of a source is told as its own file system has it, so only its end is known.
const sees = (pid: number, names: readonly string[]): boolean => {
  try {
    const mounts = readFileSync(path.join("/proc", String(pid), "mountinfo"), "latin1");
    return names.some((name) => mounts.includes(`/workspaces/${name} `) || mounts.includes(`/workspaces/${name}/`));
  } catch {
    return false;
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone, which is what was wanted.
  }
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
