/** The ten actions no run may take (R030, R076 to R085). The set is closed. */
export const FORBIDDEN_ACTIONS = [
  "push",
  "merge",
  "deploy",
  "close",
  "pr_open",
  "issue_close",
  "public_publication",
  "credential_change",
  "vendor_source_mutation",
  "cortex_core_mutation",
] as const;
export type ForbiddenAction = (typeof FORBIDDEN_ACTIONS)[number];

/** The eight paths that every packet forbids (R030). A packet or policy.yaml may add to them, never remove one. */
export const BASE_FORBIDDEN_PATHS = [
  ".env",
  ".env.*",
  "secrets/",
  "credentials/",
  "deploy/",
  "infra/",
  ".github/workflows/",
  ".git/",
] as const;

export const BACKEND_KINDS = ["scripted", "acp", "command", "case"] as const;
export type BackendKind = (typeof BACKEND_KINDS)[number];

/** How documents write the name of a backend. */
export const BACKEND_NAMES: Readonly<Record<BackendKind, string>> = {
  scripted: "Scripted",
  acp: "ACP",
  command: "Command",
  case: "Case",
};

/** What no backend chooses (R002). */
export const MUST_NOT_CHOOSE = [
  "target",
  "scope",
  "authority",
  "approval",
  "success criteria",
  "default status",
] as const;

/** How a criterion is proven: four recognised sentences by the Harness, all others by the owner (R031). */
export const CRITERION_CHECKS = [
  "target-clean",
  "evidence-complete",
  "replay-paths",
  "default-activation-false",
  "owner-judged",
] as const;
export type CriterionCheck = (typeof CRITERION_CHECKS)[number];

/** The four recognised sentences, compared byte for byte. Nothing is inferred from the wording of any other. */
export const MACHINE_CRITERIA: ReadonlyMap<string, CriterionCheck> = new Map([
  ["Target repository ends clean after Harness post-processing.", "target-clean"],
  ["Harness Evidence Interface artifacts exist.", "evidence-complete"],
  ["Hermes Control Surface can expose replay paths after execution.", "replay-paths"],
  ["Runtime default activation remains false.", "default-activation-false"],
]);

export const checkOf = (criterion: string): CriterionCheck => MACHINE_CRITERIA.get(criterion) ?? "owner-judged";

/** What every packet demands as evidence (R035); a packet may add, never remove. */
export const REQUIRED_EVIDENCE = [
  "report.json",
  "report.md",
  "events.normalized.jsonl",
  "trace.jsonl",
  "patch.diff",
  "test.log",
  "backend logs",
  "artifact digests",
  "freshness proof",
  "stage5 owned repo proof",
  "Hermes Control Surface summary path",
] as const;

/** The probes of every stage (confinement.md 10), in its order. */
export const CANARIES = [
  "write-outside",
  "write-target",
  "write-pinned",
  "rename-pinned",
  "allowed-works",
  "read-secret",
  "read-key",
  "environment",
  "descriptors",
  "network",
  "relay-deny",
  "namespaces",
  "kernel",
  "processes",
] as const;
export type CanaryId = (typeof CANARIES)[number];

export const CANARY_PASSES = ["before", "after"] as const;
export type CanaryPass = (typeof CANARY_PASSES)[number];

/** A try without its control proves nothing, whatever it answers. What a stage does not have is not tried, and not held. */
export const CANARY_VERDICTS = ["held", "broken", "no-teeth", "not-tried"] as const;
export type CanaryVerdict = (typeof CANARY_VERDICTS)[number];
