import { digestOf, type Digest } from "../../workflow/digest.ts";
import { SUMS } from "../../workflow/evidence/bundle-table.ts";
import type { DigestedFile } from "../../workflow/evidence/verify/reading.ts";
import { readTar, type FileTaker } from "../../workflow/evidence/verify/tar.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import {
  isPacked,
  manifestKey,
  objectKey,
  readManifest,
  type BundleManifest,
  type ManifestFile,
} from "./bundle-manifest.ts";
import { digestedTaker, heldBytes, heldWithin, written } from "./digest-stream.ts";
import type { ObjectStore } from "./object-store.ts";

/** What does not hold in a bucket, as one sentence. */
export interface Wrong {
  readonly code: "archive/altered" | "archive/missing";
  readonly says: string;
}

export type Content = Uint8Array | DigestedFile;

/** The value, or what does not hold as a Failure. */
export const held = <T>(read: Result<T, Wrong>): T => {
  if (read.ok) return read.value;
  const [wrong] = read.refusals;
  throw new Failure(wrong.code, wrong.says);
};

/** What the bucket says it has of a run; "absent" for none. `recorded` is what the ledger has of its seal. */
export const manifestIn = async (
  store: ObjectStore,
  run: RunId,
  recorded: Digest | undefined,
): Promise<Result<BundleManifest | "absent", Wrong>> => {
  const key = manifestKey(run);
  const found = await store.get(key);
  if (found === "absent") return ok("absent");
  const bytes = await heldBytes(found, LIMITS.archiveManifestBytesMax);
  const read = readManifest(bytes);
  if (!read.ok) return altered(store, key, `is no manifest: ${read.refusals[0]}`);
  if (read.value.run !== run) return altered(store, key, `is the manifest of ${read.value.run}`);
  if (recorded !== undefined && read.value.sums !== recorded)
    return altered(store, key, "tells of another bundle than the one that the ledger saw sealed");
  return ok(read.value);
};

/** A file that is an object of its own, held to its digest. */
export const readObject = async (
  store: ObjectStore,
  file: ManifestFile,
  taker: FileTaker,
): Promise<Result<Content, Wrong>> => {
  const key = objectKey(file.sha256);
  const found = await store.get(key);
  if (found === "absent") return missing(store, key);
  for await (const piece of upTo(found, file.size)) taker.take(piece);
  const content = await taker.done();
  return isFile(file, content) ? ok(content) : altered(store, key, "is not what its name says");
};

/**
 * Every file of the pack, held to its own digest, and the pack to its. SHA256SUMS is among them: what the manifest says
 * of files outside of the pack has to stand there.
 */
export const readPack = async (
  store: ObjectStore,
  { run, pack, files, sums }: BundleManifest,
  takerOf: (size: number) => FileTaker,
): Promise<Result<ReadonlyMap<ManifestFile, Content>, Wrong>> => {
  const key = objectKey(pack.sha256);
  const found = await store.get(key);
  if (found === "absent") return missing(store, key);
  const whole = digestedTaker();
  const list = files.find(({ name }) => name === SUMS);
  const bundle = await readTar(
    upTo(found, pack.size, whole),
    heldWithin((size) => size === list?.size, takerOf),
  );
  const read = whole.done();
  if (read.size !== pack.size || written(read) !== pack.sha256) return altered(store, key, "is not what its name says");
  const expected = files.filter(isPacked);
  if (bundle.odd.length > 0 || bundle.files.size !== expected.length)
    return altered(store, key, "holds other files than the manifest says");
  const content = new Map<ManifestFile, Content>();
  for (const file of expected) {
    const one = bundle.files.get(file.name);
    if (one === undefined || !isFile(file, one)) return altered(store, key, `holds another ${file.name}`);
    content.set(file, one);
  }
  const listed = list === undefined ? undefined : content.get(list);
  if (list?.sha256 !== sums || !(listed instanceof Uint8Array))
    return altered(store, manifestKey(run), `names another ${SUMS} than the bundle has`);
  const lines = new Set(new TextDecoder().decode(listed).split("\n"));
  const foreign = files.find((file) => !isPacked(file) && !lines.has(`${file.sha256}  ${file.name}`));
  if (foreign !== undefined)
    return altered(store, manifestKey(run), `names ${foreign.name}, which ${SUMS} does not have so`);
  return ok(content);
};

/** The pieces, also for the one who takes all of them; no more than one piece beyond what there should be. */
async function* upTo(
  source: AsyncIterable<Uint8Array>,
  bytes: number,
  whole?: FileTaker,
): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = 0;
  for await (const piece of source) {
    seen += piece.length;
    whole?.take(piece);
    yield piece;
    if (seen > bytes) return;
  }
}

const isFile = ({ size, sha256 }: ManifestFile, content: Content): boolean =>
  content instanceof Uint8Array
    ? content.length === size && digestOf(content) === sha256
    : content.size === size && written(content) === sha256;

const altered = (store: ObjectStore, key: string, says: string): Result<never, Wrong> =>
  refuse({ code: "archive/altered", says: `${store.place}/${key} ${says}.` });

const missing = (store: ObjectStore, key: string): Result<never, Wrong> =>
  refuse({ code: "archive/missing", says: `${store.place}/${key} is not there.` });
