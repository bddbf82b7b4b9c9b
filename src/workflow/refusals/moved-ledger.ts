/** Why a ledger is not moved: see `RefusalWords` in refusal.ts for what each text is. */
export const movedLedgerRefusals = {
  "ledger/run-open": {
    says: "{run} is open, and a ledger is moved only while no run is.",
    next: "cto run WORK-ID lets it end, cto stop RUN ends it; then the same command again",
    why: "Whoever works on a run appends to the ledger that he opened. Moved under him, it would go on in two places.",
  },
  "ledger/another-there": {
    says: "In {place} there is a ledger of this home with {size} records that this home's ledger does not hold.",
    next: "find out which of both is the home's; another database or an empty place takes the copy",
    why: "A copy takes the place of an older one of itself only. Records that stand nowhere else are not put aside.",
  },
  "ledger/same-place": {
    says: "This home's ledger is in {place} already.",
    next: "cto store check",
    why: "What is copied onto itself is read and written at the same time.",
  },
} as const;
