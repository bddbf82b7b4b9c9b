import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";

import { digestOf, type Digest } from "../../workflow/digest.ts";

const FILE_BYTES_MAX = 268_435_456;

/** One digest over names, types, modes and contents of a file or folder, links not followed; "absent" when not there. */
export const fingerprint = async (
  place: string,
  except: (name: string) => boolean = () => false,
): Promise<Digest | "absent"> => {
  const sum = createHash("sha256");
  const isThere = await add(sum, place, "", except);
  return isThere ? digestOf(sum.digest()) : "absent";
};

const add = async (
  sum: ReturnType<typeof createHash>,
  place: string,
  name: string,
  except: (name: string) => boolean,
): Promise<boolean> => {
  const entry = await lstat(place).catch(() => undefined);
  if (entry === undefined) return false;
  const line = (type: string, content: string): void => void sum.update(`${type} ${entry.mode} ${content} ${name}\0`);
  if (entry.isSymbolicLink()) line("l", digestOf(await readlink(place)));
  else if (entry.isFile())
    line("f", entry.size > FILE_BYTES_MAX ? `${entry.size} ${entry.mtimeMs}` : digestOf(await readFile(place)));
  else if (entry.isDirectory()) {
    line("d", "");
    for (const child of (await readdir(place)).sort())
      if (!except(child)) await add(sum, path.join(place, child), `${name}/${child}`, except);
  } else line("other", "");
  return true;
};
