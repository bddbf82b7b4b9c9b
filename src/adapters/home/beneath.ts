import { constants } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";

import { Failure } from "../../workflow/failure.ts";

/** A folder of the home that is held open, and the name of something in it. */
export interface Place {
  /** The folder by its descriptor: a name below it cannot be led elsewhere by a link put in its way. */
  readonly folder: string;
  readonly name: string;
  readonly handle: FileHandle;
  /** Mode bits of the folders between the home and the file. */
  readonly folderModes: readonly number[];
}

/**
 * Walks from the home to the folder of a document, one real folder after the other, and lends it to `act`. A link on the
 * way is a Failure; a folder that is not there answers "absent", or is made.
 */
export const beneath = async <T>(
  home: string,
  path: string,
  missing: "absent" | "make",
  act: (place: Place) => Promise<T>,
): Promise<T | "absent"> => {
  const names = namesOf(path);
  const name = names.at(-1) ?? "";
  const folderModes: number[] = [];
  let handle = await openFolder(home, home);
  try {
    for (const folder of names.slice(0, -1)) {
      const below = `${viaDescriptor(handle)}/${folder}`;
      if (missing === "make") await makeFolder(below, names[0] === ".cto" ? 0o700 : 0o755);
      const next = await openFolder(below, path);
      await handle.close();
      handle = next;
      folderModes.push((await handle.stat()).mode & 0o7777);
    }
    return await act({ folder: viaDescriptor(handle), name, handle, folderModes });
  } catch (error) {
    if (missing === "absent" && isErrno(error, "ENOENT")) return "absent";
    throw error;
  } finally {
    await handle.close();
  }
};

export const isErrno = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && "code" in error && codes.some((code) => error.code === code);

/** A Failure for what the file system can answer; anything else is a bug and stays as it is. */
export const unreadable = (path: string, error: unknown): unknown => {
  if (error instanceof Failure || !(error instanceof Error) || !("code" in error)) return error;
  if (isErrno(error, "ENOSPC", "EDQUOT"))
    return new Failure("store/no-space", `No space left for ${path}.`, { cause: error });
  const why = isErrno(error, "ELOOP", "ENOTDIR") ? "a link or a file stands in its way" : String(error.code);
  return new Failure("home/unreadable", `${path} cannot be read or written: ${why}.`, { cause: error });
};

const namesOf = (path: string): readonly string[] => {
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === ".." || name.includes("\0")))
    throw new Failure("home/unreadable", `${JSON.stringify(path)} is no path of a document of the home.`);
  return names;
};

const openFolder = async (folder: string, path: string): Promise<FileHandle> => {
  try {
    return await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if (isErrno(error, "ENOENT")) throw error;
    throw unreadable(path, error);
  }
};

const makeFolder = async (folder: string, mode: number): Promise<void> => {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
};

const viaDescriptor = (handle: FileHandle): string => `/proc/self/fd/${handle.fd}`;
