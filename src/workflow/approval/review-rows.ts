import { asJson } from "../as-json.ts";
import { contractChanges, type ChangeClass } from "../contract/contract-changes.ts";
import type { Contract } from "../contract/contract.ts";
import { isJsonObject, type Json } from "../digest.ts";

/** One thing that whoever approves on a page has to tick: a part of the contract, or what became different in it. */
export interface ReviewRow {
  readonly id: string;
  readonly label: string;
  /** Absent where nothing is known to compare with. */
  readonly change?: { readonly class: ChangeClass; readonly before: Json; readonly after: Json };
}

/** What a person had before him when he last reviewed the packet; "unknown" also where that cannot be read any more. */
export type Reviewed =
  | "unknown"
  | {
      readonly contract: Contract;
      readonly isSamePacket: boolean;
      readonly checks: "same" | "others";
    };

/** Every change since the last review, or every part where there was none (surface.md 4.2). */
export const reviewRows = (reviewed: Reviewed, contract: Contract): readonly ReviewRow[] => {
  if (reviewed === "unknown") return sectionsOf(contract);
  const changes = contractChanges(objectOf(reviewed.contract), objectOf(contract));
  const rows = changes.map(({ field, class: kind, before, after }, at): ReviewRow => ({
    id: `changed/${field}/${at}`,
    label: LABELS[field] ?? field,
    change: { class: kind, before, after },
  }));
  const isWording = changes.length === 0 && !reviewed.isSamePacket;
  return [
    ...rows,
    ...(reviewed.checks === "same" ? [] : [row("checks", "widens")]),
    ...(isWording ? [row("wording", "wording")] : []),
  ];
};

const row = (field: "checks" | "wording", kind: ChangeClass): ReviewRow => ({
  id: `changed/${field}`,
  label: LABELS[field] ?? field,
  change: { class: kind, before: null, after: null },
});

const sectionsOf = (contract: Contract): readonly ReviewRow[] =>
  Object.entries(LABELS)
    .filter(([field]) => Object.hasOwn(contract, field) && !NAMES.has(field))
    .map(([field, label]) => ({ id: `section/${field}`, label }));

// The words of the preview that stands beside the rows.
const LABELS: Readonly<Record<string, string>> = {
  targetRepository: "Target Repository",
  task: "Task",
  allowedPaths: "Allowed paths",
  forbiddenPaths: "Forbidden paths",
  allowedHosts: "Allowed network hosts",
  forbiddenActions: "Forbidden actions",
  successCriteria: "Success criteria",
  validation: "Validation",
  rollback: "Commits and rollback",
  executionGate: "Execution gate",
  evidenceRequired: "Evidence required",
  requiredApproval: "Required approval",
  checks: "Probes of the owner",
  wording: "Words of the packet that enforce nothing",
};

// Read anyway, by whoever types it.
const NAMES: ReadonlySet<string> = new Set(["requiredApproval"]);

const objectOf = (contract: Contract): { readonly [key: string]: Json } => {
  const json = asJson(contract);
  if (!isJsonObject(json)) throw new TypeError("a contract is an object");
  return json;
};

/** The labels of the rows that were not ticked. */
export const notTicked = (rows: readonly ReviewRow[], ticks: readonly string[]): readonly string[] =>
  rows.filter(({ id }) => !ticks.includes(id)).map(({ label }) => label);
