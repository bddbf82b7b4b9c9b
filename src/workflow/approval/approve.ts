import type { Assurance } from "../authority.ts";
import { digestOf } from "../digest.ts";
import type { RunId } from "../ids.ts";
import type { Instant } from "../instant.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refuse, refusalsOf, unless, type Result } from "../result.ts";
import { objectionsToAge } from "./approval-age.ts";
import { objectionsToBinding, type BoundFacts } from "./approval-binding.ts";
import { consentOf, objectionsToConsent } from "./approval-consent.ts";
import type { ApprovalHistory } from "./approval-history.ts";
import { objectionsToHistory } from "./approval-use.ts";
import type { Approval } from "./approval.ts";
import { readApprovalRecord, type ReadApproval } from "./read-approval-record.ts";
import { requiredSentenceMatch } from "./sentence.ts";

/** The signed bytes, and the state of the world now that they must still fit. */
export interface ApprovalFacts extends BoundFacts {
  readonly said: SignedWords | "absent";
  readonly history: ApprovalHistory;
  /** The run that asks: an approval spent on it is still its own. */
  readonly run: RunId;
  readonly now: Instant;
}

export interface SignedWords {
  readonly record: Uint8Array;
  readonly signature: Uint8Array | "absent";
}

/** An owner's consent to exactly one contract in exactly one state of the world, or every reason why it is none. */
export const approve = (facts: ApprovalFacts): Result<Approval, Refusal> => {
  const { said, contract, authority, trust, observation } = facts;
  const unread = [...refusalsOf(authority), ...refusalsOf(trust), ...refusalsOf(observation)];
  if (said === "absent") return refuse(refusal("approval/absent", { work: contract.workItem }), ...unread);
  const read = readApprovalRecord(said.record);
  if (!read.ok) return refuse(...read.refusals, ...unread);

  const { record } = read.value;
  const consent = trust.ok ? consentOf(said, record, trust.value, facts.now) : "unknown";
  const objections = [
    ...objectionsToConsent(record, contract.owner, consent, minimumOf(facts)),
    ...objectionsToHistory(record, facts.history, facts.run),
    ...timeObjections(facts, read.value),
    ...objectionsToBinding(read.value, facts),
    ...refusalsOf(requiredSentenceMatch(contract.requiredApproval, Buffer.from(record.sentence))),
    ...unread,
  ];
  return unless(objections, () => {
    if (consent === "unknown" || !consent.ok) throw new TypeError("an approval without objections has a consent");
    const { assurance } = consent.value;
    const signatureDigest = said.signature === "absent" ? null : digestOf(said.signature);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place an Approval is made
    return { record, digest: digestOf(said.record), signatureDigest, assurance } as Approval;
  });
};

// A risk class that policy.yaml does not list is refused at admission; here it asks for the most.
const minimumOf = ({ authority, contract }: ApprovalFacts): Assurance => {
  if (!authority.ok) return "A0";
  const { riskClasses } = authority.value;
  const { riskClassification: risk } = contract.targetRepository;
  return (Object.hasOwn(riskClasses, risk) ? riskClasses[risk]?.minimumAssurance : undefined) ?? "A3";
};

const timeObjections = (facts: ApprovalFacts, { record }: ReadApproval): readonly Refusal[] => {
  const expiryMs = facts.authority.ok ? facts.authority.value.approvalExpiryMs : Infinity;
  const spent = facts.history.consumed.get(record.approvalId) === facts.run;
  return [...objectionsToAge(record, expiryMs, facts.now, spent)];
};
