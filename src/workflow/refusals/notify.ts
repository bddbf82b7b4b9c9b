/** Why nobody is told: see `RefusalWords` in refusal.ts for what each text is. */
export const notifyRefusals = {
  "notify/unreadable": {
    says: "notify.yaml cannot be read: {problem}.",
    next: "correct the named line, then cto doctor --only notify",
    why: "A misspelled key could be a channel that nobody hears. Until it is read, notices wait and only the file is written.",
  },
} as const;
