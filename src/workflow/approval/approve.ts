import type { Assurance } from "../authority.ts";
import { canonicalJson, digestOf } from "../digest.ts";
import type { RunId } from "../ids.ts";
import type { Instant } from "../instant.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refuse, refusalsOf, unless, type Result } from "../result.ts";
import { approvalAge, objectionsToAge } from "./approval-age.ts";
import { objectionsToBinding, type BoundFacts } from "./approval-binding.ts";
import { consentOf, objectionsToConsent } from "./approval-consent.ts";
import type { ApprovalHistory } from "./approval-history.ts";
import { objectionsToHistory } from "./approval-use.ts";
import { approvalFile, type Approval, type ApprovalVoice } from "./approval.ts";
import { minimumAssurance } from "./minimum-assurance.ts";
import { objectionsToQuorum, quorumOf, type Quorum } from "./quorum.ts";
import { readApprovalRecord, type ReadApproval } from "./read-approval-record.ts";
import { requiredSentenceMatch } from "./sentence.ts";

/** The signed bytes, and the state of the world now that they must still fit. */
export interface ApprovalFacts extends BoundFacts {
  /** Every record of one approval; none where nobody approved. */
  readonly said: readonly SignedWords[];
  readonly history: ApprovalHistory;
  /** The run that asks: an approval spent on it is still its own. */
  readonly run: RunId;
  readonly now: Instant;
}

export interface SignedWords {
  readonly record: Uint8Array;
  readonly signature: Uint8Array | "absent";
}

/** The consent of those who may give it, to exactly one contract in exactly one state of the world, or every reason why it is none. */
export const approve = (facts: ApprovalFacts): Result<Approval, Refusal> => {
  const { said, contract, authority, trust, observation } = facts;
  const unread = [...refusalsOf(authority), ...refusalsOf(trust), ...refusalsOf(observation)];
  if (said.length === 0) return refuse(refusal("approval/absent", { work: contract.workItem }), ...unread);
  const read = said.map(({ record }) => readApprovalRecord(record));
  const [broken, ...more] = read.flatMap(refusalsOf);
  if (broken !== undefined) return refuse(broken, ...more, ...unread);

  const quorum = quorumOf(authority.ok ? authority.value : {}, contract.owner);
  const heard = said.map((words) => hear(facts, words, quorum));
  const objections = [
    ...heard.flatMap(({ objections: own }) => own),
    ...objectionsToQuorum(
      heard.map((one) => one.read),
      quorum,
      contract.owner,
    ),
    ...unread,
  ];
  return unless(eachOnce(objections), () => {
    const voices: readonly ApprovalVoice[] = heard.map(voiceOf).toSorted(byFile);
    const [first] = voices;
    if (first === undefined) throw new TypeError("an approval without objections has a record");
    const [assurance = first.assurance] = voices.map((voice) => voice.assurance).toSorted();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place an Approval is made
    return { ...first, assurance, voices, age: approvalAge(first.record, facts.now) } as Approval;
  });
};

interface Heard {
  readonly words: SignedWords;
  readonly read: ReadApproval;
  readonly consent: ReturnType<typeof consentOf> | "unknown";
  readonly objections: readonly Refusal[];
}

const hear = (facts: ApprovalFacts, words: SignedWords, quorum: Quorum): Heard => {
  const read = readApprovalRecord(words.record);
  if (!read.ok) throw new TypeError("what does not read is not heard");
  const { record } = read.value;
  const { contract, trust, now } = facts;
  const consent = trust.ok ? consentOf(words, record, trust.value, now) : "unknown";
  const objections = [
    ...objectionsToConsent(record, quorum.eligible, consent, minimumOf(facts, quorum)),
    ...objectionsToHistory(record, facts.history, facts.run),
    ...timeObjections(facts, read.value),
    ...objectionsToBinding(read.value, facts),
    ...refusalsOf(requiredSentenceMatch(contract.requiredApproval, Buffer.from(record.sentence))),
  ];
  return { words, read: read.value, consent, objections };
};

const voiceOf = ({ words, read: { record }, consent }: Heard): ApprovalVoice => {
  if (consent === "unknown" || !consent.ok) throw new TypeError("an approval without objections has a consent");
  const { assurance } = consent.value;
  const signatureDigest = words.signature === "absent" ? null : digestOf(words.signature);
  return { record, digest: digestOf(words.record), signatureDigest, assurance };
};

const byFile = (a: ApprovalVoice, b: ApprovalVoice): number =>
  approvalFile(a.record.approver.principal) < approvalFile(b.record.approver.principal) ? -1 : 1;

const eachOnce = (objections: readonly Refusal[]): Iterable<Refusal> =>
  new Map(objections.map((one) => [canonicalJson([one.code, one.facts]), one])).values();

const minimumOf = ({ authority, contract }: ApprovalFacts, quorum: Quorum): Assurance =>
  authority.ok ? minimumAssurance(authority.value, contract.targetRepository.riskClassification, quorum) : "A0";

const timeObjections = (facts: ApprovalFacts, { record }: ReadApproval): readonly Refusal[] => {
  const expiryMs = facts.authority.ok ? facts.authority.value.approvalExpiryMs : Infinity;
  const spent = facts.history.consumed.get(record.approvalId) === facts.run;
  return [...objectionsToAge(record, expiryMs, facts.now, spent)];
};
