/** What `cto audit verify` finds: see `RefusalWords` in refusal.ts for what each text is. Each is an alarm. */
export const ledgerRefusals = {
  "ledger/chain-broken": {
    says: "Record {seq} of the ledger does not hold: {says}.",
    next: "restore the ledger from a backup before anything else is done with this home",
    why: "Each record carries the digest of the one before, so what was edited or moved is seen.",
  },
  "ledger/gap": {
    says: "The ledger goes from record {before} to record {after}.",
    next: "restore the ledger from a backup before anything else is done with this home",
    why: "Numbers are given without a gap, in the transaction that appends: a missing one was taken out.",
  },
  "ledger/fork": {
    says: "Records {first} and {second} of the ledger follow the same record.",
    next: "restore the ledger from a backup; ask who wrote the other branch",
    why: "A ledger has one history. Two records after one were written by two hands.",
  },
  "ledger/second-genesis": {
    says: "Record {seq} begins the ledger a second time.",
    next: "restore the ledger from a backup; a new home has a home id of its own",
    why: "Whoever could begin a ledger anew could leave everything out that came before.",
  },
  "ledger/head-differs": {
    says: "The head of the ledger is not its last record: {says}.",
    next: "restore the ledger from a backup before anything else is done with this home",
    why: "Head and records are written in one transaction; one without the other was changed by hand.",
  },
  "ledger/note-unsigned": {
    says: "The checkpoint of the ledger's {size} records is signed by no key that counts for it.",
    next: "cto audit verify --trust FILE, with the line of the Harness key of that time; else hold the home for tampered",
    why: "The chain can be recomputed by anybody who can write the file; the signature over its tree cannot.",
  },
  "ledger/history-rewritten": {
    says: "{what} was signed over another history: {says}.",
    next: "hold every run since for unproven; compare with a copy of the ledger from before {what}",
    why: "Every human signature covers the ledger's root as it was then, so history before it is sealed.",
  },
  "ledger/truncated": {
    says: "No record of the ledger tells of {what}: {says}.",
    next: "look for the newer ledger; start no run before it is found",
    why: "What lies beside the ledger was recorded first. Records that are missing were cut off, or an older file was put back.",
  },
  "ledger/handover-wrong": {
    says: "{what} does not hold: {says}.",
    next: "hold what the newer key signed for unproven; ask the operator who changed .cto/keys, and when",
    why: "A key of the home gives its place to another under both their signatures, recorded before it happens: a key without that came from elsewhere.",
  },
  "ledger/run-missing": {
    says: "The home has given {given} run numbers and has no run number {missing}.",
    next: "restore the ledger from a backup; compare with .cto/runs",
    why: "Runs are numbered without a gap, the blocked ones too, so that none can be left out of an audit.",
  },
  "ledger/run-unclosed": {
    says: "{run} was started, nobody works on it, and no record closes it.",
    next: "cto run with the same work item goes on with it and closes it",
    why: "A run that was broken off is told as interrupted; one that is never closed could hide how it ended.",
  },
} as const;
