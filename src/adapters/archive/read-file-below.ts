import { constants } from "node:fs";
import { open, readlink, realpath } from "node:fs/promises";
import path from "node:path";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";

/**
 * One plain file of a folder that claims to be a bundle, as reading all of it would hold it: of one name, reached through no
 * link below the folder, and not too large to hold. "absent" for anything else, also for a name that leads elsewhere.
 */
export const readFileBelow = async (folder: string, name: string): Promise<Uint8Array | "absent"> => {
  if (!isPlainName(name)) return "absent";
  try {
    const place = path.join(await realpath(folder), name);
    const handle = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await handle.stat();
      if (!about.isFile() || about.nlink !== 1 || about.size > LIMITS.bundleHeldFileBytesMax) return "absent";
      // Where the descriptor is, and not where its name led a moment ago: a folder on the way may be a link.
      if ((await readlink(`/proc/self/fd/${handle.fd}`)) !== place) return "absent";
      return new Uint8Array(await handle.readFile());
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && ABSENT.has(String(error.code))) return "absent";
    throw new Failure("home/unreadable", `${folder} cannot be read.`, { cause: error });
  }
};

const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENXIO", "ENAMETOOLONG"]);

const isPlainName = (name: string): boolean =>
  !name.includes("\0") && name.split("/").every((part) => part !== "" && part !== "." && part !== "..");
