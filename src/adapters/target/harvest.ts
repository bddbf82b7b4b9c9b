import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { StageFiles } from "../../seams/sandbox.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Changes, Manifest, ManifestEntry } from "../../workflow/policy/changes.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import { changeKind, changesAgainst } from "./compare-manifests.ts";
import { gitModeOf } from "./git-mode.ts";
import { ManifestLimit, takeManifest } from "./manifest.ts";
import { nameKey, pathName, rawName, shown } from "./path-name.ts";
import { changesByGit, type GitChanges } from "./second-detector.ts";
import { readTree, type TreeEntry } from "./tree.ts";

/**
 * Every difference of a workspace in which nothing runs any more from the tree that was laid there. New contents go to
 * the contents folder in the very read that digested them, so what is judged is what is committed.
 */
export const harvest = async (workspace: Workspace, files: StageFiles, contentsFolder: string): Promise<Changes> => {
  const base = await readTree(workspace.ledger, workspace.tree);
  await mkdir(contentsFolder, { recursive: true, mode: 0o700 });
  const taken = await takeOrLimit(files.folder, base, contentsFolder);
  if (typeof taken === "string") {
    return {
      changes: [],
      disagreements: [],
      harvest: digestOf(""),
      files: 0,
      bytes: 0,
      contents: contentsFolder,
      limit: taken,
    };
  }
  await letRead(files.folder, taken.entries);
  const byGit = await changesByGit(workspace.tree, files);
  return {
    changes: await changesAgainst(workspace.ledger, base, taken),
    disagreements: disagreementsOf(base, taken, byGit),
    harvest: taken.digest,
    files: taken.files,
    bytes: taken.bytes,
    contents: contentsFolder,
  };
};

/** Digest of a whole workspace; a `.git` in it is an entry like any other. */
export const manifestOf = async ({ folder }: StageFiles): Promise<Digest> => {
  try {
    return (await takeManifest(folder, { skip: () => false })).digest;
  } catch (cause) {
    if (cause instanceof ManifestLimit) throw new Failure("target/unreadable", cause.message, { cause });
    throw cause;
  }
};

const takeOrLimit = async (
  folder: string,
  base: readonly TreeEntry[],
  contentsFolder: string,
): Promise<Manifest | string> => {
  const laid = new Map(base.map((entry) => [nameKey(entry), entry]));
  const isChanged = (entry: ManifestEntry): boolean => changeKind(laid.get(nameKey(entry)), entry) !== undefined;
  const stored = new Set<Digest>();
  let changed = 0;
  try {
    return await takeManifest(folder, {
      skip: () => false,
      seen: (entry) => {
        changed += Number(isChanged(entry));
        if (changed > LIMITS.harvestChangesMax) throw new ManifestLimit("harvest-changes", shown(entry.path));
      },
      keep: async (entry, bytes) => {
        if (stored.has(entry.sha256) || !isChanged(entry)) return;
        await store(contentsFolder, entry, bytes);
        stored.add(entry.sha256);
      },
    });
  } catch (cause) {
    if (cause instanceof ManifestLimit) return cause.limit;
    throw cause;
  }
};

/**
 * The detector has no rights over what another uid keeps to itself, and nothing runs here any more: a file is made
 * readable after it was digested, never one with a name elsewhere, and never what git looks at.
 */
const letRead = async (folder: string, entries: Manifest["entries"]): Promise<void> => {
  for (const entry of entries) {
    const wanted = entry.type === "d" ? 0o555 : entry.type === "f" && entry.nlink === 1 ? 0o444 : 0;
    if ((entry.mode & wanted) === wanted) continue;
    await chmod(Buffer.concat([Buffer.from(`${folder}/`), rawName(entry)]), entry.mode | wanted);
  }
};

const store = async (contentsFolder: string, { sha256 }: ManifestEntry, bytes: Uint8Array): Promise<void> => {
  const unfinished = join(contentsFolder, `.${sha256}`);
  await rm(unfinished, { force: true });
  await writeFile(unfinished, bytes, { flag: "wx", mode: 0o600 });
  await rename(unfinished, join(contentsFolder, sha256));
};

/** Shown where git stopped on what it found: then it saw nothing, and nothing is cleared. */
export const GIT_NOT_FINISHED = "(git could not read the workspace to its end)";

/**
 * Paths that git sees otherwise than the manifest. Folders, link counts, special files and modes beyond the executable
 * bit are the manifest's alone, and so is everything under a name that git never takes up.
 */
const disagreementsOf = (base: readonly TreeEntry[], manifest: Manifest, byGit: GitChanges): readonly string[] => {
  if (byGit === "not-finished") return [GIT_NOT_FINISHED];
  const before = new Map(
    base.flatMap((entry) => (entry.mode === "040000" ? [] : [[nameKey(entry), `${entry.mode} ${entry.oid}`]])),
  );
  const after = new Map(
    manifest.entries.flatMap((entry) => {
      const mode = gitModeOf(entry);
      return mode === undefined || mode === "040000" ? [] : [[nameKey(entry), `${mode} ${entry.blob}`]];
    }),
  );
  const seen = new Map<string, string>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) !== after.get(key) && !NEVER_ADDED.test(key)) seen.set(key, after.get(key) ?? GONE);
  }
  const said = new Map(byGit.map(({ key, mode, blob }) => [key, `${mode} ${blob}`]));
  const keys = [...new Set([...seen.keys(), ...said.keys()])].filter((key) => seen.get(key) !== said.get(key));
  return keys.sort().map((key) => pathName(Buffer.from(key, "latin1")).path);
};

const GONE = `000000 ${"0".repeat(40)}`;
const NEVER_ADDED = /(?:^|\/)\.git(?:\/|$)/i;
