import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, link, lstat, mkdir, open, readdir, readFile, realpath, rename, rm } from "node:fs/promises";
import path from "node:path";

import type { Archive } from "../../seams/archive.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseRunId, type RunId } from "../../workflow/ids.ts";
import { removeReadOnly } from "./drop-sealed.ts";
import { fingerprintFolder } from "./fingerprint-folder.ts";
import { readFileBelow } from "./read-file-below.ts";
import { readFolder } from "./read-folder.ts";

const SUMS = "SHA256SUMS";
const PARTIAL = ".partial-";
/** After a crash half an addendum has a name that ends so, and is written again. */
const UNFINISHED = ".unfinished";

export interface FolderArchive extends Archive {
  /** Whether a partial folder of this run is here. */
  readonly isBegun: (run: RunId) => Promise<boolean>;
}

/**
 * Sealed folders below one folder of the home. What is not sealed yet is named `.partial-<run>.<chance>` and is never
 * evidence. Whoever begins has a folder of his own and takes those of others away: one who slept meanwhile writes nothing.
 */
export const folderArchive = (runs: string): FolderArchive => {
  const sealed = (run: RunId): string => path.join(runs, run);
  const begun = new Map<RunId, string>();
  const partial = (run: RunId): string => path.join(runs, begun.get(run) ?? `${PARTIAL}${run}`);
  const partials = async (run: RunId): Promise<readonly string[]> =>
    (await namesIn(runs)).filter((name) => name === `${PARTIAL}${run}` || name.startsWith(`${PARTIAL}${run}.`));
  const placeOf = (place: Parameters<Archive["open"]>[0]): string => {
    if ("folder" in place) return path.resolve(place.folder);
    return "run" in place ? sealed(place.run) : partial(place.unsealed);
  };
  const isSealed = (run: RunId): Promise<boolean> => isThere(sealed(run));
  return {
    begin: (run) =>
      asFailures(run, async () => {
        if (await isSealed(run))
          throw new Failure("evidence/unsealable", `${run} is sealed; a sealed bundle never changes.`);
        for (const left of await partials(run)) await removeReadOnly(path.join(runs, left));
        begun.set(run, `${PARTIAL}${run}.${randomUUID()}`);
        await mkdir(partial(run), { recursive: true, mode: 0o700 });
      }),
    put: (run, name, bytes) => asFailures(run, () => putFile(partial(run), name, bytes)),
    seal: (run) =>
      asFailures(run, async () => {
        if (!(await isSealed(run))) {
          await makeLasting(partial(run));
          await rename(partial(run), sealed(run));
          await sync(runs);
        }
        return digestOfSums(sealed(run));
      }),
    isSealed,
    isBegun: async (run) => (await partials(run)).length > 0,
    folder: sealed,
    attach: (run, name, bytes) =>
      asFailures(run, async () => {
        const addenda = `${sealed(run)}.addenda`;
        if (await isSame(path.join(addenda, name), bytes)) return;
        if (await isThereAtAll(path.join(addenda, name)))
          throw new Failure("evidence/unsealable", `${run} has another ${name} already; an addendum never changes.`);
        // A page and a command may lay down the same at one moment: each writes its own, and the first stays.
        const own = `${name}.${randomUUID()}${UNFINISHED}`;
        await mkdir(addenda, { recursive: true, mode: 0o700 });
        await putFile(addenda, own, bytes);
        await link(path.join(addenda, own), path.join(addenda, name)).catch(async (error: unknown) => {
          if (!(await isSame(path.join(addenda, name), bytes))) throw error;
        });
        for (const left of await readdir(addenda))
          if (isUnfinished(left, name)) await rm(path.join(addenda, left), { force: true });
        await sync(addenda);
      }),
    sealedRuns: async () => {
      const names = await namesIn(runs);
      return names.flatMap((name) => parseRunId(name) ?? []).toSorted();
    },
    fingerprint: (run) => fingerprintFolder(sealed(run)),
    peek: async (run, from, name, bytesMax) =>
      readPlain(path.join(from === "bundle" ? sealed(run) : `${sealed(run)}.addenda`, name), bytesMax),
    read: (run, name) => readFileBelow(sealed(run), name),
    bucket: "none",
    open: async (place) => {
      const folder = placeOf(place);
      if (!(await isThere(folder))) return "absent";
      return readFolder(await realpath(folder), "unsealed" in place ? "unsealed" : "sealed");
    },
  };
};

/** Of this addendum alone: what a crash left, or what another process lays down and finds done. */
const isUnfinished = (file: string, name: string): boolean =>
  file.startsWith(name) && /^(?:\.[0-9a-f-]{36})?\.unfinished$/.test(file.slice(name.length));

const namesIn = async (folder: string): Promise<readonly string[]> => ((await isThere(folder)) ? readdir(folder) : []);

const isThere = async (folder: string): Promise<boolean> => {
  try {
    return (await lstat(folder)).isDirectory() || (await lstat(await realpath(folder))).isDirectory();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw new Failure("home/unreadable", `${folder} cannot be read.`, { cause: error });
  }
};

const isThereAtAll = async (file: string): Promise<boolean> => {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
};

/** The same addendum may be given again, after a crash; another one of the same name may not. */
const isSame = async (file: string, bytes: Uint8Array): Promise<boolean> => {
  try {
    return digestOf(await readFile(file)) === digestOf(bytes);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
};

/** What is no plain file, or larger, is told as absent: whoever peeks asks for what this program wrote. */
const readPlain = async (file: string, bytesMax: number): Promise<Uint8Array | "absent"> => {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const about = await handle.stat();
      return about.isFile() && about.size <= bytesMax ? await handle.readFile() : "absent";
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes(codeOf(error) ?? "")) return "absent";
    throw new Failure("home/unreadable", `${file} cannot be read.`, { cause: error });
  }
};

/** On disk when it settles; a name is written once, and nothing is where its folder was taken away. */
const putFile = async (folder: string, name: string, bytes: Uint8Array): Promise<void> => {
  if (!/^[A-Za-z0-9_@.+-]+(?:\/[A-Za-z0-9_@.+-]+)*$/.test(name) || name.split("/").some((part) => /^\.+$/.test(part)))
    throw new TypeError(`${JSON.stringify(name)} is no name of a bundle`);
  const file = path.join(folder, name);
  await makeFoldersBelow(folder, path.dirname(name));
  const handle = await open(
    file,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const makeFoldersBelow = async (folder: string, name: string): Promise<void> => {
  if (name === ".") return;
  await makeFoldersBelow(folder, path.dirname(name));
  await mkdir(path.join(folder, name), { mode: 0o700 }).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
};

/** Nobody may write any more, and every folder is on disk: the deepest first. */
const makeLasting = async (folder: string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory()) await makeLasting(inside);
    else await chmod(inside, 0o444);
  }
  await sync(folder);
  await chmod(folder, 0o555);
};

const sync = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const digestOfSums = async (folder: string): Promise<Digest> => digestOf(await readFile(path.join(folder, SUMS)));

const asFailures = async <T>(run: RunId, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || error instanceof Failure) throw error;
    if (code === "ENOSPC" || code === "EDQUOT")
      throw new Failure("store/no-space", `No space left for the evidence of ${run}.`, { cause: error });
    throw new Failure("evidence/unsealable", `The evidence of ${run} could not be written: ${code}.`, { cause: error });
  }
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code)
    ? error.code
    : undefined;
