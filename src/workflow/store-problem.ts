/** One place at which a ledger does not hold, and in what. */
export interface StoreProblem {
  readonly what:
    | "chain"
    | "head"
    | "columns"
    | "work item"
    | "run"
    | "facts"
    | "document"
    | "count"
    | "seal"
    | "approval";
  /** The number of a record, a run, an approval, the digest of a document, or what is counted. */
  readonly of: string;
}
