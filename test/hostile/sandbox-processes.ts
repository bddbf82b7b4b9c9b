import { readdirSync, readlinkSync } from "node:fs";
import { readlink } from "node:fs/promises";

import { childrenOf, livingOfUid, statNow } from "../../src/adapters/sandbox/processes.ts";
import type { Confined } from "../../src/seams/sandbox.ts";

/** The pid namespaces of one confined process and of what stands around it, once it has written something. */
export const namespacesOf = async (one: Confined): Promise<ReadonlySet<string>> => {
  await one.stdout.getReader().read();
  const started = statNow(one.pid);
  const children = started === undefined ? [] : childrenOf(started);
  const pids = [...children, ...children.flatMap(childrenOf)];
  const links = await Promise.all(pids.map(({ pid }) => readlink(`/proc/${pid}/ns/pid`)));
  const own = await readlink("/proc/self/ns/pid");
  return new Set(links.filter((link) => link !== own).map((link) => link.replace(/\D/g, "")));
};

/** How many processes a slot's uid still has; a plain user has no slot. */
export const leftOfSlot = (uid: number): number => (process.getuid?.() === 0 ? livingOfUid(uid).length : 0);

/** How many living processes of this host are in one of these pid namespaces. */
export const countIn = (inodes: ReadonlySet<string>): number =>
  readdirSync("/proc").filter((pid) => {
    try {
      // A zombie is dead, and whoever should bury it may never do so.
      if (!/^\d+$/.test(pid) || statNow(Number(pid))?.state === "Z") return false;
      return inodes.has(readlinkSync(`/proc/${pid}/ns/pid`).replace(/\D/g, ""));
    } catch {
      return false;
    }
  }).length;
