import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import type { Oid } from "../../workflow/ids.ts";
import type { ClearedFile, Clearance } from "../../workflow/policy/judge-changes.ts";
import { git } from "./git.ts";
import { oidOf } from "./ledger-clone.ts";
import { blobOf } from "./manifest.ts";
import { readPlainFile } from "./plain-file.ts";

/** The tree that the cleared files make of the base (git.md 9, 2), from the bytes that were judged and no others. */
export const writeClearedTree = async (ledger: string, base: Oid, clearance: Clearance): Promise<Oid> => {
  await writeBlobs(ledger, clearance);
  return writeTreeOf(
    ledger,
    base,
    clearance.files.map((file) => indexLine(file, file.content === "deleted" ? NO_BLOB : file.content.blob)),
  );
};

/** The tree of `base` with these lines of `update-index --index-info` laid over it. */
export const writeTreeOf = (ledger: string, base: Oid, lines: readonly string[]): Promise<Oid> =>
  withIndex(async (index) => {
    const env = { GIT_INDEX_FILE: index };
    await git(ledger, ["read-tree", base], { env });
    await git(ledger, ["update-index", "-z", "--index-info"], { env, input: lines.join("") });
    return oidOf((await git(ledger, ["write-tree"], { env })).text);
  });

/** An index file of our own, away from every repository; git puts its lock beside it. */
export const withIndex = async <T>(work: (index: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-index-"));
  try {
    return await work(path.join(folder, "index"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

export const NO_BLOB: string = "0".repeat(40);

/** One line of `update-index -z --index-info`; mode 0 removes the path. */
export const indexLine = ({ path, mode }: { readonly path: string; readonly mode: string }, blob: string): string =>
  `${blob === NO_BLOB ? "0" : mode} ${blob} 0\t${path}\0`;

/** Git reads the kept contents from their files; the id of each says whether it read what was judged. */
const writeBlobs = async (ledger: string, { files, contents }: Clearance): Promise<void> => {
  const kept = files.flatMap(({ content }) => (content === "deleted" ? [] : [content]));
  if (kept.length === 0) return;
  for (const content of kept) mustBeJudged(contents, content);
  const input = kept.map(({ sha256 }) => `${path.join(contents, sha256)}\n`).join("");
  const { text } = await git(ledger, ["hash-object", "-w", "--no-filters", "--stdin-paths"], { input });
  const judged = kept.map(({ blob }) => blob).join("\n");
  if (text !== judged) throw new Failure("target/contents-differ", `git stored ${text}, judged was ${judged}`);
};

const mustBeJudged = (contents: string, { sha256, blob, size }: Exclude<ClearedFile["content"], "deleted">): void => {
  const read = readPlainFile(path.join(contents, sha256), size);
  if (read.is !== "plain") throw new Failure("target/contents-differ", `the kept content ${sha256} is ${read.is}`);
  if (digestOf(read.bytes) !== sha256 || blobOf(read.bytes) !== blob) {
    throw new Failure("target/contents-differ", `the kept content ${sha256} is not what was judged`);
  }
};
