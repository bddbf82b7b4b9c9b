import type { RawLedger } from "../../seams/store.ts";
import { writeChallenge } from "../../workflow/approval/challenge.ts";
import type { ReadApproval } from "../../workflow/approval/read-approval-record.ts";
import { canonicalJson, digestOf, type Digest } from "../../workflow/digest.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import type { World } from "../world.ts";
import { approverOf } from "./approver.ts";
import { checkpointOf } from "./checkpoint-of.ts";
import type { OpenRound } from "./open-round.ts";
import { drawRecord, objectionsToAgain, type PreparedApproval } from "./prepare-approval.ts";
import type { Presented } from "./present.ts";

/** A record that came back, and the world of now in which it would be drawn again. */
export interface CameBack {
  readonly read: ReadApproval;
  readonly bytes: Uint8Array;
  readonly isSigned: boolean;
  readonly shown: Presented;
  readonly round: OpenRound | "none";
  /** The records of its work item, and the rows of the whole ledger. */
  readonly leaves: readonly LedgerRecord[];
  readonly rows: RawLedger["rows"];
  /** Digest of the packet that its signer had reviewed before, as a draft of now would say it. */
  readonly reviewedFrom: Digest | null;
}

/** Whether this home asked for exactly this record, and would ask for it still. */
export function* objectionsToDraft(world: World, came: CameBack): Iterable<Refusal> {
  const { read, bytes, shown, round, leaves } = came;
  const { record } = read;
  const { approvalId: approval, approver, challenge } = record;
  const asked = leaves.find(
    ({ type, digests }) => type === "approval.challenged" && digests?.["challenge"] === challenge.sha256,
  );
  // A question that this home never asked is told by the history, which is read for the gate as well.
  if (asked === undefined) return;
  const isAnswered = leaves.some(
    ({ type, actor, digests }) =>
      (type === "approval.recorded" || type === "approval.joined") &&
      actor === approver.principal &&
      digests?.["challenge"] === challenge.sha256,
  );
  if (isAnswered) return yield refusal("approval/already-recorded", { approval, by: approver.principal });
  // Taking back means all that was asked before it, whichever of the questions was answered.
  const withdrawn = leaves.findLast(
    ({ type, work, seq }) => type === "approval.withdrawn" && work === record.workId && seq > asked.seq,
  );
  if (withdrawn !== undefined) return yield refusal("approval/withdrawn", { approval, by: withdrawn.actor });
  const isOwn = approval === `ap-${asked.seq}` && digestOf(questionOf(read)) === challenge.sha256;
  // Whoever signs was shown a ledger that tells of the question.
  const hasSeenIt = record.ledgerCheckpoint.size >= asked.seq;
  if (!isOwn || !hasSeenIt) yield refusal("approval/not-as-drafted", { field: "challenge" });
  if (round === "none" && world.clock.now().epochMs - Date.parse(challenge.issuedAt) > LIMITS.draftAgeMaxMs)
    yield refusal("approval/draft-ended", { approval, minutes: LIMITS.draftAgeMaxMs / 60_000 });
  yield* objectionsToAgain(shown, approver, round);
  const drawn = drawnAgain(world, came);
  const fields = new Map<string, unknown>(Object.entries(drawn.record));
  const differing = Object.entries(record).filter(([name, value]) => !isSame(value, fields.get(name)));
  for (const [field] of differing) yield refusal("approval/not-as-drafted", { field });
  if (differing.length === 0 && !Buffer.from(bytes).equals(drawn.bytes))
    yield refusal("approval/not-as-drafted", { field: "its form" });
}

const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other ?? null);

/** What was free to say is taken from the record, within what may be said on this surface; all else is of now. */
const drawnAgain = (world: World, came: CameBack): PreparedApproval => {
  const { read, isSigned, shown, round, rows, reviewedFrom } = came;
  const { record } = read;
  const { input, validity, approver } = record;
  const key = isSigned ? ({ kind: "key", fingerprint: approver.keyFingerprint } as const) : ({ kind: "none" } as const);
  const entry = ENTRIES[world.operator.channel].find((each) => each === input.entry) ?? "typed";
  return drawRecord(world, shown, {
    approvalId: record.approvalId,
    challenge: record.challenge,
    validity: round === "none" ? undefined : round.records[0]?.validity,
    ledgerCheckpoint: checkpointOf(world, rows, record.ledgerCheckpoint.size),
    terminator: input.terminator,
    entry,
    expiresMs: Date.parse(validity.expiresAt) - Date.parse(validity.notBefore),
    reviewedFrom,
    approver: approverOf(world, shown, { key, entry }, round),
    harnessKey: record.harness.keyFingerprint ?? "",
  });
};

const ENTRIES = { cli: ["typed", "file"], web: ["typed", "pasted"] } as const;

/** The challenge that this record says it answers, from its own fields. */
const questionOf = ({ record: { workId, challenge, harness }, subjects }: ReadApproval): string =>
  writeChallenge({
    schema: "cto/challenge/v1",
    workId,
    nonce: challenge.nonce,
    issuedAt: challenge.issuedAt,
    bootId: challenge.bootId,
    bootMs: challenge.bootMs,
    issuedByKey: harness.keyFingerprint,
    subjects,
  });
