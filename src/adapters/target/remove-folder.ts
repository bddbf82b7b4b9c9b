import { lstatSync } from "node:fs";
import { chmod, lstat, mkdtemp, readdir, rename, rmdir, unlink } from "node:fs/promises";

import { Failure } from "../../workflow/failure.ts";
import { codeOf } from "./plain-file.ts";

/**
 * Removes a folder that a stranger filled. Folders in it are lifted to one place near its top, one after the other, so
 * that no path grows with their depth. Modes that lock us out are changed on folders only, after `lstat` said folder.
 */
export const removeFolder = async (folder: string): Promise<void> => {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
  try {
    await removeAll(folder);
  } catch (cause) {
    throw new Failure("target/unreadable", `${folder} cannot be removed: ${codeOf(cause)}`, { cause });
  }
};

const removeAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o700);
  const lifted = await mkdtemp(`${folder}/.lifted-`);
  let count = 0;
  const waiting = [Buffer.from(folder)];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of await readdir(next, { encoding: "buffer" })) {
      const path = Buffer.concat([next, Buffer.from("/"), name]);
      if (path.equals(Buffer.from(lifted))) continue;
      if (!(await lstat(path)).isDirectory()) {
        await unlink(path);
        continue;
      }
      await chmod(path, 0o700);
      count += 1;
      const place = Buffer.from(`${lifted}/${count}`);
      await rename(path, place);
      waiting.push(place);
    }
    if (next.toString() !== folder) await rmdir(next);
  }
  await rmdir(lifted);
  await rmdir(folder);
};
