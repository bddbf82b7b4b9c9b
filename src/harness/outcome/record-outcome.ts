import type { RawLedger } from "../../seams/store.ts";
import { assuranceOf, isBelow } from "../../workflow/approval/assurance.ts";
import type { Assurance } from "../../workflow/authority.ts";
import { canonicalJson } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { OUTCOME_NAMESPACE, readOutcomeRecord, type OutcomeRecord } from "../../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { verifySshSignature, type VerifiedSignature } from "../../workflow/ssh-signature.ts";
import { pageOf } from "../approval/approver.ts";
import { checkpointOf } from "../approval/checkpoint-of.ts";
import { attachOutcome } from "../evidence/later-records.ts";
import { refuseAll } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { readOutcomeGround, type OutcomeGround } from "./outcome-ground.ts";
import { drawOutcome, nothingToDecide, objectionsToSaid, type OutcomeSaid } from "./prepare-outcome.ts";
import { refusedOutcome } from "./refused-outcome.ts";

export interface Decided {
  readonly record: OutcomeRecord;
  /** Of the signature, never as the record says it. */
  readonly assurance: Assurance;
  readonly seq: number;
}

/**
 * Records a signed outcome over the evidence as it verifies at this moment (R119, R120). The record must be the one that
 * this home would draw now, signed by the owner, and the first of its run. Refused otherwise, with every reason.
 */
export const recordOutcome = async (
  world: World,
  bytes: Uint8Array,
  signed: (ground: OutcomeGround) => Result<Uint8Array, Refusal>,
): Promise<Result<Decided, Refusal>> => {
  const read = readOutcomeRecord(bytes);
  if (!read.ok) return read;
  const { record } = read.value;
  const found = await readOutcomeGround(world, record.runId);
  if (!found.ok) return found;
  const ground = found.value;
  const { row, owner } = ground;
  if (owner === undefined) return refusedOutcome(world, row, [nothingToDecide(ground)]);
  const objections = [
    ...objectionsToSaid(ground, saidIn(world, record)),
    ...objectionsToDraft(world, ground, { bytes, record, rows: (await world.store.raw()).rows }),
  ];
  if (objections.length > 0) return refusedOutcome(world, row, objections);
  const given = signed(ground);
  if (!given.ok) return refusedOutcome(world, row, given.refusals);
  const signature = given.value;
  const signer = signerOf(world, ground, record, bytes, signature);
  if (!signer.ok) return refusedOutcome(world, row, signer.refusals);
  const assurance = assuranceOf(signer.value);
  const { minimum } = ground;
  if (isBelow(assurance, minimum))
    return refusedOutcome(world, row, [refusal("approval/below-minimum", { found: assurance, minimum })]);
  const { sums, statement } = ground.judged;
  const seq = await world.store.transact(async (ledger) => {
    // Whoever comes again, with the same bytes or others, is a claimant of his own.
    const claimant = Buffer.from(world.clock.newNonce()).toString("base64url");
    if (!(await ledger.claimOnce("outcome", record.runId, claimant))) return undefined;
    const leaf = await ledger.appendLeaf({
      type: record.outcome === "accepted" ? "outcome.accepted" : "outcome.rejected",
      actor: owner,
      channel: world.operator.channel,
      work: row.work,
      run: record.runId,
      digests: {
        record: await ledger.keep("outcome", bytes),
        signature: await ledger.keep("signature", signature),
        sums,
        ...(statement === "none" ? {} : { statement }),
      },
      detail: { reason: record.reason },
    });
    return leaf.seq;
  });
  if (seq === undefined)
    return refuseAll([
      refusal("outcome/already-recorded", { run: record.runId, outcome: "recorded at the same moment" }),
    ]);
  await attachOutcome(world, record.runId, { record: bytes, signature });
  return ok({ record, assurance, seq });
};

/** What its signer said, as the record tells it. On a page each criterion that is his to judge has its note. */
const saidIn = (world: World, record: OutcomeRecord): OutcomeSaid => ({
  run: record.runId,
  outcome: record.outcome,
  // Who accepts on a page says what he saw of each criterion, and nothing else.
  reason: world.operator.channel === "web" && record.outcome === "accepted" ? "" : record.reason,
  acknowledged: record.acknowledged,
  notes: world.operator.channel === "web" ? (record.notes ?? []) : "implied",
  words: undefined,
  ...(record.approver.origin === undefined ? {} : { origin: record.approver.origin }),
});

interface CameBack {
  readonly bytes: Uint8Array;
  readonly record: OutcomeRecord;
  /** Of the whole ledger. */
  readonly rows: RawLedger["rows"];
}

function* objectionsToDraft(world: World, ground: OutcomeGround, { bytes, record, rows }: CameBack): Iterable<Refusal> {
  const { runId: run, decidedAt } = record;
  const ageMs = world.clock.now().epochMs - Date.parse(decidedAt);
  if (ageMs > LIMITS.draftAgeMaxMs)
    yield refusal("outcome/draft-ended", { run, minutes: LIMITS.draftAgeMaxMs / 60_000 });
  if (ageMs < -LIMITS.clockSkewMaxMs) yield refusal("outcome/not-as-drafted", { field: "decidedAt" });
  const checkpoint = checkpointOf(world, rows, record.ledgerCheckpoint.size);
  const drawn = drawOutcome(ground, saidIn(world, record), { decidedAt, checkpoint });
  if (drawn === "nothing") return yield nothingToDecide(ground);
  const fields = new Map<string, unknown>(Object.entries(drawn.record));
  const differing = Object.entries(record).filter(
    ([name, value]) => canonicalJson(value) !== canonicalJson(fields.get(name) ?? null),
  );
  for (const [field] of differing) yield refusal("outcome/not-as-drafted", { field });
  if (differing.length === 0 && !Buffer.from(bytes).equals(drawn.bytes))
    yield refusal("outcome/not-as-drafted", { field: "the evidence that it judges" });
}

const signerOf = (
  world: World,
  { trust, owner = "" }: OutcomeGround,
  record: OutcomeRecord,
  message: Uint8Array,
  signature: Uint8Array,
): Result<VerifiedSignature, Refusal> => {
  const { origin } = record.approver;
  const signer = verifySshSignature({
    message,
    signature,
    namespace: OUTCOME_NAMESPACE,
    signers: trust.signers,
    revoked: trust.revoked,
    at: world.clock.now().epochMs,
    origin,
  });
  if (!signer.ok || !signer.value.principals.includes(owner)) {
    const by = signer.ok ? signer.value.principals.join(", ") : (signer.refusals[0].keyFingerprint ?? "an unknown key");
    return refuseAll([refusal("outcome/not-the-owner", { by, owner })]);
  }
  const isOfPage = pageOf(world, trust, signer.value.keyFingerprint).origin === origin;
  return isOfPage ? signer : refuseAll([refusal("outcome/not-as-drafted", { field: "approver" })]);
};
