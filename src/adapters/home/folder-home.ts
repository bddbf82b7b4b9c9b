import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, lstat, open, readdir, realpath, rename, unlink, type FileHandle } from "node:fs/promises";
import nodePath from "node:path";

import type { Home } from "../../seams/home.ts";
import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { beneath, isErrno, unreadable, type Place } from "./beneath.ts";
import { DOCUMENT_KINDS } from "./document-kinds.ts";

/** The nearest folder, from here upwards, that holds `.sot` (R008). */
export const findHome = async (from: string): Promise<string | undefined> => {
  for (let folder = await realpath(from); ; folder = nodePath.dirname(folder)) {
    if (await exists(nodePath.join(folder, ".sot"))) return folder;
    if (folder === nodePath.dirname(folder)) return undefined;
  }
};

/** The folder of the home that is named, or of the nearest one. */
export const namedHome = async (name: string | undefined, from: string): Promise<string> => {
  const found = name === undefined ? await findHome(from) : nodePath.resolve(from, name);
  if (found === undefined) throw new Failure("home/absent", `No parent of ${from} holds .sot.`);
  return found;
};

/** The governance files below one folder: each read once, as bytes, through no link (R014). */
export const folderHome = (folder: string): Home => {
  const home = nodePath.resolve(folder);
  return {
    folder: home,
    list: (kind) => orFailure(DOCUMENT_KINDS[kind].folder, () => listKind(home, DOCUMENT_KINDS[kind])),
    read: (path) => orFailure(path, () => beneath(home, path, "absent", (place) => readAt(place, path))),
    write: (path, bytes, over) =>
      orFailure(path, async () => {
        await beneath(home, path, "make", (place) => writeAt(place, path, bytes, over));
        return { path, bytes, digest: digestOf(bytes) };
      }),
    guard: (path) => orFailure(path, () => beneath(home, path, "absent", guardAt)),
  };
};

const listKind = async (
  home: string,
  { folder, name }: (typeof DOCUMENT_KINDS)[keyof typeof DOCUMENT_KINDS],
): Promise<readonly SourceDocument[]> => {
  const found = await beneath(home, `${folder}/*`, "absent", async (place) => {
    const entries = await readdir(place.folder, { withFileTypes: true });
    const names = entries.filter((entry) => name.test(entry.name) && !entry.isDirectory()).map((entry) => entry.name);
    const documents: SourceDocument[] = [];
    for (const each of names.toSorted()) {
      const document = await readAt({ ...place, name: each }, `${folder}/${each}`);
      if (document !== "absent") documents.push(document);
    }
    return documents;
  });
  return found === "absent" ? [] : found;
};

const readAt = async ({ folder, name }: Place, path: string): Promise<SourceDocument | "absent"> => {
  const handle = await openPlain(`${folder}/${name}`, path);
  if (handle === "absent") return "absent";
  try {
    const bytes = await readWhole(handle, path);
    return { path, bytes, digest: digestOf(bytes) };
  } finally {
    await handle.close();
  }
};

const openPlain = async (file: string, path: string): Promise<FileHandle | "absent"> => {
  let handle: FileHandle;
  try {
    // Non-blocking, so that a pipe put there cannot hold the reader.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isErrno(error, "ENOENT")) return "absent";
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Failure("home/unreadable", `${path} is no plain file.`);
};

const PIECE_BYTES = 64 * 1024;

const readWhole = async (handle: FileHandle, path: string): Promise<Uint8Array> => {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(PIECE_BYTES), 0, PIECE_BYTES, null);
    if (bytesRead === 0) return new Uint8Array(Buffer.concat(pieces));
    pieces.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
    if (size > LIMITS.homeFileBytesMax)
      throw new Failure("home/unreadable", `${path} has more than ${LIMITS.homeFileBytesMax} bytes.`);
  }
};

const writeAt = async (
  place: Place,
  path: string,
  bytes: Uint8Array,
  over: SourceDocument["digest"] | "absent",
): Promise<void> => {
  const file = `${place.folder}/${place.name}`;
  const fresh = `${place.folder}/.${place.name}.${randomBytes(8).toString("hex")}`;
  try {
    await writeDurably(fresh, bytes, over === "absent" ? freshMode(path) : await modeOf(file));
    const found = await readAt(place, path);
    if ((found === "absent" ? "absent" : found.digest) !== over) throw changed(path);
    // A new file appears by link(2), which fails where one stands; an old one is replaced at once.
    if (over === "absent") await link(fresh, file);
    else await rename(fresh, file);
    await place.handle.sync();
  } catch (error) {
    throw isErrno(error, "EEXIST") ? changed(path) : error;
  } finally {
    await unlink(fresh).catch(() => undefined);
  }
};

const changed = (path: string): Failure =>
  new Failure("home/changed-meanwhile", `${path} is not what was read before; nothing was written.`);

const freshMode = (path: string): number => (path.startsWith(".cto/") ? 0o600 : 0o644);

const modeOf = async (file: string): Promise<number> => {
  try {
    return (await lstat(file)).mode & 0o777;
  } catch (error) {
    if (isErrno(error, "ENOENT")) return 0o600;
    throw error;
  }
};

const writeDurably = async (file: string, bytes: Uint8Array, mode: number): Promise<void> => {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(bytes);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const GROUP_OR_WORLD_WRITABLE = 0o022;

/** Whoever may write a folder may put another file in its place, so the folders below the home count as well. */
const guardAt = async ({ folder, name, folderModes }: Place): Promise<"plain" | "group-or-world-writable"> => {
  const { mode } = await lstat(`${folder}/${name}`);
  const open = [mode, ...folderModes].some((bits) => (bits & GROUP_OR_WORLD_WRITABLE) !== 0);
  return open ? "group-or-world-writable" : "plain";
};

const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return false;
    throw unreadable(path, error);
  }
};

const orFailure = async <T>(path: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    throw unreadable(path, error);
  }
};
