import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A git directory of ours whose objects and refs are the target's, while the target's config and hooks stay dead. */
export interface Door {
  readonly gitDir: string;
  close(): Promise<void>;
}

/**
 * Made per use, removed by `close`. Look at `T/.git` as data first: git follows what stands in `objects/info`.
 * Commit graph and multi-pack index are off, since they may tell another story than the objects.
 */
export const openDoor = async (repository: string, branch: string): Promise<Door> => {
  const gitDir = await mkdtemp(join(tmpdir(), "cto-door-"));
  await chmod(gitDir, 0o700);
  await writeFile(join(gitDir, "config"), CONFIG);
  await writeFile(join(gitDir, "HEAD"), `ref: refs/heads/${branch}\n`);
  for (const shared of ["objects", "refs", "packed-refs", "logs"]) {
    await symlink(join(repository, ".git", shared), join(gitDir, shared));
  }
  return { gitDir, close: () => rm(gitDir, { recursive: true, force: true }) };
};

const CONFIG = `[core]
\trepositoryformatversion = 0
\tbare = true
\tlogAllRefUpdates = always
\tcommitGraph = false
\tmultiPackIndex = false
`;
