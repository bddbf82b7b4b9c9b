/** Bounds of an engine and of what serves it; times in milliseconds. */
export const ENGINE_LIMITS = {
  /** Orders that one worker performs at once. */
  concurrency: 8,
  /** How often a queue is asked for its next orders, and how often orders of dead workers are looked for. */
  pollMs: 200,
  takeoverMs: 1_000,
  cancelPollMs: 250,
  /** After how long without a word the database ends a worker's session. */
  idleSessionMs: 30_000,
  livenessMs: 5_000,
  /** Shorter than the rest of `idleSessionMs`, so that a worker knows of its end before others do. */
  livenessAnswerMs: 10_000,
  /** Whoever looks for the dead holds a worker's id for a moment. */
  idInUseWaitMs: 1_000,
  /** How long aborted orders may take to settle before they are given back as they are. */
  settleMs: 15_000,
  /** The same where the worker is lost: it is to be gone before the database gives its orders to others. */
  lostMs: 3_000,
  /** How long closing connections may take: one that nobody answers is left as it is. */
  closeMs: 1_000,
  connectMs: 10_000,
  /** How long one who orders, cancels or looks waits for the database. */
  answerMs: 20_000,
  /** How long one who starts waits for others who lay the tables. */
  schemaWaitMs: 60_000,
  /** Connections of one process, beside the one that stands for its worker. */
  connections: 6,
  /** How long an order waits after a failure that may be tried again. */
  retryMs: 2_000,
  /** Beginnings of one order: something ends every worker that has it. The ledger bounds those of its steps before. */
  beginningsMax: 12,
  /** How long a worker that did not take leave is shown, and how many are, those that were heard last. */
  workerRememberedMs: 86_400_000,
  workersShownMax: 500,
  workerNameCharactersMax: 100,
  offersMax: 100,
  offerCharactersMax: 200,
  logLines: 200,
  logLineCharactersMax: 500,
} as const;
