import {
  writeApprovalRecord,
  type ApprovalRecord,
  type ApprovalSubjects,
} from "../../workflow/approval/approval-record.ts";
import { draftApproval, subjectsOf } from "../../workflow/approval/draft-approval.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import { requiredSentenceMatch, TERMINATORS, type Terminator } from "../../workflow/approval/sentence.ts";
import { transition } from "../../workflow/contract/work-item.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../../workflow/result.ts";
import { listWork } from "../packet/list-work.ts";
import type { World } from "../world.ts";
import { approverOf, type SigningKey } from "./approver.ts";
import { askFor, type Asked } from "./ask-for-approval.ts";
import { openRound, type OpenRound } from "./open-round.ts";
import type { Presented } from "./present.ts";
import { refusedApproval } from "./refused-approval.ts";

/** What a person said, and by which key he is going to sign it. */
export interface Said {
  readonly words: Uint8Array;
  readonly entry: ApprovalRecord["input"]["entry"];
  /** Asked for only where the words are the right ones. */
  readonly key: () => Promise<SigningKey>;
  /** Left out, as long as policy lets it. */
  readonly expiresMs: number | undefined;
  /** Digest of the packet that he had reviewed before, where that is known. */
  readonly reviewedFrom: Digest | null;
  /** What else is wrong with it, told with the rest. */
  readonly objections: readonly Refusal[];
}

/** The exact bytes that are to be signed. Nothing is approved by them. */
export interface PreparedApproval {
  readonly record: ApprovalRecord;
  readonly subjects: ApprovalSubjects;
  readonly bytes: Uint8Array;
}

/** Compares the words and draws the record that asks for a signature. A near miss records no consent. */
export const prepareApproval = async (
  world: World,
  shown: Presented,
  said: Said,
): Promise<Result<PreparedApproval, Refusal>> => {
  const work = shown.contract.workItem;
  const match = requiredSentenceMatch(shown.contract.requiredApproval, said.words);
  if (!match.ok || said.objections.length > 0)
    return refusedApproval(world, work, [...refusalsOf(match), ...said.objections], said.words);
  await listWork(world, work);
  const row = await world.store.work(work);
  const state = row === "absent" ? "candidate" : row.state;
  const next = state === "approved" ? transition(state, "stale", "harness") : transition(state, "approved", "owner");
  if (!next.ok) return next;

  // Read before anything is asked: a home without a key fails here, with nothing recorded.
  const { fingerprint: harnessKey } = await world.ownKeys.publicKey("harness");
  const round = await openRound(world, shown);
  const approver = approverOf(world, shown, { key: await said.key(), entry: said.entry }, round);
  const again = objectionsToAgain(shown, approver, round);
  if (again.length > 0) return refusedApproval(world, work, again, said.words);
  const subjects = subjectsOf(shown.contract, shown.packet.source.digest, shown.admission, shown.authority);
  const asked = await askFor(world, { work, subjects, harnessKey }, round);
  const { terminator } = match.value;
  return ok(drawRecord(world, shown, { ...said, ...asked, terminator, approver, harnessKey }));
};

/** All that a record holds beside what was shown. */
export interface Drawing extends Asked, Pick<Said, "entry" | "expiresMs" | "reviewedFrom"> {
  readonly terminator: Terminator;
  readonly approver: ApprovalRecord["approver"];
  /** Fingerprint of the Harness key that asks. */
  readonly harnessKey: string;
}

/** The same record from the same world and the same words, byte for byte. */
export const drawRecord = (
  world: Pick<World, "build" | "operator">,
  shown: Presented,
  drawing: Drawing,
): PreparedApproval => {
  const subjects = subjectsOf(shown.contract, shown.packet.source.digest, shown.admission, shown.authority);
  const { terminator, approver, harnessKey } = drawing;
  const record = draftApproval({
    ...shown,
    approvalId: drawing.approvalId,
    challenge: drawing.challenge,
    validity: drawing.validity,
    ledgerCheckpoint: drawing.ledgerCheckpoint,
    packet: {
      path: shown.packet.source.path,
      author: shown.packet.frontmatter.owner.value,
      checksSha256: shown.checksSource === "absent" ? null : shown.checksSource.digest,
    },
    subjects,
    input: {
      sha256: digestOf(`${shown.contract.requiredApproval}${TERMINATORS[terminator]}`),
      terminator,
      entry: drawing.entry,
      surface: world.operator.channel,
      presentedSha256: digestOf(shown.text),
      reviewedFromSha256: drawing.reviewedFrom,
    },
    harness: { version: world.build.version, buildSha256: world.build.digest, keyFingerprint: harnessKey },
    approver,
    requester: world.operator.user,
    expiresInMs: drawing.expiresMs ?? shown.authority.approvalExpiryMs,
    supersedes: null,
  });
  return { record, subjects, bytes: new TextEncoder().encode(writeApprovalRecord(record, subjects)) };
};

/** By principal and by key: neither counts twice, and a round that waits is not begun anew by a slip. */
export const objectionsToAgain = (
  { contract, authority }: Presented,
  { principal, keyFingerprint }: ApprovalRecord["approver"],
  round: OpenRound | "none",
): readonly Refusal[] => {
  if (round === "none") return [];
  const isAgain = round.records.some(
    ({ approver }) =>
      approver.principal === principal || (keyFingerprint !== null && approver.keyFingerprint === keyFingerprint),
  );
  const eligible = quorumOf(authority, contract.owner).eligible.join(", ");
  return isAgain ? [refusal("approval/already-signed", { by: principal, approval: round.approvalId, eligible })] : [];
};
