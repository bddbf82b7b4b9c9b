import { causeOf } from "./contract/fold-work.ts";
import { digestOf, type Digest } from "./digest.ts";
import type { RunId, WorkId } from "./ids.ts";
import type { LedgerEntry, LedgerType } from "./ledger.ts";
import { STATE_WORDS, type ShownState } from "./state-words.ts";
import { voidedBy } from "./voided-by.ts";

/** That a work item or run came into a state, as the outbox keeps it until everybody was told (surface.md 6). */
export interface NoticedEvent {
  /** The same for the same event, whoever sees it and however often. */
  readonly id: Digest;
  readonly at: string;
  readonly work: WorkId;
  readonly run: RunId | null;
  readonly state: ShownState;
  /** The code of a refusal or failure. */
  readonly reason: string | null;
}

/** The state that an entry of the ledger brings, where somebody is to be told of it. */
export const stateToldBy = (entry: LedgerEntry): Pick<NoticedEvent, "state" | "reason"> | "none" => {
  const told = TOLD[entry.type];
  const state = typeof told === "function" ? told(entry) : told;
  return state === "none" || entry.work === undefined ? "none" : { state, reason: reasonOf(entry) };
};

/** The written type of an event: of the state table (surface.md 1). */
export const noticeType = (state: ShownState): string => `cto.${STATE_WORDS[state].event}.v1`;

/**
 * The id of a state that is computed and not recorded: once for each work item, state and what it is about (an approval's
 * record, a seal, a packet with what blocks it). What the ledger records of the same state has the same id.
 */
export const seenId = (origin: string, work: WorkId, state: ShownState, about: Digest): Digest =>
  digestOf(`cto-harness/notice/v1\n${origin}\n${work}\n${state}\n${about}`);

/** States of an approval that are seen before they are recorded. */
export const isOfApproval = (state: ShownState): boolean => state === "stale" || state === "expired";

/** What nobody may sleep through: neither quiet hours nor a muted work item hold it back (surface.md 6). */
export const cannotWait = (state: ShownState): boolean =>
  state === "rollback_failed" || state === "tampered" || state === "voided(confinement)";

const moves =
  (state: ShownState) =>
  (entry: LedgerEntry): ShownState | "none" =>
    causeOf(entry) === "nothing" ? "none" : state;

const TOLD: Readonly<Record<LedgerType, ShownState | "none" | ((entry: LedgerEntry) => ShownState | "none")>> = {
  "ledger.opened": "none",
  "work.listed": "candidate",
  "work.retired": ({ detail }) => (detail?.["status"] === "superseded" ? "superseded" : "retired"),
  "packet.linted": "none",
  "packet.reviewed": "none",
  "target.admitted": "none",
  "target.suspended": "blocked",
  "target.revoked": "blocked",
  "approval.challenged": "none",
  "approval.joined": "none",
  "approval.recorded": "approved",
  "approval.refused": "none",
  "approval.stale": "stale",
  "approval.expired": "expired",
  // One that is spent, or never was enough, changes the state of nothing.
  "approval.withdrawn": moves("withdrawn"),
  "approval.consumed": "none",
  "run.started": "executing",
  "run.stopping": "stopping",
  "run.blocked": "blocked",
  "run.stopped": "stopped",
  "run.voided": ({ refusals }) => voidedBy(refusals?.[0] ?? null),
  "run.failed": "failed",
  "run.interrupted": "interrupted",
  // Every bundle is sealed; only the seal over a proven commit waits for somebody.
  "run.sealed": moves("awaiting_outcome"),
  "outcome.accepted": "accepted",
  "outcome.rejected": "rejected",
  "outcome.refused": "none",
  "rollback.done": "rolled_back",
  "rollback.failed": "rollback_failed",
  "rollback.refused": "none",
  "command.refused": "none",
  "authority.changed": "none",
  "chain.break": "none",
};

const reasonOf = ({ type, refusals, detail }: LedgerEntry): string | null => {
  const failure = detail?.["failure"];
  if (type === "target.suspended") return "admission/suspended";
  if (type === "target.revoked") return "admission/revoked";
  return refusals?.[0] ?? (typeof failure === "string" ? failure : null);
};
