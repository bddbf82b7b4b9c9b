import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { isLiving, thisProcess } from "./living.ts";
import { codeOf } from "./plain-file.ts";

/** One owner's checkout of one tree. */
export interface SharedTree {
  readonly tree: string;
  readonly owner: number;
}

/** Says that this process has a stage on a shared checkout. A lease is worth as much as the process that wrote it lives. */
export const takeLease = async (
  cache: string,
  { tree, owner, holder }: SharedTree & { readonly holder: string },
): Promise<void> => {
  await mkdir(join(cache, LEASES), { recursive: true, mode: 0o700 });
  await writeFile(join(cache, LEASES, `${tree}.${owner}.${holder}`), `${thisProcess()}\n`, { mode: 0o600 });
};

/** Gives back what `takeLease` took for a Workspace; again: nothing. */
export const leaveShared = async (cache: string, holder: string): Promise<void> => {
  for (const name of await leases(cache))
    if (name.endsWith(`.${holder}`)) await rm(join(cache, LEASES, name), { force: true });
};

/** Who stands on a checkout now. Leases of dead processes are cleared away on the way. */
export const livingLeases = async (cache: string, { tree, owner }: SharedTree): Promise<readonly string[]> => {
  const living: string[] = [];
  for (const name of await leases(cache)) {
    if (!name.startsWith(`${tree}.${owner}.`)) continue;
    if (isLiving(await readFile(join(cache, LEASES, name), "utf8").catch(() => ""))) living.push(name);
    else await rm(join(cache, LEASES, name), { force: true });
  }
  return living;
};

const LEASES = "leases";

const leases = async (cache: string): Promise<readonly string[]> => {
  try {
    return await readdir(join(cache, LEASES));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw cause;
  }
};
