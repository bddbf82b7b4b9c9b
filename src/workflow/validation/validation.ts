import type { Digest } from "../digest.ts";
import type { Finding } from "../finding.ts";
import type { Oid } from "../ids.ts";

declare const brand: unique symbol;

/** Test counts as the runner printed them; absent where the runner is not known. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly errors: number;
}

/** One execution of the contract's command by the Harness, in a sandbox without network. */
export interface ValidationRun {
  readonly on: "base" | "candidate" | "new-tests-on-base" | "base-tests-on-candidate";
  readonly tree: Oid;
  readonly argv: readonly string[];
  readonly program: { readonly path: string; readonly digest: Digest };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly limit?: string;
  /** Raw output, both streams in order of arrival, capped; `outputBytes` counts all of it. */
  readonly output: Uint8Array;
  readonly outputBytes: number;
  readonly outputDigest: Digest;
  readonly counts?: TestCounts;
  readonly manifestBefore: Digest;
  readonly manifestAfter: Digest;
}

/** The command passed on the candidate tree and changed nothing. Only `judgeValidation` makes one. */
export interface PassedValidation {
  readonly [brand]: "PassedValidation";
  readonly tree: Oid;
  readonly exitCode: 0;
  readonly counts?: TestCounts;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
}
