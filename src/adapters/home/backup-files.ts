import { createHash, type Hash } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";

import { parseDigest, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { isPrivateKey, modeAt, type BackupFile } from "../../workflow/home-backup.ts";
import { isErrno, unreadable } from "./beneath.ts";

export interface BackupWish {
  readonly privateKeys: "included" | "left-out";
  /** Which bundles and addenda belong to this backup. */
  readonly runs: ReadonlySet<string>;
  /** Which locks do. */
  readonly locks: ReadonlySet<string>;
}

/**
 * Every file of a home that a backup holds, but its ledger, each with its digest: the governance files, the home's own
 * few, keys, locks, bundles and addenda. What is no plain file stands in the way: nothing is left out unseen.
 */
export const backupFiles = async (home: string, wish: BackupWish): Promise<readonly BackupFile[]> => {
  const found: BackupFile[] = [];
  const walk = async (below: string, takes: (name: string) => boolean): Promise<void> => {
    for (const entry of await entriesOf(home, below)) {
      const place = `${below}/${entry.name}`;
      if (!takes(place)) continue;
      if (entry.isDirectory()) await walk(place, takes);
      else if (!entry.isFile() || modeAt(place) === undefined)
        throw new Failure("home/unreadable", `${place} is nothing that a backup can hold; take it away first.`);
      else found.push(await digested(home, place));
    }
  };
  const isOfRun = (place: string): boolean => {
    const [, , folder = ""] = place.split("/");
    return wish.runs.has(folder.replace(/\.addenda$/, "")) && !place.endsWith(UNFINISHED);
  };
  try {
    await walk(".sot", () => true);
    for (const name of OWN) if (await isThere(home, name)) found.push(await digested(home, name));
    await walk(".cto/keys", (place) =>
      isPrivateKey(place) ? wish.privateKeys === "included" : modeAt(place) !== undefined,
    );
    await walk(".cto/consumed", (place) => wish.locks.has(path.basename(place)));
    await walk(".cto/runs", isOfRun);
  } catch (error) {
    throw unreadable(home, error);
  }
  return found;
};

/** The bytes of a file as it was digested; what changed meanwhile ends with a Failure. */
export async function* bytesOf(root: string, file: BackupFile): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of piecesOf(root, file.path)) {
    hash.update(piece);
    size += piece.length;
    if (size > file.size) break;
    yield piece;
  }
  if (size !== file.size || written(hash) !== file.sha256)
    throw new Failure("home/changed-meanwhile", `${file.path} was changed while it was read.`, { retry: true });
}

/** A file below a folder by its size and digest. */
export const digested = async (root: string, place: string): Promise<BackupFile> => {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of piecesOf(root, place)) {
    hash.update(piece);
    size += piece.length;
  }
  return { path: place, sha256: written(hash), size };
};

async function* piecesOf(root: string, place: string): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openPlain(root, place);
  try {
    for (;;) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(PIECE_BYTES), 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

const PIECE_BYTES = 262_144;
const UNFINISHED = ".unfinished";
const OWN = [".cto/home-id", ".cto/services.json", ".cto/notify.yaml", ".cto/.gitignore"] as const;

const written = (hash: Hash): Digest => {
  const digest = parseDigest(hash.digest("hex"));
  if (digest === undefined) throw new TypeError("a digest has 64 digits");
  return digest;
};

const openPlain = async (root: string, place: string): Promise<FileHandle> => {
  const handle = await open(path.join(root, place), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Failure("home/unreadable", `${place} is no plain file.`);
};

const isThere = async (home: string, name: string): Promise<boolean> =>
  (await entriesOf(home, path.dirname(name))).some((entry) => entry.name === path.basename(name));

const entriesOf = async (
  home: string,
  below: string,
): Promise<readonly { readonly name: string; isDirectory(): boolean; isFile(): boolean }[]> => {
  try {
    return await readdir(path.join(home, below), { withFileTypes: true });
  } catch (error) {
    if (isErrno(error, "ENOENT")) return [];
    throw error;
  }
};
