import type { Reach } from "./ending.ts";

export type BundleTrust = "human-signed" | "harness-observed" | "derived" | "agent-claimed";

/** One row of the file table (evidence.md 7.1). A name with `*` stands for any number of files. */
export interface BundleRow {
  readonly name: string;
  readonly mediaType: string;
  readonly schema: string | null;
  readonly producer: "harness" | "human" | "backend";
  readonly trust: BundleTrust;
  /** The bundle must hold it once the run has come this far. */
  readonly requiredFrom: Reach | "never";
}

const json = (name: string): string => `application/vnd.cto-harness.${name}+json`;

/** The verifier's page, the same bytes in every bundle of one build. Inside a bundle it is the bundle's own word. */
export const PAGE = "verify.html";

/** The whole table. SHA256SUMS and bundle.json stand outside it: no file can hold its own digest. */
export const BUNDLE_TABLE: readonly BundleRow[] = [
  row("VERIFY.md", "text/markdown", null, "harness", "derived", "gate"),
  row(PAGE, "text/html", null, "harness", "derived", "never"),
  row("report.json", json("report"), "cto/report/v1", "harness", "derived", "gate"),
  row("report.md", "text/markdown", null, "harness", "derived", "gate"),
  row("control-surface.json", json("control-surface"), "cto/control-surface/v1", "harness", "derived", "gate"),
  row("findings.sarif.json", "application/sarif+json", "sarif-2.1.0", "harness", "derived", "gate"),
  row("events.normalized.jsonl", "application/cloudevents+json", "cto/event/v1", "harness", "harness-observed", "gate"),
  row("events.checkpoint", "text/plain", null, "harness", "harness-observed", "gate"),
  row("trace.jsonl", "application/json", "cto/trace/v1", "harness", "derived", "gate"),
  row("patch.diff", "text/x-diff", null, "harness", "derived", "commit"),
  row("repo/base.pack", "application/x-git-packed-objects", null, "harness", "harness-observed", "commit"),
  row("repo/base.idx", "application/octet-stream", null, "harness", "harness-observed", "commit"),
  row("repo/base-commit.raw", "application/octet-stream", null, "harness", "harness-observed", "commit"),
  row("repo/commit.raw", "application/octet-stream", null, "harness", "harness-observed", "commit"),
  row("test.log", "text/plain", "cto/test-log/v1", "harness", "harness-observed", "commit"),
  row("validation/junit.*.xml", "application/xml", null, "harness", "agent-claimed", "never"),
  row("backend/*", "application/octet-stream", null, "backend", "agent-claimed", "commit"),
  row("freshness-proof.json", json("freshness"), "cto/freshness/v1", "harness", "harness-observed", "gate"),
  row("stage5-owned-repo-proof.json", json("owned-repo"), "cto/owned-repo/v1", "harness", "harness-observed", "gate"),
  row("confinement-proof.json", json("confinement"), "cto/confinement/v1", "harness", "harness-observed", "gate"),
  row("redactions.json", json("redactions"), "cto/redactions/v1", "harness", "harness-observed", "gate"),
  row("approval/packet.md", "text/markdown", null, "human", "human-signed", "permit"),
  row("approval/contract.json", json("contract"), "cto/contract/v1", "harness", "derived", "permit"),
  row("approval/checks.yaml", "application/yaml", "cto/checks/v1", "human", "human-signed", "never"),
  row("approval/policy.yaml", "application/yaml", null, "human", "human-signed", "permit"),
  row("approval/admission.json", json("admission"), "cto/admission/v1", "human", "human-signed", "permit"),
  row("approval/admission.json.sig", "application/x-ssh-signature", null, "human", "human-signed", "permit"),
  row("approval/challenge.json", json("challenge"), "cto/challenge/v1", "harness", "harness-observed", "permit"),
  row("approval/approval.*.json", json("approval"), "cto/approval/v1", "human", "human-signed", "permit"),
  row("approval/approval.*.json.sig", "application/x-ssh-signature", null, "human", "human-signed", "never"),
  row("approval/revoked_keys", "application/octet-stream", null, "human", "harness-observed", "never"),
  row("approval/trust-root.json", json("trust-root"), null, "human", "human-signed", "never"),
  row("approval/trust-root.json.sig", "application/x-ssh-signature", null, "human", "human-signed", "never"),
  row("approval/consumption.json", "application/json", "cto/ledger/v1", "harness", "harness-observed", "permit"),
  row("approval/consumption.tlog-proof", "text/plain", null, "harness", "harness-observed", "permit"),
];

