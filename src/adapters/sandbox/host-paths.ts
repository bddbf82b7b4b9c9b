import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { normalize } from "node:path/posix";

import { Failure } from "../../workflow/failure.ts";

/** What a stage sees of the host besides `/usr`, and the folders of programs among it. */
export interface HostPaths {
  readonly paths: readonly string[];
  readonly programs: readonly string[];
}

/** Checks that none of them would open a home or our own state to a stage. Paths under `/usr` are visible anyway. */
export const hostPaths = async (wanted: readonly string[], stateFolder: string): Promise<HostPaths> => {
  const unique = [...new Set(wanted)].sort();
  for (const path of unique) {
    const problem = await problemWith(path, stateFolder);
    if (problem !== undefined) throw new Failure("sandbox/broken", `${path} cannot be shown inside: ${problem}`);
  }
  const paths = unique.filter((path) => !isIn("/usr", path));
  return { paths, programs: (await Promise.all(unique.map(programFolder))).flat() };
};

/** Refuses to lay a file where the sandbox has something of its own. */
export const checkInsidePath = (path: string): void => {
  const taken = ["/workspace", "/proc", "/dev", "/usr", "/etc"].find((folder) => isIn(folder, path));
  if (!isNormal(path) || path === "/" || taken !== undefined)
    throw new Failure("sandbox/broken", `no file can be laid at ${path} inside`);
};

/** Refuses to show a path of the host where the sandbox around has something of its own. */
export const checkOuterPath = (path: string, own: readonly string[]): void => {
  const taken = own.find((place) => isIn(place, path) || isIn(path, place));
  if (taken !== undefined) throw new Failure("sandbox/broken", `${path} cannot be shown inside: the stage has its own`);
};

const CLOSED = ["/", "/home", "/root", "/etc", "/run", "/var", "/tmp", "/mnt", "/proc", "/sys", "/dev", "/workspace"];

const problemWith = async (path: string, stateFolder: string): Promise<string | undefined> => {
  if (!isNormal(path)) return "it is not an absolute, normalized path";
  if (["/proc", "/sys", "/dev", "/workspace"].some((folder) => isIn(folder, path))) return "the sandbox has its own";
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return "it does not exist";
  for (const place of [path, real]) {
    if (CLOSED.includes(place)) return "it holds more than a program";
    if (isIn(place, homeFolder())) return "it holds the home folder";
    if (isIn(place, stateFolder) || isIn(stateFolder, place)) return "it holds state of the Harness";
  }
  return undefined;
};

// Somebody without an account and without HOME has no home that could be shown.
const homeFolder = (): string => {
  try {
    return homedir();
  } catch {
    return "/nonexistent";
  }
};

const programFolder = async (path: string): Promise<readonly string[]> => {
  const folder = path.endsWith("/bin") ? path : `${path}/bin`;
  return (await stat(folder).catch(() => undefined))?.isDirectory() === true ? [folder] : [];
};

const isNormal = (path: string): boolean =>
  path.startsWith("/") && !path.includes("\0") && normalize(path) === path && (path === "/" || !path.endsWith("/"));

const isIn = (folder: string, path: string): boolean =>
  path === folder || folder === "/" || path.startsWith(`${folder}/`);
