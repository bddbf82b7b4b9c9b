/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. All of them void the run. */
export const commitRefusals = {
  "commit/base-moved": {
    says: "Branch {branch} of the target is at {found}, the approved commit is {expected}. No commit was made.",
    next: "cto approve WORK binds a new approval to the branch as it is now",
    why: "The approval is for one state of the repository. The Harness never rebases and never merges.",
  },
  "commit/control-plane-changed": {
    says: "The target's .git changed since the gate: {entries}. No commit was made.",
    next: "look at what changed there; cto target check ID, then approve again",
    why: "Refs, hooks and settings of the target belong to its owner; a run during which they move proves nothing.",
  },
  "commit/target-not-clean": {
    says: "The target is no longer as the approval found it: {what}. No commit was made.",
    next: "git status in the target; commit or put aside what is there, then approve again",
    why: "Work of a human is never overwritten, stashed or reset, and never mixed into the one commit.",
  },
  "commit/object-damaged": {
    says: "Object {oid} in the target is not what its name says. No commit was made.",
    next: "git fsck --full in the target, and repair it from another copy",
    why: "The commit would lead to bytes that nobody judged.",
  },
} as const;
