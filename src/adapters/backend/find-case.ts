import { accessSync, constants, statSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";

import { z } from "zod";

import { digestOf, type Digest } from "../../workflow/digest.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";

/** An installed `ca`, as it will be seen from inside. */
export interface InstalledCase {
  /** The real file, without links on the way. */
  readonly file: string;
  readonly sha256: Digest;
  readonly version: string;
  /** What must be bound for it to run: its package, or the file alone; Node too where it is a script for it. */
  readonly hostPaths: readonly string[];
  readonly needsNode: boolean;
}

/** `ca` by policy.yaml, else by `CTO_HARNESS_CASE_BIN`, else the first on PATH. */
export const whichCase = (
  named: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  const chosen = named ?? env["CTO_HARNESS_CASE_BIN"];
  if (chosen !== undefined && chosen !== "") return chosen;
  const folders = (env["PATH"] ?? "").split(":").filter((folder) => folder.startsWith("/"));
  return folders.map((folder) => path.join(folder, "ca")).find(isExecutableFile);
};

const isExecutableFile = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};

/** Looks at the file; starts nothing (R072: version and digest are recorded). */
export const inspectCase = async (named: string | undefined): Promise<Result<InstalledCase, Refusal>> => {
  const absent = (problem: string): Result<never, Refusal> =>
    refuse(refusal("backend/not-available", { kind: "case", problem }));
  if (named === undefined) return absent("no ca is named and none is on PATH");
  if (!path.isAbsolute(named)) return absent(`${named} is not an absolute path`);
  try {
    const file = await realpath(named);
    const { mode } = await stat(file);
    if (!isExecutableFile(file)) return absent(`${named} is not an executable file`);
    if ((mode & 0o022) !== 0) return absent(`${named} can be changed by other users`);
    const bytes = await readFile(file);
    const needsNode = /^#!.*\bnode\b/.test(bytes.subarray(0, 200).toString("latin1").split("\n")[0] ?? "");
    const home = await packageOf(file);
    return ok({
      file,
      sha256: digestOf(bytes),
      version: home?.version ?? "unknown",
      hostPaths: [home?.root ?? file, ...(needsNode ? [process.execPath] : [])],
      needsNode,
    });
  } catch (error) {
    return absent(error instanceof Error ? error.message : "it cannot be read");
  }
};

const manifest = z.object({
  version: z.string().max(100).default("unknown"),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).default({}),
});

// A package among others needs them all; one that stands alone needs its own folder; a file without one is itself.
const packageOf = async (file: string): Promise<{ readonly root: string; readonly version: string } | undefined> => {
  const among = file.lastIndexOf("/node_modules/");
  for (let folder = path.dirname(file); folder !== "/" && folder.length > among; folder = path.dirname(folder)) {
    const text = await readFile(path.join(folder, "package.json"), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const read = manifest.safeParse(JSON.parse(text));
    // Only the package that ships this very program is bound; a folder that happens to lie above it is not.
    if (!read.success || !ships(read.data.bin, folder, file)) return undefined;
    const root = among === -1 ? folder : file.slice(0, among + "/node_modules".length);
    return { root, version: read.data.version };
  }
  return undefined;
};

const ships = (bin: z.infer<typeof manifest>["bin"], folder: string, file: string): boolean =>
  (typeof bin === "string" ? [bin] : Object.values(bin)).some((place) => path.join(folder, place) === file);
