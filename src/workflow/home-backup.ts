import { z } from "zod";

import { parseDigest, type Digest } from "./digest.ts";
import { jsonFile } from "./evidence/json-file.ts";
import { LEDGER_PATH } from "./home-services.ts";
import { parseRunId, type RunId } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { after, ok, refuse, type Result } from "./result.ts";
import { readStrictJson } from "./strict-json.ts";

/** What a backup of a home holds: every file by its place, and how far the ledger in it goes. */
export interface HomeBackup {
  readonly homeId: string;
  /** The ledger's records and the root over them, base64. */
  readonly ledger: { readonly size: number; readonly rootHash: string };
  readonly privateKeys: "included" | "left-out";
  /** Sealed runs without a folder in the home: their bundles are in its bucket. */
  readonly inBucket: readonly RunId[];
  /** Runs that were going on. */
  readonly open: readonly RunId[];
  /** Sorted by path. */
  readonly files: readonly BackupFile[];
}

export interface BackupFile {
  /** Below the home, `/`-separated. */
  readonly path: string;
  readonly sha256: Digest;
  readonly size: number;
}

/** The folder in the tar: `manifest.json`, then each content once, by its digest. No name in it comes from a home. */
const BACKUP_FOLDER = "cto-home-backup/";
export const BACKUP_MANIFEST: string = `${BACKUP_FOLDER}manifest.json`;
export const contentName = (sha256: Digest): string => `${BACKUP_FOLDER}sha256/${sha256}`;

export const HOME_ID_FILE = ".cto/home-id";

/** Each content once, in the order of the tar. */
export const contentsOf = ({ files }: HomeBackup): readonly BackupFile[] =>
  [...new Map(files.map((file) => [file.sha256, file])).values()].toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));

/** Same home, same bytes. */
export const backupText = ({ homeId, ledger, privateKeys, inBucket, open, files }: HomeBackup): string =>
  jsonFile({
    schema: SCHEMA,
    homeId,
    ledger: { size: ledger.size, rootHash: ledger.rootHash },
    privateKeys,
    inBucket: inBucket.toSorted(),
    open: open.toSorted(),
    files: files.toSorted(byPath).map(({ path, sha256, size: bytes }) => ({ path, sha256, size: bytes })),
  });

/** A manifest, or what is wrong with it as one clause. Every path in it is one that a home has. */
export const readBackup = (bytes: Uint8Array): Result<HomeBackup, string> =>
  after(readStrictJson(bytes, LIMITS.backupManifestBytesMax, manifest), (read) => {
    if (backupText(read) !== new TextDecoder().decode(bytes)) return refuse("it is not written as manifests are");
    const problem = problemOf(read);
    return problem === undefined ? ok(read) : refuse(problem);
  });

/** The mode of a file at a place where a backup may put one; undefined for every other place. */
export const modeAt = (path: string): number | undefined => {
  const place = PLACES.find(([form]) => form.test(path));
  if (place !== undefined) return place[1];
  return isGovernance(path) ? 0o644 : undefined;
};

export const isPrivateKey = (path: string): boolean => PRIVATE_KEY.test(path);

const SCHEMA = "cto/home-backup/v1";
const RUN = String.raw`R-\d{3,9}-\d{2,6}`;
const NAME = "[A-Za-z0-9_@+-][A-Za-z0-9_@.+-]{0,199}";
const PRIVATE_KEY = /^\.cto\/keys\/(?:harness|verifier)(?:\.next)?\.key$/;

const PLACES: readonly (readonly [RegExp, number])[] = [
  [/^\.cto\/(?:home-id|services\.json|notify\.yaml|\.gitignore|ledger\.db)$/, 0o600],
  [/^\.cto\/consumed\/[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, 0o600],
  [PRIVATE_KEY, 0o600],
  [/^\.cto\/keys\/(?:harness|verifier)(?:\.next)?\.pub$/, 0o644],
  [new RegExp(`^\\.cto/runs/${RUN}/${NAME}(?:/${NAME}){0,7}$`), 0o444],
  [new RegExp(`^\\.cto/runs/${RUN}\\.addenda/${NAME}$`), 0o600],
];

/** Documents of people have names of all kinds. */
const isGovernance = (path: string): boolean => {
  const [top, ...parts] = path.split("/");
  const isName = (part: string): boolean =>
    part !== "" && part !== "." && part !== ".." && part.isWellFormed() && Buffer.byteLength(part) <= 255;
  return top === ".sot" && parts.length > 0 && parts.length <= 32 && parts.every(isName) && !/[\p{Cc}\\]/u.test(path);
};

const problemOf = ({ files, privateKeys }: HomeBackup): string | undefined => {
  const foreign = files.find(({ path }) => modeAt(path) === undefined);
  if (foreign !== undefined) return `it names ${JSON.stringify(foreign.path)}, which is no place of a home`;
  const paths = new Set(files.map(({ path }) => path));
  if (paths.size !== files.length) return "it names a file twice";
  for (const path of paths)
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      if (paths.has(path.slice(0, at))) return `${JSON.stringify(path.slice(0, at))} is a file and a folder in it`;
  const lacking = [HOME_ID_FILE, LEDGER_PATH].find((path) => !paths.has(path));
  if (lacking !== undefined) return `it has no ${lacking}`;
  if (files.some(({ path }) => isPrivateKey(path)) !== (privateKeys === "included"))
    return "it says something else of its private keys than it holds";
  const sizes = new Map<Digest, number>();
  for (const { sha256, size: bytes } of files)
    if ((sizes.get(sha256) ?? bytes) !== bytes) return "one content has two sizes in it";
    else sizes.set(sha256, bytes);
  if (files.reduce((sum, file) => sum + file.size, 0) > LIMITS.backupBytesMax) return "it is too large";
  return undefined;
};

const byPath = (a: BackupFile, b: BackupFile): number => (a.path < b.path ? -1 : 1);

const parsed = <T>(parse: (text: string) => T | undefined, what: string): z.ZodType<T, string> =>
  z.string().transform((text, context): T => {
    const read = parse(text);
    if (read !== undefined) return read;
    context.addIssue({ code: "custom", message: `it is no ${what}` });
    return z.NEVER;
  });

const runs = z.array(parsed(parseRunId, "run")).max(LIMITS.archiveListMax);

const manifest = z
  .strictObject({
    schema: z.literal(SCHEMA),
    homeId: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    ledger: z.strictObject({ size: z.int().min(0), rootHash: z.string().regex(/^[A-Za-z0-9+/]{43}=$/) }),
    privateKeys: z.enum(["included", "left-out"]),
    inBucket: runs,
    open: runs,
    files: z.array(
      z.strictObject({
        path: z.string().max(2_048),
        sha256: parsed(parseDigest, "digest"),
        size: z.int().min(0).max(LIMITS.backupFileBytesMax),
      }),
    ),
  })
  .transform(({ schema: _alone, ...read }) => read);
