import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Particulars } from "../../workflow/admission/observation.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { git } from "./git.ts";
import { parseIndex, type IndexFile } from "./index-file.ts";
import { pathName, shown } from "./path-name.ts";
import { readPlainFile } from "./plain-file.ts";
import type { TreeEntry } from "./tree.ts";

export interface IndexSeen {
  readonly refusals: readonly Refusal[];
  /** Names whose staged content or mode is not the base's, as latin1 bytes. */
  readonly unlike: readonly string[];
  readonly flags: Particulars["indexFlags"] | "unread";
}

/** Every row of an index, or why it cannot be judged. */
type IndexRead = IndexRows | IndexSeen;

interface IndexRows {
  readonly rows: readonly Listed[];
  readonly flags: Particulars["indexFlags"];
}

/** The index, read twice from one copy: by our own parser, then by git. One that is not there has no rows. */
export const readIndex = async (repository: string, door: string): Promise<IndexRead> => {
  const file = readPlainFile(join(repository, ".git", "index"), INDEX_BYTES_MAX);
  if (file.is === "absent") return { rows: [], flags: { assumeUnchanged: 0, skipWorktree: 0 } };
  if (file.is !== "plain") return unreadable(`.git/index is ${file.is}`);
  const index = parseIndex(file.bytes);
  if (index === undefined) return unreadable("it is no index of version 2 to 4 with a right checksum");
  if (index.extensions.includes("link")) {
    return unjudged(refusal("admission/split-index", { found: "the index says link" }));
  }
  if (index.extensions.includes("sdir")) {
    return unjudged(refusal("admission/sparse", { found: "the index says sdir" }));
  }
  // Git stops at what it must know and does not; a capital begins the name of what anybody may pass over.
  const unknown = index.extensions.find((name) => !/^[A-Z]/.test(name));
  if (unknown !== undefined) return unreadable(`nobody here knows its extension ${shown(unknown)}`);
  const rows = await listedByGit(door, file.bytes);
  const agree =
    rows.length === index.entries.length &&
    index.entries.every(({ name, mode, oid, stage }, at) => rows[at]?.line === `${mode} ${oid} ${stage}\t${name}`);
  return agree ? { rows, flags: flagsOf(index) } : unreadable("git reads it otherwise");
};

/** Any flag, stage or gitlink is refused; what else differs from the base is named. */
export const judgeIndex = (read: IndexRead, base: readonly TreeEntry[]): IndexSeen =>
  "unlike" in read ? read : { ...judge(read.rows, base), flags: read.flags };

const INDEX_BYTES_MAX = 268_435_456;

const unreadable = (found: string): IndexSeen => unjudged(refusal("admission/index-unreadable", { found }));

const unjudged = (why: Refusal): IndexSeen => ({ refusals: [why], unlike: [], flags: "unread" });

const flagsOf = ({ entries }: IndexFile): Particulars["indexFlags"] => ({
  assumeUnchanged: entries.filter(({ assumeUnchanged }) => assumeUnchanged).length,
  skipWorktree: entries.filter(({ skipWorktree }) => skipWorktree).length,
});

interface Listed {
  readonly tag: string;
  readonly line: string;
  readonly name: string;
}

const listedByGit = async (door: string, index: Uint8Array): Promise<readonly Listed[]> => {
  const folder = await mkdtemp(join(tmpdir(), "cto-index-"));
  try {
    const copy = join(folder, "index");
    await writeFile(copy, index, { mode: 0o600 });
    const { stdout } = await git(door, ["ls-files", "-v", "-s", "-z"], { env: { GIT_INDEX_FILE: copy } });
    return Buffer.from(stdout)
      .toString("latin1")
      .split("\0")
      .filter((row) => row !== "")
      .map((row) => ({ tag: row.slice(0, 1), line: row.slice(2), name: row.slice(row.indexOf("\t") + 1) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const judge = (listed: readonly Listed[], base: readonly TreeEntry[]): Omit<IndexSeen, "flags"> => {
  const hidden = listed.filter(({ tag }) => tag === "S" || tag === tag.toLowerCase());
  const [first] = hidden;
  const gitlink = listed.find(({ line }) => line.startsWith("160000 "));
  const refusals: Refusal[] = [];
  if (first !== undefined) {
    refusals.push(refusal("admission/index-flag", { count: hidden.length, found: nameShown(first.name) }));
  }
  if (gitlink !== undefined) {
    refusals.push(refusal("admission/submodule", { found: `${nameShown(gitlink.name)} in the index` }));
  }
  const expected = new Set(filesOf(base).map(({ raw, mode, oid }) => `${mode} ${oid} 0\t${raw.toString("latin1")}`));
  const staged = new Set(listed.map(({ line }) => line));
  const differing = [...staged].filter((line) => !expected.has(line));
  differing.push(...[...expected].filter((line) => !staged.has(line)));
  const unlike = differing.map((line) => line.slice(line.indexOf("\t") + 1));
  return { refusals, unlike: [...new Set(unlike)] };
};

const filesOf = (base: readonly TreeEntry[]): TreeEntry[] => base.filter(({ mode }) => mode !== "040000");

const nameShown = (latin1: string): string => shown(pathName(Buffer.from(latin1, "latin1")).path);
