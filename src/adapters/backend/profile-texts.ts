import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import type { ProfileText } from "../../workflow/backend/read-agent-profile.ts";

const FOLDER = fileURLToPath(new URL("./profiles/", import.meta.url));

/** Ids of the profiles that ship with the Harness, in order. */
export const shippedProfiles = async (): Promise<readonly string[]> =>
  (await readdir(FOLDER))
    .filter((name) => name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();

/** A home's own profile of that id, else the one that ships. Ids are checked before a name is made of them. */
export const profileTexts =
  (own: ProfileText): ProfileText =>
  async (id) => {
    const found = await own(id);
    if (found !== "absent") return found;
    return (await shippedProfiles()).includes(id) ? readFile(`${FOLDER}${id}.json`) : "absent";
  };
