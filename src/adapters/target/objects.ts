import { createHash } from "node:crypto";

import { Failure } from "../../workflow/failure.ts";
import type { Oid } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { git } from "./git.ts";

/** An object that is missing, is not what its id says, or holds what no tree may hold. */
export class DamagedObject extends Failure {
  readonly object: string;
  readonly found: string;

  constructor(object: string, found: string) {
    super("target/git-failed", `object ${object}: ${found}`);
    this.object = object;
    this.found = found;
  }
}

/** The content of objects of one kind, by id; every id is computed anew from what was read. */
export const readObjects = async (
  gitDir: string,
  ids: ReadonlySet<Oid>,
  kind: "blob" | "tree" | "commit",
): Promise<ReadonlyMap<Oid, Buffer>> => {
  const objects = new Map<Oid, Buffer>();
  if (ids.size === 0) return objects;
  // A damaged object ends the batch with 128: what is missing then is found missing below.
  const answer = await git(gitDir, ["cat-file", "--batch"], { input: `${[...ids].join("\n")}\n`, answers: [128] });
  const output = Buffer.from(answer.stdout.buffer, answer.stdout.byteOffset, answer.stdout.byteLength);
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf("\n", at);
    const [, type, size] = / (\w+) (\d+)$/.exec(output.toString("latin1", at, Math.max(end, at))) ?? [];
    if (type === undefined || size === undefined) throw new DamagedObject(id, "it is missing or cannot be read");
    const content = output.subarray(end + 1, end + 1 + Number(size));
    at = end + 1 + content.length + 1;
    const digest = createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");
    if (type !== kind || digest !== id) throw new DamagedObject(id, "its content is not what its id says");
    objects.set(id, content);
  }
  return objects;
};

/** Groups of entries whose content fits into memory together. A single one that never would is a Failure. */
export const inBatches = async <Entry extends { readonly oid: Oid }>(
  gitDir: string,
  entries: readonly Entry[],
): Promise<readonly (readonly Entry[])[]> => {
  const sizes = await sizesOf(gitDir, new Set(entries.map(({ oid }) => oid)));
  const batches: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = sizes.get(entry.oid) ?? 0;
    if (size > OBJECT_BYTES_MAX) throw new Failure("target/unreadable", `object ${entry.oid} has ${size} bytes`);
    bytes += size;
    if (bytes > BATCH_BYTES_MAX) {
      batches.push([]);
      bytes = size;
    }
    batches.at(-1)?.push(entry);
  }
  return batches;
};

const BATCH_BYTES_MAX = 67_108_864;
const OBJECT_BYTES_MAX = LIMITS.gitOutputBytesMax - BATCH_BYTES_MAX;

const sizesOf = async (gitDir: string, ids: ReadonlySet<Oid>): Promise<ReadonlyMap<string, number>> => {
  if (ids.size === 0) return new Map();
  const { text } = await git(gitDir, ["cat-file", "--batch-check"], {
    input: `${[...ids].join("\n")}\n`,
    answers: [128],
  });
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, id, size] = /^([0-9a-f]{40}) \w+ (\d+)$/.exec(line) ?? [];
      return id === undefined || size === undefined ? [] : [[id, Number(size)] as const];
    }),
  );
};
