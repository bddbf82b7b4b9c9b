import type { Digest } from "../digest.ts";
import { digestOf } from "../digest.ts";
import {
  ATTESTATIONS,
  BUNDLE_NOT_CLAIMED,
  BUNDLE_TABLE,
  isOutsideSums,
  isRequired,
  MANIFEST,
  PAGE,
  rowOf,
  SUMS,
} from "./bundle-table.ts";
import type { Ending, Reach } from "./ending.ts";
import { jsonFile } from "./json-file.ts";
import type { RunRecord } from "./run-record.ts";
import type { BundleFile, BundleManifest, SignatureEntry } from "./schemas/bundle.ts";

export interface ManifestFacts {
  readonly run: string;
  readonly work: string;
  readonly kind: "execute";
  readonly ending: Ending;
  readonly reach: Reach;
  readonly keys: RunRecord["keys"];
}

/** Files of a bundle by their path in it. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** bundle.json over all files but itself and SHA256SUMS. A file that the table does not know is a bug of the writer. */
export const bundleManifest = (
  facts: ManifestFacts,
  files: Files,
  absentReasons: ReadonlyMap<string, string>,
): string => {
  const listed = sortedPaths(files).filter((path) => path !== MANIFEST && path !== SUMS && !isOutsideSums(path));
  const manifest: BundleManifest = {
    schema: "cto/bundle/v1",
    run: facts.run,
    work: facts.work,
    kind: facts.kind,
    ending: facts.ending.kind,
    reach: facts.reach,
    signatures: signatureEntries(facts.keys, files.has("test.log")),
    files: listed.map((path) => bundleFile(path, files.get(path) ?? new Uint8Array(), facts.reach)),
    absent: absentNames(listed).map((path) => ({ path, why: absentReasons.get(path) ?? whyAbsent(path, facts) })),
    notClaimed: BUNDLE_NOT_CLAIMED,
  };
  return jsonFile(manifest);
};

const signatureEntries = (keys: RunRecord["keys"], isTested: boolean): readonly SignatureEntry[] => {
  const run = { namespace: "run@cto-harness", publicKey: keys.harness };
  return [
    { path: ATTESTATIONS.run, ...run },
    ...(isTested ? [{ path: ATTESTATIONS.tests, ...run }] : []),
    { path: ATTESTATIONS.verdict, namespace: "verdict@cto-harness", publicKey: keys.verifier },
  ];
};

/** SHA256SUMS as coreutils writes it: every file but itself and what signs it, in byte order of the names. */
export const sumsOf = (files: Files): string =>
  sortedPaths(files)
    .filter((path) => path !== SUMS && !isOutsideSums(path))
    .map((path) => `${digestOfFile(files, path)}  ${path}\n`)
    .join("");

/** The rows of the table that no file stands for. */
const absentNames = (paths: readonly string[]): readonly string[] => {
  const present = new Set(paths.map((path) => rowOf(path)?.name));
  return BUNDLE_TABLE.map(({ name }) => name).filter((name) => !present.has(name));
};

const bundleFile = (path: string, bytes: Uint8Array, reach: Reach): BundleFile => {
  const row = rowOf(path);
  if (row === undefined) throw new TypeError(`no bundle has a file ${JSON.stringify(path)}`);
  const { mediaType, schema, producer, trust } = row;
  return {
    path,
    mediaType,
    schema,
    sha256: digestOf(bytes),
    size: bytes.length,
    producer,
    trust,
    required: isRequired(row, reach),
  };
};

const digestOfFile = (files: Files, path: string): Digest => digestOf(files.get(path) ?? new Uint8Array());

const sortedPaths = (files: Files): readonly string[] => [...files.keys()].sort((a, b) => (a < b ? -1 : 1));

const whyAbsent = (path: string, { ending, reach }: ManifestFacts): string => {
  if (path === "validation/junit.*.xml") return "No run of the command printed a JUnit document.";
  if (path === PAGE) return "The Harness ran from its sources, which hold no built page.";
  if (path === "approval/checks.yaml") return "The packet has no checks file beside it.";
  if (path === "approval/revoked_keys" && reach !== "gate")
    return "The home had no revoked_keys when the gate was asked: nothing was revoked.";
  if (path.startsWith("approval/trust-root.json") && reach !== "gate")
    return "The home had no trust record that fits its allowed_signers and revoked_keys.";
  if (path === "approval/approval.*.json.sig")
    return "The approval carries no signature: consent is host-attested only.";
  const codes = ending.refusals.map(({ code }) => code).join(", ");
  const because = codes === "" ? (ending.failure === "none" ? ending.at : ending.failure.code) : codes;
  return `The run ended as ${ending.kind} at reach ${reach}: ${because}.`;
};
