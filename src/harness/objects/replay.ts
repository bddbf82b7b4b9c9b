import type { Json } from "../../workflow/json.ts";

/** One way to do a part of the run again, as a human gives the command; what it reads, and what has to come of it. */
export interface ReplayLevelObject {
  readonly level: string;
  readonly argv: readonly string[];
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly expected: { readonly [name: string]: Json };
}

/** What came of a replay that a page asked for: no evidence, but what this home says that it saw. */
export interface ReplayResultObject {
  readonly level: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** The user of the server that did it, and its version. */
  readonly by: string;
  readonly version: string;
  /** `ended`: by its time limit, or with its server. Only `same` and `differs` have compared anything. */
  readonly came: "same" | "differs" | "refused" | "failed" | "ended";
  /** Why nothing was compared, and its code; empty where something was. */
  readonly says: string;
  readonly code: string;
  readonly differences: readonly { readonly where: string; readonly expected: string; readonly got: string }[];
  readonly notComparable: readonly string[];
  readonly notes: readonly string[];
}

/** The newest result of each level of a run, and what goes on or was broken off with its process. */
export interface ReplaysObject {
  readonly last: readonly ReplayResultObject[];
  readonly now: {
    readonly level: string;
    readonly startedAt: string;
    readonly state: "running" | "broken-off";
  } | null;
}
