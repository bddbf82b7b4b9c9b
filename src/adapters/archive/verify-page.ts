import { readFile } from "node:fs/promises";

import { PAGE } from "../../workflow/evidence/bundle-table.ts";

/** verify.html of this build, or of the build beside the sources, by its name; nothing where nothing was built. */
export const readVerifyPage = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
  for (const place of ["../../verify.html", "../../../dist/verify.html"])
    try {
      return new Map([[PAGE, new Uint8Array(await readFile(new URL(place, import.meta.url)))]]);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  return new Map();
};
