/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const outcomeRefusals = {
  "rollback/target-not-clean": {
    says: "The target is not clean, so nothing was rolled back: {what}.",
    next: "git status in the target; commit or put aside what is there, then cto rollback RUN again",
    why: "A rollback adds one commit to a clean repository. Work of a human is never overwritten, stashed or reset.",
  },
  "rollback/conflict": {
    says: "Later commits changed what the rollback would restore: {paths}. Nothing was rolled back.",
    next: "git revert {commit} in the target and settle the conflict by hand",
    why: "The Harness undoes its own commit only where nobody else has built on it; it never decides a conflict.",
  },
  "rollback/not-the-commit": {
    says: "{commit} is not the commit that the evidence describes: {what}. Nothing was rolled back.",
    next: "cto verify RUN, and compare its repo/commit.raw with the target",
    why: "Only the single commit of this run, on the base of its evidence, may be undone.",
  },
  "rollback/not-on-branch": {
    says: "{commit} is not part of branch {branch} as the target has it checked out. Nothing was rolled back.",
    next: "git switch {branch} in the target; if the commit is not there, nothing is left to undo",
    why: "A rollback is one more commit on the admitted branch, after the commit it undoes, and nowhere else.",
  },
  "outcome/already-recorded": {
    says: "{run} already has its outcome: {outcome}. A second one is refused.",
    next: "cto show {run}",
    why: "An outcome is said once; what was accepted stays accepted, what was rejected can only be rolled back.",
  },
  "outcome/nothing-to-decide": {
    says: "{run} is {state}: there is no outcome to record.",
    next: "cto status shows what waits for whom",
    why: "Only a run that made its one commit and proved it awaits an outcome.",
  },
  "outcome/reason-missing": {
    says: "A rejection of {run} needs a reason.",
    next: "cto outcome {run} --reject --reason 'what is wrong'",
    why: "Whoever reads the evidence later must see why the commit was taken back.",
  },
  "outcome/evidence-does-not-verify": {
    says: "The evidence of {run} does not verify: {verdict}.",
    next: "cto verify {run} names the check; only a rejection is possible",
    why: "Accepting means that the evidence was true when it was accepted.",
  },
  "outcome/criterion-not-proven": {
    says: "Criterion {id} of {run} is not proven.",
    next: "cto show {run}; reject, or approve a new attempt",
    why: "A criterion that the Harness could not prove cannot be waved through.",
  },
  "outcome/finding-not-acknowledged": {
    says: "{run} has a finding that accepting must name: {code}.",
    next: "cto show {run}, then add --acknowledge {code}",
    why: "A finding or a denied attempt never disappears: who accepts says that he saw it.",
  },
  "outcome/not-exact": {
    says: "At character {at}: expected {expected}, got {got}. Nothing was recorded.",
    next: "type exactly: {sentence}",
    why: "Accepting is said in words that name the run and the commit, and the words are compared byte for byte.",
  },
  "outcome/not-judged": {
    says: "Criterion {id} of {run} is the owner's to judge, and {what}.",
    next: "look at what stands behind {id}, tick it, and say in a few words what you saw",
    why: "What no machine proves is proven by nobody unless somebody looked, and says at what.",
  },
  "outcome/not-as-drafted": {
    says: "The outcome record is not the one that this home would ask for now: {field} differs.",
    next: "ask for a new draft, and sign that",
    why: "The record that is signed is drawn here, and drawn again when it comes back; nothing in it is taken on trust.",
  },
  "outcome/draft-ended": {
    says: "The draft of the outcome of {run} is older than {minutes} minutes.",
    next: "ask for a new draft, read it, and sign that",
    why: "What is accepted is the evidence of now, and a draft that lies around speaks of then.",
  },
  "outcome/signature-invalid": {
    says: "The signature of the outcome record does not hold: {problem}.",
    next: "sign the draft as it is, in the namespace that it names",
    why: "The signature covers the exact bytes of the record, in its own namespace.",
  },
  "outcome/not-the-owner": {
    says: "The signature is by {by}, the owner is {owner}.",
    next: "sign with a key that allowed_signers gives the owner for outcome@cto-harness",
    why: "Only the owner accepts or rejects.",
  },
  "outcome/record-unreadable": {
    says: "The outcome record cannot be read: {says}.",
    next: "cto show RUN; record the outcome again",
    why: "A record that is not exactly in its form is no record.",
  },
  "outcome/run-unknown": {
    says: "There is no run {run}.",
    next: "cto runs lists them",
    why: "Ids name what the ledger knows, or nothing.",
  },
  "replay/not-found": {
    says: "{run} has no replay path {level}; its evidence offers {levels}.",
    next: "cto show {run} lists the replay paths that its evidence offers",
    why: "Only what a sealed bundle names can be done again and compared.",
  },
  "replay/needs-home": {
    says: "The level {level} of {run} needs more than the bundle: {needs}.",
    next: "cto replay {run} --level {level} --home DIR, where DIR is the home that made the run",
    why: "A bundle holds what changed, not the whole tree: to run anything again the tree and the permit of the run are needed.",
  },
  "rollback/not-rejected": {
    says: "There is no rejection of {run} to take back: its work item is {state}.",
    next: "cto show {run}; a run that awaits its outcome is rejected by cto outcome {run} --reject --reason 'why' --key KEY",
    why: "A commit is taken back only after its owner rejected it.",
  },
} as const;
