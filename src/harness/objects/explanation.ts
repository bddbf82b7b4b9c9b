/** What one name means. */
export interface Explanation {
  readonly code: string;
  readonly kind:
    | "refusal"
    | "failure"
    | "finding"
    | "state"
    | "states"
    | "exit code"
    | "variable"
    | "backend"
    | "check";
  readonly message: string;
  readonly why: string;
  readonly next: readonly string[];
  /** Where to read on. */
  readonly docs: string;
}
