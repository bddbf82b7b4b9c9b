/** Refusals of this stage: see `RefusalWords` in refusal.ts for what each text is. */
export const outcomeRefusals = {} as const;
