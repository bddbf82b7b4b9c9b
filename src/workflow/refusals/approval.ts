/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const approvalRefusals = {
  "approval/absent": {
    says: "There is no approval of {work} for this packet.",
    next: "cto approve {work} --key KEY",
    why: "Execution is blocked until the owner approves the exact target and contract.",
  },
  "approval/record-unreadable": {
    says: "The Approval record cannot be read: {problem}.",
    next: "cto approve WORK-ID --key KEY writes a new record",
    why: "What was signed is read once, strictly, and in one meaning, or not at all.",
  },
  "approval/no-signer": {
    says: "Nobody can approve: {problem}.",
    next: "cto init --owner NAME --key PUB, or add the key to .sot/authority/allowed_signers",
    why: "The allowed_signers file is the whole trust root; a key that it does not name has no role.",
  },
  "approval/not-exact": {
    says: "At character {at}: expected {expected}, got {got}. Nothing was recorded.",
    next: "cto approve WORK-ID --key KEY shows the sentence and what it is bound to",
    why: "Consent is exact or it is nothing: only one final line ending is removed before the bytes are compared.",
  },
  "approval/not-the-owner": {
    says: "The approval is by {by}, the owner is {owner}.",
    next: "{owner} gives the command cto approve WORK-ID --key KEY",
    why: "Only the owner's own key approves; no name, flag or variable stands in for it.",
  },
  "approval/not-eligible": {
    says: "The approval is by {by}, policy lets {eligible} approve.",
    next: "one of {eligible} gives the command cto approve WORK-ID --key KEY",
    why: "Who may approve stands in policy.yaml by name; a key of anybody else approves nothing.",
  },
  "approval/by-the-author": {
    says: "The approval is by {author}, who wrote the packet, and policy does not count its author.",
    next: "another of those that policy.yaml names under approval.eligible gives the command cto approve WORK-ID --key KEY",
    why: "With authorMayApprove false somebody else must have read what the author asks for.",
  },
  "approval/quorum-not-met": {
    says: "{found} of {required} approvals are there; {eligible} may approve.",
    next: "another of {eligible} gives the command cto approve WORK-ID --key KEY",
    why: "Distinct principals with distinct keys are counted; nobody counts twice.",
  },
  "approval/records-disagree": {
    says: "The Approval records of one quorum differ in {field}.",
    next: "cto approve WORK-ID --key KEY, by each of them again",
    why: "A quorum is one decision: every record answers one challenge about the same bytes.",
  },
  "approval/already-signed": {
    says: "{by} has signed {approval} already; it waits for others.",
    next: "another of {eligible} gives the command cto approve WORK-ID --key KEY",
    why: "Nobody counts twice; whoever wants to begin anew withdraws the approval first.",
  },
  "approval/revoker-not-eligible": {
    says: "The withdrawal is signed by {by}; {eligible} could prove it in revocation@cto-harness.",
    next: "cto approval withdraw WORK-ID --reason T, without --key: it takes effect at once",
    why: "A signature under a withdrawal shows who took it back, so it must be of one who may approve.",
  },
  "approval/not-signed": {
    says: "The Approval record claims a signature and there is none beside it.",
    next: "cto approve WORK-ID --key KEY",
    why: "A record without its signature proves nothing about who made it.",
  },
  "approval/signature-invalid": {
    says: "The signature of the Approval record does not hold: {problem}.",
    next: "cto approve WORK-ID --key KEY signs a new record",
    why: "The signature covers the exact bytes of the record, in its own namespace.",
  },
  "approval/key-revoked": {
    says: "The approval was signed by {key}, which is revoked.",
    next: "cto approve WORK-ID --key KEY --key with a key that is not in revoked_keys",
    why: "A revoked key may be in other hands.",
  },
  "approval/no-user-presence": {
    says: "The hardware key {key} signed without a touch.",
    next: "cto approve WORK-ID --key KEY, and touch the key",
    why: "Without the presence flag a program can use the key while nobody is there.",
  },
  "approval/no-user-verification": {
    says: "The passkey {key} signed without verifying its user.",
    next: "approve again on the page, and answer with the PIN or the finger that the passkey asks for",
    why: "A passkey that answers to a touch alone answers to whoever sits there.",
  },
  "approval/below-minimum": {
    says: "The approval is {found}, policy asks {minimum}.",
    next: "cto approve WORK-ID --key KEY",
    why: "Each risk class has a minimum assurance; below A2 consent is host-attested only.",
  },
  "approval/stale": {
    says: "The approval is stale, moved since: {moved}.",
    next: "cto approve WORK-ID --key KEY, after reading what it shows",
    why: "A consent is bound to one packet, contract, admission, policy, build and state of the target.",
  },
  "approval/contradicts-contract": {
    says: "The Approval record contradicts the contract in {field}.",
    next: "cto approve WORK-ID --key KEY writes a new record",
    why: "What the signed record says in words must be what the contract says.",
  },
  "approval/expired": {
    says: "The approval expired at {at}.",
    next: "cto approve WORK-ID --key KEY",
    why: "An approval is for now; one that lies around is an invitation.",
  },
  "approval/withdrawn": {
    says: "The approval {approval} was withdrawn by {by}.",
    next: "cto approve WORK-ID --key KEY, when the owner wants it again",
    why: "Withdrawing only removes authority, so it takes effect at once.",
  },
  "approval/consumed": {
    says: "The approval {approval} was spent on {run}.",
    next: "for another attempt: cto approve WORK-ID --key KEY",
    why: "An approval starts one run; a crash does not give it back.",
  },
  "approval/unknown-challenge": {
    says: "The approval {approval} answers no challenge of this home's ledger about its work item.",
    next: "cto approve WORK-ID --key KEY issues a new challenge",
    why: "An approval must come after a question that this home asked, once.",
  },
  "approval/not-ticked": {
    says: "Not ticked, and so not taken for read: {missing}.",
    next: "read and tick each of them, then approve again",
    why: "What changed since the last review, or all of it the first time, is read one by one before it is approved.",
  },
  "approval/not-as-drafted": {
    says: "The Approval record is not the one that this home would ask for now: {field} differs.",
    next: "ask for a new draft, and sign that",
    why: "The record that is signed is drawn here, and drawn again when it comes back; nothing in it is taken on trust.",
  },
  "approval/draft-ended": {
    says: "The draft of {approval} is older than {minutes} minutes.",
    next: "ask for a new draft, read it, and sign that",
    why: "A draft that lies around signed, and not recorded, is an approval that nobody sees.",
  },
  "approval/already-recorded": {
    says: "{by} has answered the question of {approval} already.",
    next: "cto approval show {approval}; cto approve WORK-ID --key KEY asks anew",
    why: "A question is answered once by each who may: the same signature again, or another under it, is none.",
  },
  "approval/key-unusable": {
    says: "The key {key} cannot sign: {problem}.",
    next: "ssh-keygen -Y sign -f {key} -n test with any file shows whether the key works",
    why: "The owner's own ssh-keygen signs; the Harness never holds a private key of a human.",
  },
} as const;
