import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { StageFiles } from "../../seams/sandbox.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { harvestDigest, type Changes, type Manifest, type ManifestEntry } from "../../workflow/policy/changes.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import { changeKind, changesAgainst } from "./compare-manifests.ts";
import { disagreementsOf } from "./disagreements.ts";
import { syncFolder } from "./durable-file.ts";
import { readJournal, type Journal } from "./journal.ts";
import { ManifestLimit, readFound, takeManifest, type ManifestOptions } from "./manifest.ts";
import { nameKey, rawName, shown } from "./path-name.ts";
import { changesByGit } from "./second-detector.ts";
import { readTree, type TreeEntry } from "./tree.ts";
import { layersOf } from "./upper-layer.ts";

/**
 * Every difference of a workspace in which nothing runs any more from the tree that was laid there. New contents go to
 * the contents folder in the very read that digested them, so what is judged is what is committed.
 */
export const harvest = async (workspace: Workspace, files: StageFiles, contentsFolder: string): Promise<Changes> => {
  await mkdir(contentsFolder, { recursive: true, mode: 0o700 });
  const taken = await takeOrLimit(workspace, files, contentsFolder);
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
  // What the ledger is told of is on disk: after a power cut it is what is committed.
  await syncFolder(contentsFolder);
  const { base, manifest, places, disagreements } = taken;
  await letRead(files.folder, manifest.entries);
  const byGit = await changesByGit(workspace.tree, files, places);
  const changes = await changesAgainst(workspace.ledger, base, manifest);
  return {
    changes,
    disagreements: [...new Set([...disagreements, ...disagreementsOf(base, manifest, byGit)])].sort(),
    harvest: harvestDigest(workspace.tree, changes),
    files: manifest.files,
    bytes: manifest.bytes,
    contents: contentsFolder,
  };
};

interface Taken extends Pick<Journal, "base" | "disagreements"> {
  readonly manifest: Manifest;
  /** What git has to look at. */
  readonly places: Journal["places"] | "everything";
}

const takeOrLimit = async (
  workspace: Workspace,
  files: StageFiles,
  contentsFolder: string,
): Promise<Taken | ManifestLimit["limit"]> => {
  try {
    return await take(workspace, files, contentsFolder);
  } catch (cause) {
    if (cause instanceof ManifestLimit) return cause.limit;
    throw cause;
  }
};

// Where there is a journal, nothing is walked but what it names.
const take = async (
  { ledger, tree }: Workspace,
  { folder, journal }: StageFiles,
  contentsFolder: string,
): Promise<Taken> => {
  if (journal === undefined) {
    const base = await readTree(ledger, tree);
    const manifest = await takeManifest(folder, { skip: () => false, ...keepingChanged(base, contentsFolder) });
    return { base, manifest, places: "everything", disagreements: [] };
  }
  const { found, ...told } = await readJournal(layersOf(folder, journal), ledger, tree);
  return { ...told, manifest: await readFound(() => found, keepingChanged(told.base, contentsFolder)) };
};

const keepingChanged = (base: readonly TreeEntry[], contentsFolder: string): Omit<ManifestOptions, "skip"> => {
  const laid = new Map(base.map((entry) => [nameKey(entry), entry]));
  const isChanged = (entry: ManifestEntry): boolean => changeKind(laid.get(nameKey(entry)), entry) !== undefined;
  const stored = new Set<Digest>();
  let changed = 0;
  return {
    seen: (entry) => {
      changed += Number(isChanged(entry));
      if (changed > LIMITS.harvestChangesMax) throw new ManifestLimit("harvest-changes", shown(entry.path));
    },
    keep: async (entry, bytes) => {
      if (stored.has(entry.sha256) || !isChanged(entry)) return;
      await store(contentsFolder, entry, bytes);
      stored.add(entry.sha256);
    },
  };
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
  await writeFile(unfinished, bytes, { flag: "wx", mode: 0o600, flush: true });
  await rename(unfinished, join(contentsFolder, sha256));
};
