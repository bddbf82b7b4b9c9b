/** Refusals of the work item's state machine: see `RefusalWords` in refusal.ts for what each text is. */
export const workRefusals = {
  "work/transition-refused": {
    says: "A work item that is {state} does not change by {cause} when {actor} causes it.",
    next: "cto status",
    why: "The table of states, causes and actors is complete: what it does not list does not happen, and a final state stays final.",
  },
  "work/packet-there": {
    says: "{path} is there already; no packet is written over another.",
    next: "give the packet another title, or edit the one that is there",
    why: "An author's words are never replaced by a program.",
  },
  "work/id-used": {
    says: "{work} is a work item of this home already.",
    next: "leave --id out, and the next id is taken",
    why: "An id names one work item for good; approvals, runs and bundles speak of it by this name.",
  },
} as const;
