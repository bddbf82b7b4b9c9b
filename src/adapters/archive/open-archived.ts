import type { Checked, OpenBundle } from "../../seams/archive.ts";
import type { Digest } from "../../workflow/digest.ts";
import type { DigestedFile } from "../../workflow/evidence/verify/reading.ts";
import { heldFile, type FileTaker } from "../../workflow/evidence/verify/tar.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isPacked, manifestKey, type BundleManifest, type ManifestFile } from "./bundle-manifest.ts";
import { digestedTaker, heldWithin } from "./digest-stream.ts";
import type { ObjectStore } from "./object-store.ts";
import { held, manifestIn, readObject, readPack, type Content } from "./read-bucket.ts";

/**
 * A bundle out of the bucket, each file held to its digest; large ones are only digested, as in a folder. What is
 * missing, more, or not what its name says is a Failure.
 */
export const openArchived = async (store: ObjectStore, manifest: BundleManifest): Promise<OpenBundle> => {
  const files = new Map<string, Uint8Array>();
  const digested = new Map<string, DigestedFile>();
  let bytes = 0;
  const takerOf = (size: number): FileTaker => {
    if (size > Math.min(LIMITS.bundleHeldFileBytesMax, LIMITS.bundleHeldBytesMax - bytes)) return digestedTaker();
    bytes += size;
    return heldFile();
  };
  const keep = ({ name }: ManifestFile, content: Content): void => {
    if (content instanceof Uint8Array) files.set(name, content);
    else digested.set(name, content);
  };
  for (const [file, content] of held(await readPack(store, manifest, takerOf))) keep(file, content);
  for (const file of manifest.files.filter((one) => !isPacked(one)))
    keep(file, held(await readObject(store, file, takerOf(file.size))));
  return { folder: `${store.place}/${manifestKey(manifest.run)}`, files, digested, odd: [] };
};

/** One file; "absent" for a name that the bundle does not have, or one that is larger. */
export const readArchived = async (
  store: ObjectStore,
  manifest: BundleManifest,
  name: string,
  bytesMax: number,
): Promise<Uint8Array | "absent"> => {
  const file = manifest.files.find((one) => one.name === name);
  if (file === undefined || file.size > bytesMax) return "absent";
  const takerOf = heldWithin((size) => size === file.size);
  const content = isPacked(file)
    ? held(await readPack(store, manifest, takerOf)).get(file)
    : held(await readObject(store, file, heldFile()));
  if (content instanceof Uint8Array) return content;
  throw new Failure("archive/altered", `The pack of ${manifest.run} has more files of one size than can be held.`);
};

/** Everything that the bucket has of a run, read back; nothing of it is kept. */
export const checkArchived = async (
  store: ObjectStore,
  run: RunId,
  recorded: Digest | undefined,
): Promise<Checked | "absent"> => {
  const manifest = await manifestIn(store, run, recorded);
  if (!manifest.ok) return { run, files: 0, bytes: 0, wrong: manifest.refusals.map(({ says }) => says) };
  if (manifest.value === "absent") return "absent";
  const { files, pack } = manifest.value;
  const large = files.filter((file) => !isPacked(file));
  const wrong: string[] = [];
  const reads = [
    await readPack(store, manifest.value, digestedTaker),
    ...(await eachOf(large, (file) => readObject(store, file, digestedTaker()))),
  ];
  for (const read of reads) if (!read.ok) wrong.push(...read.refusals.map(({ says }) => says));
  return { run, files: files.length, bytes: large.reduce((sum, { size }) => sum + size, pack.size), wrong };
};

const eachOf = async <T, R>(values: readonly T[], act: (value: T) => Promise<R>): Promise<readonly R[]> => {
  const made: R[] = [];
  for (const value of values) made.push(await act(value));
  return made;
};