function row(
  name: string,
  mediaType: string,
  schema: string | null,
  producer: BundleRow["producer"],
  trust: BundleTrust,
  requiredFrom: BundleRow["requiredFrom"],
): BundleRow {
  return { name, mediaType, schema, producer, trust, requiredFrom };
}

/** The row that a file belongs to, or undefined for a file that has no place in a bundle. */
export const rowOf = (path: string): BundleRow | undefined =>
  BUNDLE_TABLE.find(({ name }) => name === path) ?? BUNDLE_TABLE.find(({ name }) => PATTERNS[name]?.test(path));

// Names below backend/ come from the adapters, the principal from the record: both are kept to plain characters.
const PATTERNS: Readonly<Record<string, RegExp>> = {
  "backend/*": /^backend\/(?:attempt-[1-9]\d{0,3}\/)?[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/,
  "validation/junit.*.xml": /^validation\/junit\.[a-z][a-z-]{0,49}\.xml$/,
  "approval/approval.*.json": /^approval\/approval\.[A-Za-z0-9_@][A-Za-z0-9._@+-]{0,99}\.json$/,
  "approval/approval.*.json.sig": /^approval\/approval\.[A-Za-z0-9_@][A-Za-z0-9._@+-]{0,99}\.json\.sig$/,
};

/** Signs the others, so it stands outside SHA256SUMS and bundle.json. */
export const ATTESTATIONS = {
  run: "attestations/run.sigstore.json",
  tests: "attestations/tests.sigstore.json",
  verdict: "attestations/verdict.sigstore.json",
} as const;

/** The ledger's record of the seal, which holds the digests of the attestations, and its proof of inclusion. */
export const SEAL = { record: "attestations/sealed.json", proof: "attestations/sealed.tlog-proof" } as const;

/** The two files that hold the digests of the others. */
export const MANIFEST = "bundle.json";
export const SUMS = "SHA256SUMS";

const SIGSTORE = "application/vnd.dev.sigstore.bundle.v0.3+json";

// What stands outside of the table, for whoever shows a bundle.
const OUTSIDE: Readonly<Record<string, FileKind>> = {
  [MANIFEST]: { mediaType: json("bundle"), trust: "derived", producer: "harness" },
  [SUMS]: { mediaType: "text/plain", trust: "derived", producer: "harness" },
  [ATTESTATIONS.run]: { mediaType: SIGSTORE, trust: "harness-observed", producer: "harness" },
  [ATTESTATIONS.tests]: { mediaType: SIGSTORE, trust: "harness-observed", producer: "harness" },
  [ATTESTATIONS.verdict]: { mediaType: SIGSTORE, trust: "derived", producer: "harness" },
  [SEAL.record]: { mediaType: "application/json", trust: "harness-observed", producer: "harness" },
  [SEAL.proof]: { mediaType: "text/plain", trust: "harness-observed", producer: "harness" },
};

/** How a file of a bundle is to be read, whose word it is, and who made it; of one that has no place nobody can say. */
export interface FileKind {
  readonly mediaType: string;
  readonly trust: BundleTrust | "unlisted";
  readonly producer: BundleRow["producer"] | "unknown";
}

export const kindOfFile = (path: string): FileKind => {
  const { mediaType, trust, producer } = rowOf(path) ?? outsideOf(path) ?? UNLISTED;
  return { mediaType, trust, producer };
};

const outsideOf = (path: string): FileKind | undefined => (Object.hasOwn(OUTSIDE, path) ? OUTSIDE[path] : undefined);

const UNLISTED: FileKind = { mediaType: "application/octet-stream", trust: "unlisted", producer: "unknown" };

/** Whether a file stands outside the two lists of digests, because it signs them. */
export const isOutsideSums = (path: string): boolean => path.startsWith("attestations/");

const ORDER: Readonly<Record<Reach | "never", number>> = { gate: 0, permit: 1, commit: 2, never: 3 };

/** Whether a run that came this far must have left this file. */
export const isRequired = (row: BundleRow, reach: Reach): boolean => ORDER[row.requiredFrom] <= ORDER[reach];

/** What no bundle of this form shows, whatever else it proves. */
export const BUNDLE_NOT_CLAIMED: readonly string[] = [
  "independent verdict: the verdict is signed by a key of the same home; a second party's key would be needed",
  "revocations after this run: only a list that reaches the reader another way tells of them",
  "verify.html: a page inside a bundle is the bundle's own word",
  "host not compromised",
  "absolute wall time",
];
