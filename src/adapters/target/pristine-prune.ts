import { lstat, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";

import { oneAtATime } from "./one-at-a-time.ts";
import { livingLeases, type SharedTree } from "./pristine-lease.ts";
import { removeFolder } from "./remove-folder.ts";

/** Removes the checkouts that nobody used for long, and all of the oldest trees; never one that somebody stands on. */
export const pruneShared = async (cache: string, newest: string): Promise<void> => {
  const unusedSince = Date.now() - UNUSED_MS;
  const all = await checkoutsOf(cache);
  const usedAt = new Map<string, number>();
  for (const { tree, usedAtMs } of all) usedAt.set(tree, Math.max(usedAt.get(tree) ?? 0, usedAtMs));
  const kept = new Set(
    [...usedAt]
      .sort(([, a], [, b]) => b - a)
      .slice(0, TREES_MAX)
      .map(([tree]) => tree),
  );
  for (const one of all) {
    if (one.tree === newest || (kept.has(one.tree) && one.usedAtMs >= unusedSince)) continue;
    await oneAtATime(join(cache, `${one.tree}.lock`), () => removeUnused(cache, one));
  }
};

const UNUSED_MS = 30 * 86_400_000;
const TREES_MAX = 10;

interface Used extends SharedTree {
  readonly usedAtMs: number;
}

const checkoutsOf = async (cache: string): Promise<readonly Used[]> => {
  const found: Used[] = [];
  for (const tree of await readdir(cache)) {
    if (!/^[0-9a-f]{40}$/.test(tree)) continue;
    const owners = new Set((await readdir(join(cache, tree))).flatMap((name) => /^\d+/.exec(name) ?? []));
    for (const owner of owners)
      found.push({ tree, owner: Number(owner), usedAtMs: await usedAtMs(join(cache, tree, owner)) });
  }
  return found;
};

// One without a mark is being laid, or was broken off on the way: then its folder tells when.
const usedAtMs = async (folder: string): Promise<number> => {
  for (const trace of [`${folder}.json`, `${folder}.laying`, folder]) {
    const found = await lstat(trace).catch(() => undefined);
    if (found !== undefined) return found.mtimeMs;
  }
  return 0;
};

const removeUnused = async (cache: string, { tree, owner, usedAtMs: then }: Used): Promise<void> => {
  const folder = join(cache, tree, String(owner));
  if ((await usedAtMs(folder)) !== then || (await livingLeases(cache, { tree, owner })).length > 0) return;
  await rm(`${folder}.json`, { force: true });
  await rm(`${folder}.json.new`, { force: true });
  // What another user laid stays: it costs room and nothing else.
  for (const one of [folder, `${folder}.laying`]) await removeFolder(one).catch(() => undefined);
  await rmdir(join(cache, tree)).catch(() => undefined);
};
