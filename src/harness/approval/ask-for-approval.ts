import type { ApprovalSubjects } from "../../workflow/approval/approval-record.ts";
import { answerTo, makeChallenge, writeChallenge } from "../../workflow/approval/challenge.ts";
import type { ApprovalDraft } from "../../workflow/approval/draft-approval.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { World } from "../world.ts";
import type { OpenRound } from "./open-round.ts";

/** How a question is told in the record that answers it. */
export type Asked = Pick<ApprovalDraft, "approvalId" | "challenge" | "validity" | "ledgerCheckpoint">;

interface Question {
  readonly work: WorkId;
  readonly subjects: ApprovalSubjects;
  /** Fingerprint of the Harness key that asks. */
  readonly harnessKey: string;
}

/** The question of the round that is joined, or a new one; what is signed carries the ledger of now in both cases. */
export const askFor = async (world: World, about: Question, round: OpenRound | "none"): Promise<Asked> => {
  const [first] = round === "none" ? [] : round.records;
  if (round === "none" || first === undefined) return issueChallenge(world, about);
  const { challenge, validity } = first;
  return {
    approvalId: round.approvalId,
    challenge,
    validity,
    ledgerCheckpoint: (await world.store.head()).checkpoint,
  };
};

/** A question that only this home asked: no signature can be older than its nonce (evidence.md 3.4). */
const issueChallenge = (world: World, { work, subjects, harnessKey }: Question): Promise<Asked> => {
  const challenge = makeChallenge(work, subjects, world.clock.now(), world.clock.newNonce(), harnessKey);
  return world.store.transact(async (ledger) => {
    const digest = await ledger.keep("challenge", new TextEncoder().encode(writeChallenge(challenge)));
    await ledger.claimOnce("nonce", challenge.nonce, digest);
    const leaf = await ledger.appendLeaf({
      type: "approval.challenged",
      actor: `uid:${world.operator.uid}`,
      channel: world.operator.channel,
      work,
      digests: { challenge: digest },
    });
    return {
      approvalId: `ap-${leaf.seq}`,
      challenge: answerTo(challenge),
      validity: undefined,
      ledgerCheckpoint: (await ledger.head()).checkpoint,
    };
  });
};
