import { approvalHistory } from "../../workflow/approval/approval-history.ts";
import type { ApprovalRecord } from "../../workflow/approval/approval-record.ts";
import type { Approval } from "../../workflow/approval/approval.ts";
import { approve, type SignedWords } from "../../workflow/approval/approve.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import type { Assurance } from "../../workflow/authority.ts";
import { digestOf } from "../../workflow/digest.ts";
import { runId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { readFacts, type Facts } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { keepApproval } from "./keep-approval.ts";
import { lastReview } from "./last-review.ts";
import { objectionsToDraft } from "./objections-to-draft.ts";
import { openRound } from "./open-round.ts";
import { presentFacts, type Presented } from "./present.ts";
import { refusedApproval } from "./refused-approval.ts";

/** The whole approval, or a record of it that waits for others. */
export type Recorded = Kept &
  (
    | { readonly kind: "approved"; readonly approval: Approval }
    | { readonly kind: "waits"; readonly signed: readonly string[] }
  );

interface Kept {
  readonly record: ApprovalRecord;
  readonly assurance: Assurance;
  readonly seq: number;
}

/** Bytes that came back with a signature. Whatever they say, all of it is read anew here. */
export interface SignedRecord {
  readonly record: Uint8Array;
  /** "absent" where the command line was given no key. */
  readonly signature: Uint8Array | "absent";
  /** What a refusal keeps the digest of. */
  readonly received: Uint8Array;
}

/**
 * Records a signed approval, over the bytes of this moment: it must be the record that this home would draw now, the
 * answer to a question of its own, signed by who may, and the first of its kind. Refused otherwise, with every reason.
 */
export const recordSigned = async (world: World, signed: SignedRecord): Promise<Result<Recorded, Refusal>> => {
  const read = readApprovalRecord(signed.record);
  if (!read.ok) return read;
  const { record } = read.value;
  const work = record.workId;
  const facts = await readFacts(world, work);
  const shown = presentFacts(world, facts);
  if (!shown.ok) return refusedApproval(world, work, shown.refusals, signed.received);
  const { fingerprint: harnessKey } = await world.ownKeys.publicKey("harness");
  // First where the ledger stands: what comes while this is judged is looked at when it is kept.
  const { rows } = await world.store.raw();
  const leaves = await world.store.records({ work });
  const round = await openRound(world, shown.value);
  const own = { record: signed.record, signature: signed.signature };
  const said = [...(round === "none" ? [] : round.said), own];
  const approval = judge(world, { facts, shown: shown.value, said, harnessKey, leaves });
  const refusals = approval.ok ? [] : approval.refusals;
  const { packet: reviewedFrom } =
    world.operator.channel === "cli"
      ? { packet: null }
      : await lastReview(world, shown.value, record.approver.principal, leaves);
  const came = {
    read: read.value,
    bytes: signed.record,
    isSigned: signed.signature !== "absent",
    round,
    leaves,
    rows,
    reviewedFrom,
  };
  // What moved is told as what moved, not once more as a record that would be drawn otherwise.
  const hasMoved = refusals.some(({ code }) => code === "approval/stale" || code === "admission/head-moved");
  const objections = [...refusals, ...(hasMoved ? [] : objectionsToDraft(world, { ...came, shown: shown.value }))];
  if (objections.some(({ code }) => code !== "approval/quorum-not-met"))
    return refusedApproval(world, work, objections, signed.received);

  // Good in itself and only not enough: it is kept, and nothing is approved by it.
  const type = approval.ok ? "approval.recorded" : "approval.joined";
  const voice = approval.ok
    ? approval.value.voices.find(({ digest }) => digest === digestOf(signed.record))
    : undefined;
  const assurance = voice?.assurance ?? (approval.ok ? approval.value.assurance : record.approver.assurance);
  const { bytes: packet } = shown.value.packet.source;
  const judged = {
    record,
    bytes: signed.record,
    packet,
    signature: signed.signature,
    assurance,
    judgedAt: rows.at(-1)?.seq ?? 0,
  };
  const seq = await keepApproval(world, judged, type);
  if (!seq.ok) return refusedApproval(world, work, seq.refusals, signed.received);
  const kept = { record, assurance, seq: seq.value };
  if (approval.ok) return ok({ kind: "approved", approval: approval.value, ...kept });
  const names = [...(round === "none" ? [] : round.records), record].map(({ approver: { principal } }) => principal);
  return ok({ kind: "waits", signed: names, ...kept });
};

interface Judged {
  readonly facts: Facts;
  readonly shown: Presented;
  readonly said: readonly SignedWords[];
  readonly harnessKey: string;
  readonly leaves: readonly LedgerRecord[];
}

/** The record judged over the bytes of now, by the function that the gate will ask. */
const judge = (world: World, { facts, shown, said, harnessKey, leaves }: Judged): Result<Approval, Refusal> =>
  approve({
    said,
    contract: shown.contract,
    packet: shown.packet.source.digest,
    admission: shown.admission.digest,
    checks: shown.checksSource === "absent" ? null : shown.checksSource.digest,
    build: world.build.digest,
    harnessKey,
    authority: facts.authority,
    trust: facts.trust,
    observation: facts.observation,
    history: approvalHistory(leaves),
    run: runId(shown.contract.workItem, 0),
    now: world.clock.now(),
  });
