import { readdir } from "node:fs/promises";
import { join } from "node:path";

import type { RunId } from "../../workflow/ids.ts";
import { codeOf } from "./plain-file.ts";
import { removeFolder } from "./remove-folder.ts";

/** Removes the kept contents of a run, and what a killed one left laid. Other runs' folders begin with other ids. */
export const forgetRun = async (stateFolder: string, run: RunId): Promise<void> => {
  for (const shelf of ["contents", "workspaces"]) {
    const folder = join(stateFolder, shelf);
    for (const name of await namesIn(folder)) if (name.startsWith(`${run}-`)) await removeFolder(join(folder, name));
  }
};

/** The same for one workspace alone. */
export const forgetWorkspace = async (stateFolder: string, id: string): Promise<void> => {
  for (const shelf of ["contents", "workspaces"]) await removeFolder(join(stateFolder, shelf, id));
};

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw cause;
  }
};
