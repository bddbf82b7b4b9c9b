import { lstat, readdir } from "node:fs/promises";

export interface Usage {
  readonly bytes: number;
  readonly inodes: number;
}

/** A place that cannot be looked at: no honest program makes one, so it counts as more than any limit. */
const UNSEEN: Usage = { bytes: Number.POSITIVE_INFINITY, inodes: Number.POSITIVE_INFINITY };

/**
 * What lies in the writable folders of a workspace, links not followed, pinned and masked paths left out. Stops as soon
 * as there is more than `most`, so that a hostile tree costs no more than an honest one.
 */
export const scratchUsage = async (
  workspace: string,
  writable: readonly string[],
  closed: ReadonlySet<string>,
  most: Usage,
): Promise<Usage> => {
  const roots = new Set(writable);
  const waiting = [...roots];
  let bytes = 0;
  let inodes = 0;
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = await namesIn(`${workspace}/${folder}`);
    if (names === "unseen") return UNSEEN;
    for (const name of names) {
      const path = folder === "" ? name : `${folder}/${name}`;
      // A writable folder within another is walked for itself, as what lies between may be closed.
      if (closed.has(path) || roots.has(path)) continue;
      const found = await lstat(`${workspace}/${path}`).catch(goneOrUnseen);
      if (found === "unseen") return UNSEEN;
      if (found === "gone") continue;
      inodes += 1;
      bytes += Math.max(found.size, found.blocks * 512);
      if (inodes > most.inodes || bytes > most.bytes) return { bytes, inodes };
      if (found.isDirectory()) waiting.push(path);
    }
  }
  return { bytes, inodes };
};

const namesIn = async (folder: string): Promise<readonly string[] | "unseen"> => {
  const names = await readdir(folder).catch(goneOrUnseen);
  return names === "gone" ? [] : names;
};

const goneOrUnseen = (error: unknown): "gone" | "unseen" =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")
    ? "gone"
    : "unseen";
