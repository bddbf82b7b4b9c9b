import type { Pushed } from "../../seams/archive.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { SEAL } from "../../workflow/evidence/bundle-table.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { readLedgerRecord } from "../../workflow/ledger.ts";
import { isPacked, manifestKey, manifestText, objectKey, type ManifestFile } from "./bundle-manifest.ts";
import { packOf } from "./bundle-pack.ts";
import { digestStream, heldBytes, written } from "./digest-stream.ts";
import type { NewObject, ObjectStore } from "./object-store.ts";
import { sealedBytes, sealedFiles } from "./sealed-files.ts";

export interface PushOrder {
  readonly run: RunId;
  /** The sealed folder. */
  readonly folder: string;
  /** What the ledger has of the seal; undefined where it has none. */
  readonly recorded: Digest | undefined;
}

/**
 * Objects first, each read back by size and digest; the manifest last. What is there already is not written again, so
 * whoever was broken off goes on; what is there as something else is a Failure and stays as it is.
 */
export const pushBundle = async (store: ObjectStore, { run, folder, recorded }: PushOrder): Promise<Pushed> => {
  const { files, sums } = await sealedFiles(folder, run);
  if (recorded !== undefined && recorded !== sums)
    throw new Failure("archive/altered", `The folder of ${run} is not the one that the ledger saw sealed.`);
  const sealedAt = await sealedAtSeconds(folder, files);
  const pack = await digested(() => packOf(folder, files, sealedAt));
  const text = new TextEncoder().encode(manifestText({ run, sums, pack, files }));
  const isWhole = await holdsManifest(store, run, text);
  let [written, bytes] = [0, 0];
  const bring = async (object: Bringing): Promise<void> => {
    const found = await store.head(objectKey(object.sha256));
    if (found === "absent") {
      await store.put(objectKey(object.sha256), object);
      written += 1;
      bytes += object.size;
      // Under a manifest everything was read back once: then its size is enough, cto archive check reads it all.
    } else if (isWhole && found.size === object.size) return;
    await mustRead(store, object);
  };
  for (const file of files.filter((one) => !isPacked(one)))
    await bring({ ...file, bytes: () => sealedBytes(folder, file) });
  await bring({ ...pack, bytes: () => packOf(folder, files, sealedAt) });
  if (!isWhole) {
    const manifest = { size: text.length, sha256: digestOf(text), bytes: () => once(text) };
    await store.put(manifestKey(run), manifest);
    if (!(await holdsManifest(store, run, text))) throw missing(store, manifestKey(run));
    written += 1;
  }
  return { run, written, bytes };
};

interface Bringing extends NewObject {
  readonly sha256: Digest;
}

const holdsManifest = async (store: ObjectStore, run: RunId, text: Uint8Array): Promise<boolean> => {
  const found = await store.get(manifestKey(run));
  if (found === "absent") return false;
  const { size, sha256 } = await digested(() => found);
  if (size === text.length && sha256 === digestOf(text)) return true;
  throw new Failure("archive/altered", `${store.place}/${manifestKey(run)} tells of another bundle than the one here.`);
};

const mustRead = async (store: ObjectStore, { sha256, size }: Bringing): Promise<void> => {
  const key = objectKey(sha256);
  const found = await store.get(key);
  if (found === "absent") throw missing(store, key);
  const read = await digested(() => found);
  if (read.size !== size || read.sha256 !== sha256)
    throw new Failure("archive/altered", `${store.place}/${key} is not what its name says.`);
};

const missing = (store: ObjectStore, key: string): Failure =>
  new Failure("archive/missing", `${store.place}/${key} was written and is not there.`);

/** The time that the ledger's record of the seal has; a bundle from before there were such records has none. */
const sealedAtSeconds = async (folder: string, files: readonly ManifestFile[]): Promise<number> => {
  const record = files.find(({ name }) => name === SEAL.record);
  if (record === undefined || !isPacked(record)) return 0;
  const bytes = await heldBytes(sealedBytes(folder, record), record.size);
  return Math.floor(Date.parse(readLedgerRecord(new TextDecoder().decode(bytes)).at) / 1000);
};

const digested = async (
  open: () => AsyncIterable<Uint8Array>,
): Promise<{ readonly size: number; readonly sha256: Digest }> => {
  const read = await digestStream(open());
  return { size: read.size, sha256: written(read) };
};

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}
