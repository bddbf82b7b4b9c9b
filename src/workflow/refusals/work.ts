/** Refusals of the work item's state machine: see `RefusalWords` in refusal.ts for what each text is. */
export const workRefusals = {
  "work/transition-refused": {
    says: "A work item that is {state} does not change by {cause} when {actor} causes it.",
    next: "cto status",
    why: "The table of states, causes and actors is complete: what it does not list does not happen, and a final state stays final.",
  },
} as const;
