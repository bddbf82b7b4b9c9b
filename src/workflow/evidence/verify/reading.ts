import { z } from "zod";

import { bundleManifestSchema, type BundleManifest } from "../schemas/bundle.ts";
import { confinementSchema, type ConfinementProof } from "../schemas/confinement.ts";
import { freshnessSchema, type FreshnessProof } from "../schemas/freshness.ts";
import { ownedRepoSchema, type OwnedRepoProof } from "../schemas/owned-repo.ts";
import { redactionsSchema, type Redactions } from "../schemas/redactions.ts";
import { reportSchema, type Report } from "../schemas/report.ts";
import { hex, textIn } from "./bytes.ts";
import { readEvents, type Event } from "./events.ts";
import { readCommit, type RawCommit } from "./git-objects.ts";
import { readPack, type PackReading } from "./git-pack.ts";
import type { Later } from "./later.ts";
import { parsePatch, PatchProblem, type FilePatch } from "./patch-parse.ts";
import { readRecords, type Records } from "./records.ts";
import { strictJson } from "./strict-json.ts";
import { readTestLog, type TestRun } from "./test-log-reader.ts";
import type { Trust, VerifyTools } from "./tools.ts";

/** A file whose content nobody holds, because it is large: it was digested by stream. */
export interface DigestedFile {
  /** Bytes. */
  readonly size: number;
  readonly sha256: Uint8Array;
}

/** What stands where a bundle stands and is no plain file of it: its name, and the reason where more is known. */
export type OddEntry = string | { readonly name: string; readonly why: string };

/** Path -> content, or only its digest for a file that is too large to hold. */
export type BundleContent = ReadonlyMap<string, Uint8Array | DigestedFile>;

/** The bundle, each file parsed once. A part is undefined when its file is absent or is not what it must be. */
export interface Reading {
  /** Content of what is held. Only a log of the backend may be missing here and stand in `paths`: check `files` fails otherwise. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Every file that is there, held or only digested. */
  readonly paths: readonly string[];
  readonly odd: readonly OddEntry[];
  readonly tools: VerifyTools;
  readonly trust: Trust;
  /** What lies beside the bundle. */
  readonly later: Later;
  readonly manifest: BundleManifest | undefined;
  readonly report: Report | undefined;
  readonly freshness: FreshnessProof | undefined;
  readonly ownedRepo: OwnedRepoProof | undefined;
  readonly confinement: ConfinementProof | undefined;
  readonly redactions: Redactions | undefined;
  readonly events: readonly Event[] | undefined;
  readonly base: RawCommit | undefined;
  /** The objects of repo/base.pack, read once for whoever asks; undefined when pack or index are not there. */
  readonly baseObjects: () => Promise<PackReading | undefined>;
  readonly commit: RawCommit | undefined;
  /** The files of patch.diff; a text says why it is no patch. */
  readonly patch: readonly FilePatch[] | string | undefined;
  readonly tests: readonly TestRun[] | undefined;
  readonly records: Records;
  /** SHA-256 of a file in hex, also of one that is only digested; undefined when it is absent. */
  readonly digest: (path: string) => string | undefined;
  /** Bytes, also of one that is only digested; undefined when it is absent. */
  readonly size: (path: string) => number | undefined;
}

export const readBundle = async (
  content: BundleContent,
  odd: readonly OddEntry[],
  trust: Trust,
  tools: VerifyTools,
  later: Later = {},
): Promise<Reading> => {
  const files = new Map([...content].flatMap(([path, file]) => (isHeld(file) ? [[path, file] as const] : [])));
  const json = <T>(path: string, schema: z.ZodType<T>): T | undefined => readJson(files.get(path), schema);
  const sums = await Promise.all(
    [...content].map(
      async ([path, file]) => [path, hex(isHeld(file) ? await tools.sha256(file) : file.sha256)] as const,
    ),
  );
  const digests = new Map(sums);
  const patch = readPatch(files.get("patch.diff"));
  return {
    files,
    paths: [...content.keys()],
    odd,
    tools,
    trust,
    later,
    manifest: json("bundle.json", bundleManifestSchema),
    report: json("report.json", reportSchema),
    freshness: json("freshness-proof.json", freshnessSchema),
    ownedRepo: json("stage5-owned-repo-proof.json", ownedRepoSchema),
    confinement: json("confinement-proof.json", confinementSchema),
    redactions: json("redactions.json", redactionsSchema),
    events: readEvents(files.get("events.normalized.jsonl")),
    base: await readCommit(files.get("repo/base-commit.raw"), tools),
    baseObjects: baseObjectsIn(files, tools, patch),
    commit: await readCommit(files.get("repo/commit.raw"), tools),
    patch,
    tests: readTestLog(files.get("test.log")),
    records: readRecords(files),
    digest: (path) => digests.get(path),
    size: (path) => {
      const file = content.get(path);
      return file === undefined || isHeld(file) ? file?.length : file.size;
    },
  };
};

/** All trees, and the old contents that the patch names. */
const baseObjectsIn = (
  files: Reading["files"],
  tools: VerifyTools,
  patch: Reading["patch"],
): Reading["baseObjects"] => {
  const wanted = new Set(typeof patch === "string" ? [] : patch?.map(({ oldBlob }) => oldBlob));
  const read = async (): Promise<PackReading | undefined> => {
    const [pack, index] = [files.get("repo/base.pack"), files.get("repo/base.idx")];
    return pack === undefined || index === undefined ? undefined : readPack(tools, pack, index, wanted);
  };
  let reading: Promise<PackReading | undefined> | undefined;
  return () => (reading ??= read());
};

const isHeld = (file: Uint8Array | DigestedFile): file is Uint8Array => file instanceof Uint8Array;

/** Strict JSON of one shape; undefined when the bytes are anything else. */
export const readJson = <T>(bytes: Uint8Array | undefined, schema: z.ZodType<T>): T | undefined => {
  const text = bytes === undefined ? undefined : textIn(bytes);
  const json = text === undefined ? undefined : strictJson(text);
  const read = json === undefined ? undefined : schema.safeParse(json.value);
  return read?.success === true ? read.data : undefined;
};

/** The member `schema` of a JSON file, to tell an unknown version from a broken file. */
export const schemaNamed = (bytes: Uint8Array | undefined): string | undefined =>
  readJson(bytes, z.object({ schema: z.string() }))?.schema;

const readPatch = (bytes: Uint8Array | undefined): Reading["patch"] => {
  if (bytes === undefined) return undefined;
  try {
    return parsePatch(bytes);
  } catch (error) {
    if (error instanceof PatchProblem) return error.message;
    throw error;
  }
};
