import { z } from "zod";

import { ATTESTATIONS, SUMS } from "../bundle-table.ts";
import { approvedKey, readAttestation, sealedTime } from "./attestation.ts";
import type { Reading } from "./reading.ts";
import type { Resource, Statement } from "./sigstore.ts";
import { sumLines } from "./sum-lines.ts";
import { fail, pass, type Check } from "./verdict.ts";

const ID = "run-statement";

/** Step 5: the Harness signed this very run, by a key that somebody named whom the reader trusts. */
export const checkRunStatement = async (reading: Reading): Promise<readonly Check[]> => {
  const entry = reading.manifest?.signatures.find(({ path }) => path === ATTESTATIONS.run);
  if (entry === undefined)
    return [fail(ID, "evidence/signature-missing", "this run is not signed for", ATTESTATIONS.run)];
  const read = await readAttestation(reading, ID, entry);
  if ("id" in read) return [read];
  const { statement, fingerprint, key } = read;
  const approved = await approvedKey(reading);
  const objections = [
    ...objectionsTo(reading, statement),
    ...(approved === undefined || approved === fingerprint ? [] : ["the owner approved a run by another Harness key"]),
  ].map((says) => fail(ID, "evidence/binding-differs", says, entry.path));
  if (objections.length > 0) return objections;
  return "by" in key ? [pass(ID, `${fingerprint}, named by ${key.by}, over every file`)] : [key];
};

const objectionsTo = (reading: Reading, { subject, predicateType, predicate }: Statement): readonly string[] => {
  const { commit, files, digest, manifest, report, confinement, ownedRepo, records, events } = reading;
  const read = provenanceSchema.safeParse(predicate);
  if (predicateType !== "https://slsa.dev/provenance/v1" || !read.success)
    return ["it does not read as SLSA provenance v1 of this build type"];
  const { buildDefinition, runDetails } = read.data;
  const subjects = [
    ...(commit === undefined
      ? []
      : [resource("commit", { gitCommit: commit.id }), resource("tree", { gitTree: commit.tree })]),
    resource(SUMS, { sha256: digest(SUMS) ?? "" }),
    ...(sumLines(files.get(SUMS)) ?? []).map(({ path, sum }) => resource(path, { sha256: sum })),
  ];
  const before = ownedRepo === undefined || ownedRepo.before === "unknown" ? undefined : ownedRepo.before;
  const dependencies = [
    ...fileResources(reading, DOCUMENT),
    ...(before === undefined ? [] : [resource("base", { gitCommit: before.headCommit, gitTree: before.headTree })]),
    ...buildDefinition.resolvedDependencies.filter(({ name }) => name === "backend").slice(0, 1),
    ...(confinement?.host.tools ?? []).map(({ name, sha256 }) => resource(`sandbox/${name}`, { sha256 })),
  ];
  const [approval] = records.approvals;
  const isPermitted = manifest?.reach !== "gate";
  const gate = isPermitted ? records.contract?.executionGate : undefined;
  const [first] = events ?? [];
  const holds: readonly (readonly [boolean, string])[] = [
    [isSame(subject, subjects), "it is over other files, another commit or another tree"],
    [isSame(buildDefinition.resolvedDependencies, dependencies), "it tells of other inputs"],
    [isSame(runDetails.byproducts, fileResources(reading, /^backend\//)), "it tells of other byproducts"],
    [
      isSame(buildDefinition.externalParameters, {
        kind: manifest?.kind,
        workId: manifest?.work,
        approvalId: isPermitted ? (approval?.record?.predicate.approvalId ?? null) : null,
        backend: gate?.backend ?? null,
        stage: gate?.stage ?? null,
      }),
      "it tells of another order",
    ],
    [
      buildDefinition.internalParameters.version === report?.harness.version &&
        buildDefinition.internalParameters.buildSha256 === report.harness.buildSha256 &&
        isSame(runDetails.builder.version, { "cto-harness": report.harness.version }),
      "it tells of another build than the report",
    ],
    [
      buildDefinition.internalParameters.ending === manifest?.ending &&
        buildDefinition.internalParameters.reach === manifest.reach,
      "it tells of another ending",
    ],
    [
      runDetails.metadata.invocationId === manifest?.run &&
        `${runDetails.builder.id}:run:${manifest.run}` === first?.event?.source,
      "it is of another run or host",
    ],
    [
      runDetails.metadata.startedOn === first?.event?.time && runDetails.metadata.finishedOn === sealedTime(reading),
      "it tells of other times than the log",
    ],
  ];
  return holds.filter(([held]) => !held).map(([, says]) => says);
};

const resource = (name: string, digest: Resource["digest"]): Resource => ({ name, digest });

const DOCUMENT =
  /^approval\/(?:packet\.md|contract\.json|policy\.yaml|checks\.yaml|admission\.json|approval\..+\.json)$/;

const fileResources = ({ paths, digest }: Reading, names: RegExp): readonly Resource[] =>
  paths
    .filter((path) => names.test(path))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((path) => resource(path, { sha256: digest(path) ?? "" }));

// The forms above are built in the order in which the schemas give their members.
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const text = z.string();
const bare = z
  .strictObject({ name: text, digest: z.record(text, text), annotations: z.record(text, z.unknown()).optional() })
  .transform(({ name, digest }) => ({ name, digest }));
const claimed = z
  .strictObject({
    name: text,
    digest: z.record(text, text),
    annotations: z.strictObject({ trust: z.literal("agent-claimed") }),
  })
  .transform(({ name, digest }) => ({ name, digest }));

const provenanceSchema = z.strictObject({
  buildDefinition: z.strictObject({
    buildType: z.literal("urn:cto-harness:buildtype:governed-run:v1"),
    externalParameters: z.strictObject({
      kind: text,
      workId: text,
      approvalId: text.nullable(),
      backend: text.nullable(),
      stage: z.int().nullable(),
    }),
    internalParameters: z.strictObject({
      version: text,
      buildSha256: text,
      ending: text,
      reach: text,
      limits: z.record(text, z.number()),
    }),
    resolvedDependencies: z.array(bare),
  }),
  runDetails: z.strictObject({
    builder: z.strictObject({ id: text, version: z.record(text, text) }),
    metadata: z.strictObject({ invocationId: text, startedOn: text, finishedOn: text }),
    byproducts: z.array(claimed),
  }),
});
