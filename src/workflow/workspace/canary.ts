import type { Digest } from "../digest.ts";
import type { CanaryId, CanaryPass, CanaryVerdict } from "../vocabulary.ts";

/** One thing that is tried inside. Its answer is the name of an errno, `ok`, or what was seen. */
export interface CanaryTry {
  readonly canary: CanaryId;
  /** Unlike every other one of the pass; no path of the host stands in it. */
  readonly what: string;
  /** The answers that mean that it held. */
  readonly held: readonly string[];
  /** An answer that is neither held nor `ok`: an errno that proves nothing, or a thing seen that must not be so. */
  readonly otherwise: "no-teeth" | "broken";
  /** What the Harness does outside, and must succeed; by its name. */
  readonly control: string;
}

/** What one probe of one pass came to. */
export interface CanaryResult {
  readonly id: CanaryId;
  readonly verdict: CanaryVerdict;
  /** What the Harness did outside at the same time: each name with `works` or `does not work`. */
  readonly control: Readonly<Record<string, string>>;
  /** For each thing that is tried the answers that mean that it held. */
  readonly expected: Readonly<Record<string, readonly string[]>>;
  readonly actual: Readonly<Record<string, string>>;
}

/** Every probe of one pass over one stage; `not-run` where the stage did not stand any more. */
export type CanaryRun = readonly CanaryResult[] | "not-run";

/** One pass and the sandbox that it was made in. */
export interface PassedCanaries {
  /** Its place among the sandboxes of its step. */
  readonly sandbox: number;
  readonly purpose: "agent" | "validation" | "probe";
  readonly argsSha256: Digest;
  readonly pass: CanaryPass;
  readonly run: CanaryRun;
}
