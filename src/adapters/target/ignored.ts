import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";

import type { ManifestEntry } from "../../workflow/policy/changes.ts";
import { git } from "./git.ts";
import { readObjects } from "./objects.ts";
import { nameKey, rawName } from "./path-name.ts";
import type { TreeEntry } from "./tree.ts";

/**
 * Which of these untracked entries the committed `.gitignore` files ignore, by `nameKey`. Git judges the names in a
 * scratch folder that holds those files of the commit and nothing else, so an ignore file that is untracked or
 * changed, `info/exclude` and the user's own excludes are never obeyed.
 */
export const ignoredAmong = async (
  gitDir: string,
  base: readonly TreeEntry[],
  untracked: readonly ManifestEntry[],
): Promise<ReadonlySet<string>> => {
  const rules = base.filter(({ path, mode }) => /(?:^|\/)\.gitignore$/.test(path) && mode.startsWith("100"));
  if (rules.length === 0 || untracked.length === 0) return new Set();
  const folder = await mkdtemp(`${tmpdir()}/cto-ignored-`);
  try {
    const contents = await readObjects(gitDir, new Set(rules.map(({ oid }) => oid)), "blob");
    for (const { raw, oid } of rules) {
      await mkdir(inside(folder, parentOf(raw)), { recursive: true });
      await writeFile(inside(folder, raw), contents.get(oid) ?? "");
    }
    // Patterns with a final slash speak of folders only, so git must find a folder there.
    for (const entry of untracked) {
      if (entry.type === "d") await mkdir(inside(folder, rawName(entry)), { recursive: true });
    }
    return await askGit(gitDir, folder, untracked);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const askGit = async (
  gitDir: string,
  folder: string,
  untracked: readonly ManifestEntry[],
): Promise<ReadonlySet<string>> => {
  const keys = new Map(untracked.map((entry) => [`./${nameKey(entry)}`, nameKey(entry)]));
  const args = [`--work-tree=${folder}`, "check-ignore", "--no-index", "--stdin", "-z"];
  const input = Buffer.from([...keys.keys()].map((key) => `${key}\0`).join(""), "latin1");
  const { stdout } = await git(gitDir, args, { input, answers: [1] });
  const ignored = Buffer.from(stdout).toString("latin1").split("\0");
  return new Set(ignored.flatMap((key) => keys.get(key) ?? []));
};

const inside = (folder: string, raw: Buffer): Buffer => Buffer.concat([Buffer.from(`${folder}/`), raw]);

const parentOf = (raw: Buffer): Buffer => raw.subarray(0, Math.max(raw.lastIndexOf("/"), 0));
