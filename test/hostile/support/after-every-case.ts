import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "vitest";

import { targetDigest } from "../../journeys/ground.ts";
import { readVictim, type Field, type Trial } from "./field.ts";

/** What holds after every hostile case, whatever it was (the six of the open set). */
export const holdsAfterwards = async (
  field: Field,
  trial: Trial,
  target: "untouched" | "committed" | "moved-by-its-owner" = "untouched",
): Promise<void> => {
  const { world, ground } = field;
  if (target === "untouched") expect(await targetDigest(world, ground)).toBe(trial.before);
  expect(trial.verdict.checks.filter(({ verdict }) => verdict !== "PASS")).toEqual([]);
  expect(trial.verdict.verdict).toBe("PASS");
  expect(await leaksOf(field, trial)).toEqual([]);
  expect(await readdir(field.canary)).toEqual(["victim"]);
  expect(await readVictim(field)).toBe("orig\n");
  expect(await processesOf(ground.root)).toEqual([]);
  expect(trial.report.defaultActivation).toEqual({ before: false, after: false });
};

/** The processes that see a folder of this ground as a mount: whatever a run confined, and nobody else. */
export const processesOf = async (root: string): Promise<readonly string[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found: string[] = [];
  for (const pid of pids) {
    const mounts = await readFile(`/proc/${pid}/mountinfo`, "utf8").catch(() => "");
    if (mounts.includes(path.basename(root))) found.push(await commandOf(pid));
  }
  return found.filter((command) => command !== "");
};

// A zombie waits for its parent and has no command any more.
const commandOf = async (pid: string): Promise<string> =>
  (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).replaceAll("\0", " ");

const leaksOf = async ({ ground, secret }: Field, { files, lines }: Trial): Promise<readonly string[]> => {
  const holds = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(secret);
  const ledger = await ledgerFiles(path.join(ground.home, ".cto"));
  return [
    ...[...files].filter(([, bytes]) => holds(bytes)).map(([name]) => name),
    ...lines.filter((line) => line.includes(secret)),
    ...ledger.filter(({ bytes }) => holds(bytes)).map(({ name }) => name),
  ];
};

const ledgerFiles = async (
  folder: string,
): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> => {
  const names = (await readdir(folder)).filter((name) => name.startsWith("ledger.db"));
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(path.join(folder, name)) })));
};
