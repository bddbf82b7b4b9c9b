import { lstatSync } from "node:fs";
import { chmod, lstat, readdir, rename, rmdir, unlink } from "node:fs/promises";

/**
 * Removes a folder that a stranger filled. Folders in it are lifted to its top one after the other, so that no path
 * grows with their depth; modes that lock us out are changed on folders only, after `lstat` said folder.
 */
export const removeFolder = async (folder: string): Promise<void> => {
  const root = Buffer.from(folder);
  if (lstatSync(root, { throwIfNoEntry: false }) === undefined) return;
  await unlock(root);
  const waiting = await emptied(root, root, { count: 0 });
  const lifted = { count: waiting.length };
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    waiting.push(...(await emptied(next, root, lifted)));
    await rmdir(next);
  }
  await rmdir(root);
};

/** Removes everything in a folder but its folders, which are lifted to the root under fresh names. */
const emptied = async (folder: Buffer, root: Buffer, lifted: { count: number }): Promise<Buffer[]> => {
  const folders: Buffer[] = [];
  for (const name of await readdir(folder, { encoding: "buffer" })) {
    const path = Buffer.concat([folder, Buffer.from("/"), name]);
    if (!(await lstat(path)).isDirectory()) {
      await unlink(path);
      continue;
    }
    await unlock(path);
    if (folder === root) {
      folders.push(path);
      continue;
    }
    lifted.count += 1;
    const place = Buffer.concat([root, Buffer.from(`/.lifted-${lifted.count}`)]);
    await rename(path, place);
    folders.push(place);
  }
  return folders;
};

const unlock = async (folder: Buffer): Promise<void> => {
  await chmod(folder, 0o700);
};
