import path from "node:path";

import type { ChangedBytes } from "../../seams/target.ts";
import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseOid } from "../../workflow/ids.ts";
import type { Change } from "../../workflow/policy/changes.ts";
import { readObjects } from "./objects.ts";
import { readPlainFile } from "./plain-file.ts";

/** Both sides of one change of a plain file, each by its own digest. */
export const readChange = async (
  ledger: string,
  { before, after }: Change,
  contents: string,
): Promise<ChangedBytes> => ({
  before: before?.type === "f" ? await blobAt(ledger, before.blob) : "none",
  after: after?.type === "f" ? keptAt(path.join(contents, after.sha256), after) : "none",
});

const blobAt = async (ledger: string, blob: string): Promise<Uint8Array> => {
  const id = parseOid(blob);
  const bytes = id === undefined ? undefined : (await readObjects(ledger, new Set([id]), "blob")).get(id);
  if (bytes === undefined) throw new Failure("target/git-failed", `object ${blob}: it is missing`);
  return bytes;
};

const keptAt = (file: string, { sha256, size }: NonNullable<Change["after"]>): Uint8Array => {
  const read = readPlainFile(file, size);
  if (read.is !== "plain" || digestOf(read.bytes) !== sha256)
    throw new Failure("target/contents-differ", `the kept content ${sha256} is not what was harvested`);
  return read.bytes;
};
