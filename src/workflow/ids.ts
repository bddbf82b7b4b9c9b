declare const brand: unique symbol;

/** `CTO-WORK-NNN`, at least three digits (R016). Only `workId` makes one. */
export type WorkId = string & { readonly [brand]: "WorkId" };
/** `R-NNN-AA`: digits of the work item, then the attempt, two digits or more. Only `runId` and `parseRunId` make one. */
export type RunId = string & { readonly [brand]: "RunId" };
/** A git object id, 40 lower-case hex digits (SHA-256 repositories are refused at admission, git.md 14). */
export type Oid = string & { readonly [brand]: "Oid" };

export const workId = (text: string): WorkId | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a WorkId is made
  /^CTO-WORK-\d{3,9}$/.test(text) ? (text as WorkId) : undefined;

export const runId = (work: WorkId, attempt: number): RunId =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a RunId is made
  `R-${work.slice("CTO-WORK-".length)}-${String(attempt).padStart(2, "0")}` as RunId;

export const parseRunId = (text: string): RunId | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a written RunId is read
  /^R-\d{3,9}-\d{2,6}$/.test(text) ? (text as RunId) : undefined;

export const parseOid = (text: string): Oid | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place an Oid is read
  /^[0-9a-f]{40}$/.test(text) ? (text as Oid) : undefined;
