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
  const lines: string[] = [];
  for (const file of clearance.files) lines.push(indexLine(file, await writeBlob(ledger, clearance.contents, file)));
  return writeTreeOf(ledger, base, lines);
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

const writeBlob = async (ledger: string, contents: string, file: ClearedFile): Promise<string> => {
  if (file.content === "deleted") return NO_BLOB;
  const { sha256, blob, size } = file.content;
  const read = readPlainFile(path.join(contents, sha256), size);
  if (read.is !== "plain") throw new Failure("target/contents-differ", `the kept content ${sha256} is ${read.is}`);
  if (digestOf(read.bytes) !== sha256 || blobOf(read.bytes) !== blob) {
    throw new Failure("target/contents-differ", `the kept content ${sha256} is not what was judged`);
  }
  const written = await git(ledger, ["hash-object", "-w", "--no-filters", "--stdin"], { input: read.bytes });
  if (written.text !== blob)
    throw new Failure("target/contents-differ", `git stored ${written.text}, judged was ${blob}`);
  return blob;
};
