import { z } from "zod";

import { BUNDLE_TABLE, isOutsideSums, isRequired, MANIFEST, rowOf, SUMS } from "../bundle-table.ts";
import type { BundleFile, BundleManifest } from "../schemas/bundle.ts";
import { schemaNamed, readJson, type Reading } from "./reading.ts";
import { fail, notProven, passUnless, type Check } from "./verdict.ts";

const ID = "bundle";

/** Step 2: bundle.json lists exactly what is there, what had to be there is, and what is absent is explained. */
export const checkManifest = (reading: Reading): readonly Check[] => {
  const { manifest, files } = reading;
  if (manifest === undefined) return [unread(files.get(MANIFEST))];
  const objections = [
    ...fileRows(reading, manifest),
    ...requiredRows(manifest),
    ...absentRows(manifest),
    ...endingRows(manifest),
  ];
  return passUnless(
    ID,
    objections,
    `${manifest.files.length} files listed, ${manifest.absent.length} absent and explained`,
  );
};

const wrong = (says: string, file: string = MANIFEST): Check => fail(ID, "evidence/manifest-wrong", says, file);

/** A form that this verifier does not know is not the same as a broken one. */
const unread = (bytes: Uint8Array | undefined): Check => {
  if (bytes === undefined) return fail(ID, "evidence/file-set-differs", "it is not there", MANIFEST);
  const name = schemaNamed(bytes);
  const signatures = readJson(bytes, z.object({ signatures: z.unknown() }))?.signatures;
  const isOther = name?.startsWith("cto/bundle/") === true && (name !== "cto/bundle/v1" || isWord(signatures));
  return isOther
    ? notProven(ID, "it is of a form that this verifier does not know", MANIFEST)
    : wrong("it does not read as bundle/v1");
};

// A form that says in a word how it is signed, or that it is not, may be somebody's; it is not this one.
const isWord = (signatures: unknown): boolean => typeof signatures === "string";

const fileRows = ({ paths, size, digest }: Reading, manifest: BundleManifest): readonly Check[] => {
  const listed = new Set(manifest.files.map(({ path }) => path));
  const strangers = paths.filter(
    (path) => path !== MANIFEST && path !== SUMS && !isOutsideSums(path) && !listed.has(path),
  );
  return [
    ...(listed.size === manifest.files.length ? [] : [wrong("a file is listed twice")]),
    ...strangers.map((path) => fail(ID, "evidence/file-set-differs", "it is not listed in bundle.json", path)),
    ...manifest.files.flatMap((file) => fileRow(file, size(file.path), digest(file.path), manifest)),
  ];
};

const fileRow = (
  file: BundleFile,
  size: number | undefined,
  digest: string | undefined,
  { reach }: BundleManifest,
): readonly Check[] => {
  const row = rowOf(file.path);
  if (row === undefined) return [wrong("no bundle has such a file", file.path)];
  if (size === undefined) return [fail(ID, "evidence/file-set-differs", "it is listed and not there", file.path)];
  if (digest !== file.sha256 || size !== file.size)
    return [
      fail(
        ID,
        "evidence/digest-differs",
        `sealed ${file.sha256.slice(0, 8)}, on disk ${(digest ?? "").slice(0, 8)}`,
        file.path,
      ),
    ];
  const isAsTable =
    row.mediaType === file.mediaType &&
    row.schema === file.schema &&
    row.producer === file.producer &&
    row.trust === file.trust &&
    isRequired(row, reach) === file.required;
  return isAsTable ? [] : [wrong("bundle.json says something else of it than its form", file.path)];
};

const requiredRows = ({ files, reach }: BundleManifest): readonly Check[] => {
  const present = new Set(files.map(({ path }) => rowOf(path)?.name));
  return BUNDLE_TABLE.filter((row) => isRequired(row, reach) && !present.has(row.name)).map(({ name }) =>
    fail(ID, "evidence/file-set-differs", `a run that came as far as ${reach} must have it`, name),
  );
};

const absentRows = ({ files, absent }: BundleManifest): readonly Check[] => {
  const present = new Set(files.map(({ path }) => rowOf(path)?.name));
  const missing = BUNDLE_TABLE.map(({ name }) => name).filter((name) => !present.has(name));
  const told = absent.map(({ path }) => path);
  const isSame = missing.length === told.length && missing.every((name) => told.includes(name));
  return isSame ? [] : [wrong("absent[] does not explain exactly what is absent")];
};

const REACHABLE: Readonly<Record<BundleManifest["ending"], readonly BundleManifest["reach"][]>> = {
  awaiting_outcome: ["commit"],
  blocked: ["gate"],
  voided: ["permit"],
  failed: ["gate", "permit", "commit"],
  stopped: ["gate", "permit", "commit"],
  interrupted: ["gate", "permit", "commit"],
};

const endingRows = ({ ending, reach }: BundleManifest): readonly Check[] =>
  REACHABLE[ending].includes(reach) ? [] : [wrong(`a run that came as far as ${reach} cannot end as ${ending}`)];
