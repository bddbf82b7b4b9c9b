/** The durable steps of a run, in order. A name is never reused for something else. */
const STEPS = ["gate", "backend", "validation", "commit", "proof", "evidence", "outcome"] as const;
export type StepName = (typeof STEPS)[number];
