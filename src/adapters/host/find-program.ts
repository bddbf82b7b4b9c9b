import { constants } from "node:fs";
import { access, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";

import type { Program } from "../../seams/host.ts";
import { digestOf } from "../../workflow/digest.ts";

/** Looks a program up in the folders that stand on the sandbox's PATH, in its order; never in the caller's PATH. */
export const findProgram = async (name: string, toolchains: readonly string[]): Promise<Program | undefined> => {
  const folders = [...toolchains.map((folder) => path.join(folder, "bin")), "/usr/bin", "/bin"];
  const places = name.startsWith("/") ? [name] : folders.map((folder) => path.join(folder, name));
  if (!name.startsWith("/") && name.includes("/")) return undefined;
  for (const place of places)
    if (await isProgram(place)) return { path: place, digest: digestOf(await readFile(await realpath(place))) };
  return undefined;
};

const isProgram = async (place: string): Promise<boolean> => {
  try {
    await access(place, constants.X_OK);
    return (await stat(place)).isFile();
  } catch {
    return false;
  }
};
