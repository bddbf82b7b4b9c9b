import { z } from "zod";

import { parseDigest, type Digest } from "../../workflow/digest.ts";
import { jsonFile } from "../../workflow/evidence/json-file.ts";
import { parseRunId, type RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { after, ok, refuse, type Result } from "../../workflow/result.ts";
import { readStrictJson } from "../../workflow/strict-json.ts";

/** What a bucket has of one sealed bundle: every file by name, size and digest, and where its bytes are. */
export interface BundleManifest {
  readonly run: RunId;
  /** Digest of SHA256SUMS, as the ledger has it. */
  readonly sums: Digest;
  /** One tar of every file that is no object of its own. */
  readonly pack: { readonly sha256: Digest; readonly size: number };
  /** Sorted by name. */
  readonly files: readonly ManifestFile[];
}

export interface ManifestFile {
  readonly name: string;
  readonly sha256: Digest;
  readonly size: number;
}

/** The object that holds a manifest; whoever has it has the whole bundle, as it is written last. */
export const manifestKey = (run: RunId): string => `${RUNS}${run}.json`;
export const RUNS = "runs/";

export const runOfManifest = (key: string): RunId | undefined =>
  key.startsWith(RUNS) && key.endsWith(".json") ? parseRunId(key.slice(RUNS.length, -".json".length)) : undefined;

export const objectKey = (sha256: Digest): string => `sha256/${sha256.slice(0, 2)}/${sha256}`;

export const isPacked = ({ size }: ManifestFile): boolean => size < LIMITS.archiveObjectBytesMin;

/** Same bundle, same bytes. */
export const manifestText = ({ run, sums, pack, files }: BundleManifest): string =>
  jsonFile({
    schema: SCHEMA,
    run,
    sums,
    pack: { sha256: pack.sha256, size: pack.size },
    files: files
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, sha256, size: bytes }) => ({ name, sha256, size: bytes })),
  });

/** A manifest, or what is wrong with it as one clause. What it says is believed only after its objects were digested. */
export const readManifest = (bytes: Uint8Array): Result<BundleManifest, string> =>
  after(readStrictJson(bytes, LIMITS.archiveManifestBytesMax, manifest), (read) =>
    manifestText(read) === new TextDecoder().decode(bytes) ? ok(read) : refuse("it is not written as manifests are"),
  );

const SCHEMA = "cto/archived-bundle/v1";

const digest = z.string().transform((text, context): Digest => {
  const read = parseDigest(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: "it is no digest" });
  return z.NEVER;
});

const run = z.string().transform((text, context): RunId => {
  const read = parseRunId(text);
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: "it is no run" });
  return z.NEVER;
});

const size = z.int().min(0).max(LIMITS.bundleBytesMax);

const manifest = z
  .strictObject({
    schema: z.literal(SCHEMA),
    run,
    sums: digest,
    pack: z.strictObject({ sha256: digest, size }),
    files: z
      .array(z.strictObject({ name: z.string().regex(/^[!-~]{1,255}$/), sha256: digest, size }))
      .max(LIMITS.bundleFilesMax),
  })
  .transform(({ schema: _alone, ...read }) => read)
  .refine(({ files }) => new Set(files.map(({ name }) => name)).size === files.length, "it names a file twice")
  .refine(
    ({ files }) => files.reduce((sum, file) => sum + file.size, 0) <= LIMITS.bundleBytesMax,
    "it names more bytes than a bundle may have",
  );
