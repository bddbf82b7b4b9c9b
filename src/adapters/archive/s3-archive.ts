import type { Archive, Bucket } from "../../seams/archive.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isPacked, manifestKey, objectKey, runOfManifest, RUNS, type BundleManifest } from "./bundle-manifest.ts";
import { dropSealed } from "./drop-sealed.ts";
import { folderArchive } from "./folder-archive.ts";
import type { ObjectStore } from "./object-store.ts";
import { checkArchived, openArchived, readArchived } from "./open-archived.ts";
import { pushBundle } from "./push-bundle.ts";
import { held, manifestIn } from "./read-bucket.ts";

export interface S3ArchiveOptions {
  /** The folder of sealed folders in the home. */
  readonly runs: string;
  readonly store: ObjectStore;
  /** Digest of SHA256SUMS as the ledger has it; undefined for a run that it knows no seal of. */
  readonly recorded: (run: RunId) => Promise<Digest | undefined>;
}

/**
 * Sealed folders in the home as ever, and a bucket behind them: a run is sealed here and pushed afterwards, and read from
 * the bucket where its folder is absent. What is here is never looked for there.
 */
export const s3Archive = ({ runs, store, recorded }: S3ArchiveOptions): Archive => {
  const local = folderArchive(runs);
  const manifestOf = async (run: RunId): Promise<BundleManifest | "absent"> =>
    held(await manifestIn(store, run, await recorded(run)));
  const bucket: Bucket = {
    place: store.place,
    push: async (run) =>
      (await local.isSealed(run))
        ? pushBundle(store, { run, folder: local.folder(run), recorded: await recorded(run) })
        : "absent",
    check: async (run) => checkArchived(store, run, await recorded(run)),
    dropFolder: async (run) => {
      if (!(await local.isSealed(run))) return false;
      await dropSealed(runs, run);
      return true;
    },
    here: () => local.sealedRuns(),
    isHere: (run) => local.isSealed(run),
  };
  return {
    ...local,
    bucket,
    seal: async (run) => {
      // Another machine sealed and pushed it, and is gone.
      const there = (await local.isBegun(run)) || (await local.isSealed(run)) ? "absent" : await manifestOf(run);
      return there === "absent" ? local.seal(run) : there.sums;
    },
    isSealed: async (run) => (await local.isSealed(run)) || (await store.head(manifestKey(run))) !== "absent",
    sealedRuns: async () => {
      const there = (await store.list(RUNS)).flatMap((key) => runOfManifest(key) ?? []);
      return [...new Set([...(await local.sealedRuns()), ...there])].toSorted();
    },
    fingerprint: async (run) => {
      if (await local.isSealed(run)) return local.fingerprint(run);
      const read = await manifestIn(store, run, await recorded(run));
      if (!read.ok || read.value === "absent") return undefined;
      const manifest = read.value;
      const objects = [manifest.pack, ...manifest.files.filter((file) => !isPacked(file))];
      const marks: string[] = [];
      for (const key of [manifestKey(run), ...objects.map(({ sha256 }) => objectKey(sha256))]) {
        const found = await store.head(key);
        if (found === "absent") return undefined;
        marks.push(`${key} ${found.size} ${found.mark}`);
      }
      return digestOf(marks.join("\n"));
    },
    peek: async (run, from, name, bytesMax) => {
      if (from === "addenda" || (await local.isSealed(run))) return local.peek(run, from, name, bytesMax);
      const manifest = await manifestOf(run);
      return manifest === "absent" ? "absent" : readArchived(store, manifest, name, bytesMax);
    },
    read: async (run, name) => {
      if (await local.isSealed(run)) return local.read(run, name);
      const manifest = await manifestOf(run);
      return manifest === "absent" ? "absent" : readArchived(store, manifest, name, LIMITS.bundleHeldFileBytesMax);
    },
    open: async (place) => {
      const here = await local.open(place);
      if (here !== "absent" || !("run" in place)) return here;
      const manifest = await manifestOf(place.run);
      return manifest === "absent" ? "absent" : openArchived(store, manifest);
    },
  };
};
