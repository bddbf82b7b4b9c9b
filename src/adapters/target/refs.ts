import { join } from "node:path";

import { Failure } from "../../workflow/failure.ts";
import { readPlainFile } from "./plain-file.ts";
import { walk } from "./walk.ts";

/** A ref as its file says. Loose and packed rows of one name both stand; the loose one is what git reads. */
export interface Ref {
  readonly name: string;
  /** An object id, or `ref: ` and the name that a symbolic ref leads to. Hostile where somebody wrote it by hand. */
  readonly value: string;
  readonly stored: "loose" | "packed";
}

/** HEAD and every ref of a git directory, read as files, loose before packed. */
export const readRefs = async (gitDir: string): Promise<readonly Ref[]> => {
  const head = looseRef(join(gitDir, "HEAD"), "HEAD");
  return [...(head === undefined ? [] : [head]), ...looseRefs(gitDir), ...packedRefs(gitDir)];
};

/** What git reads under this name, without following a symbolic ref. */
export const refValue = (refs: readonly Ref[], name: string): string | undefined =>
  refs.find((ref) => ref.name === name)?.value;

const REF_BYTES_MAX = 4096;
const PACKED_BYTES_MAX = 67_108_864;

const looseRefs = (gitDir: string): Ref[] => {
  const folder = join(gitDir, "refs");
  if (readPlainFile(folder, 0).is === "absent") return [];
  const refs: Ref[] = [];
  for (const { absolute, path, stat } of walk(folder, () => false)) {
    const ref = stat.isFile() ? looseRef(absolute, `refs/${path}`) : undefined;
    if (ref !== undefined) refs.push(ref);
  }
  return refs.sort((a, b) => (a.name < b.name ? -1 : 1));
};

const looseRef = (file: string | Buffer, name: string): Ref | undefined => {
  const read = readPlainFile(file, REF_BYTES_MAX);
  if (read.is === "absent") return undefined;
  const value = read.is === "plain" ? new TextDecoder().decode(read.bytes).trimEnd() : `(${read.is})`;
  return { name, value, stored: "loose" };
};

const packedRefs = (gitDir: string): Ref[] => {
  const read = readPlainFile(join(gitDir, "packed-refs"), PACKED_BYTES_MAX);
  if (read.is === "absent") return [];
  if (read.is !== "plain") throw new Failure("target/unreadable", `.git/packed-refs is ${read.is}`);
  return new TextDecoder()
    .decode(read.bytes)
    .split("\n")
    .flatMap((line) => {
      const [, value, name] = /^([0-9a-f]{40,64}) (\S+)$/.exec(line) ?? [];
      return value === undefined || name === undefined ? [] : [{ name, value, stored: "packed" as const }];
    });
};
