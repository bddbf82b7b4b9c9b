import { readFile } from "node:fs/promises";

/** The version of this build; run from sources, the one that they will become. */
export const versionOfBuild = async (): Promise<string> =>
  (await versionIn("../build.json")) ?? `${(await versionIn("../../package.json")) ?? "unknown"} (source)`;

const versionIn = async (place: string): Promise<string | undefined> => {
  try {
    const read: unknown = JSON.parse(await readFile(new URL(place, import.meta.url), "utf8"));
    return typeof read === "object" && read !== null && "version" in read ? String(read.version) : undefined;
  } catch {
    return undefined;
  }
};
