import { Failure, FAILURES } from "../workflow/failure.ts";

/** What a shell sees (R128). */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  failed: 4,
  unverified: 5,
  voided: 6,
  wrongNode: 78,
  stopped: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The parser's own codes are negative: -5 and -4 are mistakes in the command line, the others would be ours. */
export const exitOfParser = (code: number): ExitCode => {
  if (code === 0) return EXIT.done;
  return code === -4 || code === -5 ? EXIT.usage : EXIT.bug;
};

export const exitOfError = (error: unknown): ExitCode => (error instanceof Failure ? EXIT.failed : EXIT.bug);

/** A failure as facts, for a command that reports it instead of ending by it; anything else is thrown on. */
export const failureIn = (
  error: unknown,
): { readonly code: string; readonly message: string; readonly next: string } => {
  if (!(error instanceof Failure)) throw error;
  return { code: error.code, message: error.message, next: FAILURES[error.code] };
};
