import { canonicalJson, type Json } from "../digest.ts";
import type { Contract } from "./contract.ts";

/** What a change does to the leave that a contract gives: more, less, or the same in other words. */
export type ChangeClass = "widens" | "narrows" | "wording";

export interface ContractChange {
  readonly field: string;
  readonly class: ChangeClass;
  /** What stood there and stands there no more; null where something is new. */
  readonly before: Json;
  readonly after: Json;
}

// Of these lists a further entry gives more leave, or less.
const MORE_IS: Readonly<Record<string, ChangeClass>> = {
  allowedPaths: "widens",
  allowedHosts: "widens",
  forbiddenPaths: "narrows",
  forbiddenActions: "narrows",
  successCriteria: "narrows",
  evidenceRequired: "narrows",
} satisfies Partial<Record<keyof Contract, ChangeClass>>;

// What names the contract and gives no leave. What is in neither table widens, the task that an agent is told as well:
// unknown is never harmless.
const WORDS: ReadonlySet<string> = new Set(["packet"] satisfies (keyof Contract)[]);

/**
 * Every difference between two contracts, by field and by entry. The earlier one may be of an older version: it is read
 * as plain JSON, and a field that only one of them has is a change.
 */
export const contractChanges = (
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
): readonly ContractChange[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) =>
    changesOf(field, memberOf(before, field), memberOf(after, field)),
  );

const memberOf = (contract: Readonly<Record<string, Json>>, field: string): Json =>
  Object.hasOwn(contract, field) ? (contract[field] ?? null) : null;

const changesOf = (field: string, before: Json, after: Json): readonly ContractChange[] => {
  if (canonicalJson(before) === canonicalJson(after)) return [];
  const more = Object.hasOwn(MORE_IS, field) ? MORE_IS[field] : undefined;
  if (more === undefined) return [{ field, class: WORDS.has(field) ? "wording" : "widens", before, after }];
  const [old, young] = [entriesOf(before), entriesOf(after)];
  const gone = old.filter((entry) => !isIn(entry, young));
  const come = young.filter((entry) => !isIn(entry, old));
  const less = more === "widens" ? "narrows" : "widens";
  const rows = [
    ...come.map((entry): ContractChange => ({ field, class: more, before: null, after: entry })),
    ...gone.map((entry): ContractChange => ({ field, class: less, before: entry, after: null })),
  ];
  return rows.length > 0 ? rows : [{ field, class: "wording", before, after }];
};

const entriesOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : value === null ? [] : [value]);

const isIn = (entry: Json, all: readonly Json[]): boolean =>
  all.some((other) => canonicalJson(other) === canonicalJson(entry));

/** The gravest of them; "same" where there is none. */
export const gravest = (changes: readonly ContractChange[]): ChangeClass | "same" =>
  (["widens", "narrows", "wording"] as const).find((kind) => changes.some((change) => change.class === kind)) ?? "same";
