import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

import type { RunId } from "../../workflow/ids.ts";
import type { ProcessId } from "./processes.ts";

/** What stands on the host for one start: who waits for it, and the first process of its pid namespace. */
export interface Started {
  readonly monitor: ProcessId;
  readonly init: ProcessId;
}

/** Where a stage writes down what it starts, before the command begins, so that it is found after a kill (confinement.md 14). */
export interface StartedRecord {
  add(started: Started): void;
  /** Only once everything in it is dead. */
  remove(): Promise<void>;
}

export const startedRecord = (stateFolder: string, workspace: string): StartedRecord => {
  const folder = path.join(shelfOf(stateFolder), `${workspace}-${randomBytes(6).toString("hex")}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    // A name is there whole or not at all, whenever its writer is killed.
    add: (started) => closeSync(openSync(path.join(folder, nameOf(started)), "wx", 0o600)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** Everything that stages of this run wrote down and did not take back. `elsewhere`: of this boot, and not to be seen from here. */
export const startedOf = (stateFolder: string, run: RunId): readonly (Started | "elsewhere")[] =>
  foldersOf(stateFolder, run).flatMap((folder) => namesIn(folder).flatMap(startedIn));

/** Once nothing of it lives. */
export const forgetStarted = async (stateFolder: string, run: RunId): Promise<void> => {
  for (const folder of foldersOf(stateFolder, run)) await rm(folder, { recursive: true, force: true });
};

const shelfOf = (stateFolder: string): string => path.join(stateFolder, "started");

const foldersOf = (stateFolder: string, run: RunId): readonly string[] =>
  namesIn(shelfOf(stateFolder))
    .filter((name) => name.startsWith(`${run}-`))
    .map((name) => path.join(shelfOf(stateFolder), name));

const nameOf = ({ monitor, init }: Started): string =>
  [monitor.pid, monitor.start, init.pid, init.start, ownNamespace(), bootId()].join(".");

const NAME = /^(\d+)\.(\d*)\.(\d+)\.(\d*)\.(\d+)\.([0-9a-f-]+)$/;

const startedIn = (name: string): readonly (Started | "elsewhere")[] => {
  const [, monitor, monitorStart = "", init, initStart = "", namespace, boot] = NAME.exec(name) ?? [];
  // What is of another boot is dead, and its numbers are other processes' now.
  if (boot !== bootId()) return [];
  if (namespace !== ownNamespace()) return ["elsewhere"];
  return [{ monitor: { pid: Number(monitor), start: monitorStart }, init: { pid: Number(init), start: initStart } }];
};

// A number means something in its own pid namespace only.
export const ownNamespace = (): string => /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "0";

const bootId = (): string => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

export const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return [];
    throw cause;
  }
};
