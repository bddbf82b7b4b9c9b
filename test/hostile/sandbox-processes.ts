import { readdir, readlink } from "node:fs/promises";

import { livingOfUid, statNow } from "../../src/adapters/sandbox/processes.ts";
import type { Confined } from "../../src/seams/sandbox.ts";

/** The pid namespaces of one confined process, once it has written something. */
export const namespacesOf = async (one: Confined): Promise<ReadonlySet<string>> => {
  await one.stdout.getReader().read();
  const pids = (await readdir("/proc")).filter((name) => statNow(Number(name))?.parent === one.pid);
  const links = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/ns/pid`)));
  return new Set(links.map((link) => link.replace(/\D/g, "")));
};

/** How many processes a slot's uid still has; a plain user has no slot. */
export const leftOfSlot = async (uid: number): Promise<number> =>
  process.getuid?.() === 0 ? (await livingOfUid(uid)).length : 0;
