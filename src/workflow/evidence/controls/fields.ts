import type { ControlView } from "./view.ts";

const FIELD_NAMES = [
  "sentence",
  "approved before work",
  "assurance A2",
  "approved by another",
  "approval bound",
  "single use",
  "shown bytes",
  "contract",
  "admission",
  "gate answers",
  "target locked",
  "target looked over",
  "implementer",
  "tree tested",
  "tests passed",
  "outcome decided",
  "rollback rehearsed",
  "one commit",
  "control plane unmoved",
  "scope held",
  "patch recomputed",
  "commit recomputed",
  "confined",
  "canaries held",
  "no credentials",
  "environment listed",
  "limits listed",
  "tools digested",
  "processes dead",
  "no action violated",
  "findings told",
  "relay log",
  "events chained",
  "events signed",
  "trace",
  "claims apart",
  "replay paths",
  "redactions",
  "run statement",
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** Where a status rests: a place in the bundle, and whether it says what is asked. */
export interface FieldRest {
  readonly name: FieldName;
  readonly file: string;
  readonly field: string;
  readonly sha256: string | null;
  readonly holds: boolean;
}

interface Field {
  readonly file: string;
  readonly field: string;
  readonly holds: (view: ControlView) => boolean;
}

const passes =
  (id: string) =>
  ({ checks }: ControlView): boolean => {
    const own = checks.filter((check) => check.id === id);
    return own.length > 0 && own.every(({ verdict }) => verdict === "PASS");
  };
const present =
  (file: string) =>
  ({ digests }: ControlView): boolean =>
    digests.has(file);
const claims =
  (file: string, claim: string) =>
  ({ json }: ControlView): boolean => {
    const told = at(json(file), "claims");
    return Array.isArray(told) && told.includes(claim);
  };
const gatePassed =
  (name: string) =>
  ({ report }: ControlView): boolean =>
    report.gate.some(({ check, result }) => check === name && result === "pass");

const candidate = ({ report }: ControlView): ControlView["report"]["validation"][number] | undefined =>
  report.validation.find(({ on }) => on === "candidate");

const APPROVAL = "approval/approval.*.json";
const CONFINEMENT = "confinement-proof.json";
const OWNED = "stage5-owned-repo-proof.json";
const EVENTS = "events.normalized.jsonl";
const REPORT = "report.json";

/** Every named field that a control table may rest on, and how it is read from a verified bundle. */
const FIELDS: Readonly<Record<FieldName, Field>> = {
  sentence: { file: APPROVAL, field: "predicate.sentence", holds: passes("sentence") },
  "approved before work": {
    file: "freshness-proof.json",
    field: "claims, order",
    holds: claims("freshness-proof.json", "order:challenge<approval<consume<first-write<validate<commit<seal"),
  },
  "assurance A2": {
    file: REPORT,
    field: "approval.assurance",
    holds: ({ report }) => report.approval?.assurance === "A2" || report.approval?.assurance === "A3",
  },
  "approved by another": {
    file: REPORT,
    field: "approval.selfApproved",
    holds: ({ report }) => report.approval?.selfApproved === false,
  },
  "approval bound": { file: APPROVAL, field: "subject", holds: passes("bindings") },
  "single use": {
    file: "approval/consumption.json",
    field: "approval.consumed, with its inclusion in the ledger",
    holds: passes("ledger"),
  },
  "shown bytes": {
    file: APPROVAL,
    field: "predicate.input.presentedSha256",
    holds: ({ digests, json }) =>
      [...digests.keys()]
        .filter((file) => /^approval\/approval\..+\.json$/.test(file))
        .some((file) => typeof at(at(at(json(file), "predicate"), "input"), "presentedSha256") === "string"),
  },
  contract: { file: "approval/contract.json", field: "whole", holds: present("approval/contract.json") },
  admission: { file: "approval/admission.json.sig", field: "signature", holds: passes("admission") },
  "gate answers": { file: REPORT, field: "gate[]", holds: ({ report }) => report.gate.length > 0 },
  "target locked": { file: REPORT, field: "gate[] lock", holds: gatePassed("lock") },
  "target looked over": { file: REPORT, field: "gate[] target", holds: gatePassed("target") },
  implementer: { file: REPORT, field: "backend.kind, backend.version", holds: ({ report }) => report.backend !== null },
  "tree tested": {
    file: "test.log",
    field: "tree",
    holds: (view) =>
      view.digests.has("test.log") && view.report.commit !== null && candidate(view)?.tree === view.report.commit.tree,
  },
  "tests passed": { file: REPORT, field: "validation[] exitCode", holds: (view) => candidate(view)?.exitCode === 0 },
  "outcome decided": {
    file: "outcome.json",
    field: "outcome, signed, beside the bundle",
    holds: ({ outcome }) => outcome !== "none",
  },
  "rollback rehearsed": {
    file: OWNED,
    field: "rollback.equalsBaseTree",
    holds: claims(OWNED, "rollback-restores-base"),
  },
  "one commit": { file: OWNED, field: "claims, one-commit", holds: claims(OWNED, "one-commit") },
  "control plane unmoved": { file: OWNED, field: "claims, no-other-ref", holds: claims(OWNED, "no-other-ref") },
  "scope held": { file: REPORT, field: "changes[] verdict", holds: passes("paths") },
  "patch recomputed": { file: "patch.diff", field: "whole", holds: passes("patch") },
  "commit recomputed": { file: "repo/commit.raw", field: "whole", holds: passes("commit") },
  confined: {
    file: REPORT,
    field: "confinement.level",
    holds: ({ report }) => report.confinement.level === "A" || report.confinement.level === "B",
  },
  "canaries held": {
    file: CONFINEMENT,
    field: "claims, probes-held-before-and-after",
    holds: claims(CONFINEMENT, "probes-held-before-and-after"),
  },
  "no credentials": {
    file: CONFINEMENT,
    field: "claims, no-credentials-in-reach",
    holds: claims(CONFINEMENT, "no-credentials-in-reach"),
  },
  "environment listed": {
    file: CONFINEMENT,
    field: "sandboxes[].envNames",
    holds: ({ json }) => everySandbox(json(CONFINEMENT), "envNames"),
  },
  "limits listed": {
    file: CONFINEMENT,
    field: "sandboxes[].limits",
    holds: ({ json }) => everySandbox(json(CONFINEMENT), "limits"),
  },
  "tools digested": {
    file: CONFINEMENT,
    field: "host.tools[].sha256",
    holds: ({ json }) => isFilled(at(at(json(CONFINEMENT), "host"), "tools")),
  },
  "processes dead": {
    file: CONFINEMENT,
    field: "sandboxes[].alive",
    holds: ({ json }) => {
      const sandboxes = at(json(CONFINEMENT), "sandboxes");
      return isFilled(sandboxes) && sandboxes.every((one) => at(one, "alive") === 0);
    },
  },
  "no action violated": {
    file: REPORT,
    field: "actions[] verdict",
    holds: ({ report }) =>
      report.actions.length === 10 && report.actions.every(({ verdict }) => verdict !== "violated"),
  },
  "findings told": { file: REPORT, field: "findings[], attempts[]", holds: passes("actions") },
  "relay log": { file: "backend/egress.jsonl", field: "lines", holds: present("backend/egress.jsonl") },
  "events chained": { file: EVENTS, field: "prevhash", holds: passes("events") },
  "events signed": { file: "events.checkpoint", field: "note", holds: passes("checkpoints") },
  trace: { file: "trace.jsonl", field: "whole", holds: present("trace.jsonl") },
  "claims apart": { file: REPORT, field: "told.said, told.seen", holds: passes("report") },
  "replay paths": { file: REPORT, field: "replay[]", holds: ({ report }) => report.replay.length > 0 },
  redactions: { file: "redactions.json", field: "redactions[]", holds: passes("redactions") },
  "run statement": {
    file: "attestations/run.sigstore.json",
    field: "DSSE signature",
    holds: passes("run-statement"),
  },
};

/** A field read from one run, with the digest of the file that it stands in. */
export const restOf = (name: FieldName, view: ControlView): FieldRest => {
  const { file, field, holds } = FIELDS[name];
  const [first = file] = file.includes("*") ? [...view.digests.keys()].filter((one) => likes(file, one)) : [file];
  return { name, file: first, field, sha256: view.digests.get(first) ?? null, holds: holds(view) };
};

const likes = (pattern: string, file: string): boolean => {
  const [before = "", after = ""] = pattern.split("*");
  return file.startsWith(before) && file.endsWith(after);
};

const at = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

const isFilled = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;

const everySandbox = (proof: unknown, member: string): boolean => {
  const sandboxes = at(proof, "sandboxes");
  return isFilled(sandboxes) && sandboxes.every((one) => isFilled(at(one, member)));
};
