/** Refusals of `cto config set`: see `RefusalWords` in refusal.ts for what each text is. */
export const configRefusals = {
  "config/not-by-command": {
    says: "{key} is not set by a command: {because}.",
    next: "{instead}",
    why: "A command may change how much a run may use. What may be done, by whom, and where, is written by a person who reads what stands around it, or is a signed record.",
  },
} as const;
