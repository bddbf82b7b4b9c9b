import { asJson } from "../as-json.ts";
import { digestOf, type Json } from "../digest.ts";
import { parseEvent } from "../event-chain.ts";
import { ATTESTATIONS, SUMS } from "./bundle-table.ts";
import type { Files } from "./bundle.ts";
import type { RunRecord } from "./run-record.ts";

/** An in-toto Statement v1: what its signer says of the named bytes (evidence.md 8). */
export interface Statement {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly Resource[];
  readonly predicateType: string;
  readonly predicate: Json;
}

interface Resource {
  readonly name: string;
  readonly digest: Readonly<Record<string, string>>;
  readonly annotations?: Json;
}

const TYPE = "https://in-toto.io/Statement/v1";

/**
 * The run, as SLSA provenance v1 with our own build type: the Harness is the builder, the agent an untrusted input.
 * Drawn from recorded facts and finished files only, so that a second seal says the same.
 */
export const runStatement = (record: RunRecord, files: Files): Statement => {
  const { contract, commit, approval, host, harness, run } = record;
  // A run that never had a permit had no order that anybody approved.
  const gate = contract === "not-drawn" || record.reach === "gate" ? undefined : contract.executionGate;
  const [first = "", last = ""] = [record.events[0], record.events.at(-1)].map(timeOf);
  return {
    _type: TYPE,
    subject: [
      ...(commit === "none"
        ? []
        : [
            { name: "commit", digest: { gitCommit: commit.commit } },
            { name: "tree", digest: { gitTree: commit.tree } },
          ]),
      fileResource(files, SUMS),
      ...summedFiles(files).map((path) => fileResource(files, path)),
    ],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: asJson({
      buildDefinition: {
        buildType: "urn:cto-harness:buildtype:governed-run:v1",
        externalParameters: {
          kind: record.kind,
          workId: record.work,
          approvalId: approval === "none" ? null : approval.record.approvalId,
          backend: gate?.backend ?? null,
          stage: gate?.stage ?? null,
        },
        internalParameters: {
          version: harness.version,
          buildSha256: harness.build,
          ending: record.ending.kind,
          reach: record.reach,
          limits: Object.fromEntries((record.sandboxes[0]?.limits ?? []).map(({ name, value }) => [name, value])),
        },
        resolvedDependencies: dependencies(record, files),
      },
      runDetails: {
        builder: { id: `urn:cto-harness:host:${host.hostId}`, version: { "cto-harness": harness.version } },
        metadata: { invocationId: run, startedOn: first, finishedOn: last },
        byproducts: sortedPaths(files)
          .filter((path) => path.startsWith("backend/"))
          .map((path) => ({ ...fileResource(files, path), annotations: { trust: "agent-claimed" } })),
      },
    }),
  };
};

const dependencies = ({ before, backend, tools }: RunRecord, files: Files): readonly Resource[] => [
  ...sortedPaths(files)
    .filter((path) => DOCUMENT.test(path))
    .map((path) => fileResource(files, path)),
  ...(before === "unknown" ? [] : [{ name: "base", digest: { gitCommit: before.head, gitTree: before.tree } }]),
  ...(backend === "not-started"
    ? []
    : [
        {
          name: "backend",
          digest: { sha256: backend.probe.binary },
          annotations: asJson({ profile: backend.probe.profile, version: backend.probe.version }),
        },
      ]),
  ...tools.map(({ name, version, sha256 }) => ({
    name: `sandbox/${name}`,
    digest: { sha256 },
    annotations: asJson({ version }),
  })),
];

/** What the run was allowed by; signatures and the Harness's own records beside them are subjects, not inputs. */
const DOCUMENT =
  /^approval\/(?:packet\.md|contract\.json|policy\.yaml|checks\.yaml|admission\.json|approval\..+\.json)$/;

/** The validation that decided, over the tree that it ran on; "no-run" where none ran. */
export const testsStatement = ({ validation }: RunRecord, files: Files): Statement | "no-run" => {
  const decided = validation.find(({ on }) => on === "candidate") ?? validation[0];
  if (decided === undefined) return "no-run";
  const { on, tree, argv, program, exitCode, limit, manifestBefore, manifestAfter } = decided;
  const hasPassed = on === "candidate" && exitCode === 0 && limit === undefined && manifestBefore === manifestAfter;
  return {
    _type: TYPE,
    subject: [{ name: "tree", digest: { gitTree: tree } }],
    predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: asJson({
      result: hasPassed ? "PASSED" : "FAILED",
      configuration: [
        { name: "command", digest: { sha256: digestOf(JSON.stringify(argv)) }, annotations: { argv: [...argv] } },
        { name: "program", digest: { sha256: program.digest }, annotations: { path: program.path } },
        fileResource(files, "test.log"),
      ],
    }),
  };
};

/** What the verifier found to hold of a run, over the run's attestation. Properties are only what it was shown. */
export const verdictStatement = (
  { harness, events }: Pick<RunRecord, "harness" | "events">,
  runAttestation: Uint8Array,
  properties: readonly string[],
): Statement => ({
  _type: TYPE,
  subject: [{ name: ATTESTATIONS.run, digest: { sha256: digestOf(runAttestation) } }],
  predicateType: "https://in-toto.io/attestation/svr/v0.1",
  predicate: asJson({
    verifier: { id: `urn:cto-harness:verifier:v1`, version: { "cto-harness": harness.version } },
    timeCreated: timeOf(events.at(-1)),
    properties: [...properties],
  }),
});

const fileResource = (files: Files, path: string): Resource => ({
  name: path,
  digest: { sha256: digestOf(files.get(path) ?? "") },
});

const sortedPaths = (files: Files): readonly string[] => [...files.keys()].sort((a, b) => (a < b ? -1 : 1));

/** The names in SHA256SUMS, in its order. */
const summedFiles = (files: Files): readonly string[] =>
  new TextDecoder()
    .decode(files.get(SUMS))
    .split("\n")
    .flatMap((line) => (line === "" ? [] : [line.slice(LINE_PREFIX)]));

const LINE_PREFIX = 64 + 2;

/** When a recorded event was received; every time in a statement is one of these. */
const timeOf = (line: string | undefined): string => (line === undefined ? "" : parseEvent(line).time);
