import type { LedgerType } from "./ledger-types.ts";
import type { LedgerRecord } from "./ledger.ts";
import type { RunEnding } from "./run-state.ts";
import type { ShownState } from "./state-words.ts";
import { voidedBy } from "./voided-by.ts";

type Leaf = Pick<LedgerRecord, "type" | "refusals" | "detail">;

/** The state that an ended run shows, by the ledger's records about it and nothing else; what the store keeps beside a run is a copy. */
export const shownAfterEnd = (ending: RunEnding, own: readonly Leaf[]): ShownState => {
  const has = (type: LedgerType): boolean => own.some((leaf) => leaf.type === type);
  if (has("rollback.done")) return "rolled_back";
  if (has("rollback.failed")) return "rollback_failed";
  if (has("outcome.accepted")) return "accepted";
  if (has("outcome.rejected")) return "rejected";
  return ending === "voided" ? voidedBy(reasonOf(own)) : ending;
};

const ENDS: ReadonlySet<LedgerType> = new Set([
  "command.refused",
  "run.blocked",
  "run.voided",
  "run.failed",
  "run.stopped",
  "run.interrupted",
]);

/** The refusal or failure that ended a run. */
export const reasonOf = (own: readonly Leaf[]): string | null => {
  const end = own.findLast(({ type }) => ENDS.has(type));
  const failure = end?.detail?.["failure"];
  return end?.refusals?.[0] ?? (typeof failure === "string" ? failure : null);
};
