import type { Digest } from "../digest.ts";
import type { Finding } from "../finding.ts";
import type { RunId } from "../ids.ts";

declare const brand: unique symbol;

export type PathVerdict = "forbidden" | "anomalous" | "scratch" | "allowed" | "unlisted";

/** One row per changed path (git.md 7). */
export interface JudgedChange {
  readonly path: string;
  readonly change: string;
  readonly oldMode: string;
  readonly newMode: string;
  readonly size: number;
  readonly sha256: Digest | null;
  readonly verdict: PathVerdict;
  /** The rule that decided: a packet pattern, a base rule, or the name of the anomaly. */
  readonly rule: string;
  readonly packetLine: number | null;
}

/** A file that may be committed: content by digest, or its removal. */
export interface ClearedFile {
  readonly path: string;
  readonly mode: "100644" | "100755";
  readonly content: { readonly sha256: Digest; readonly blob: string; readonly size: number } | "deleted";
}

/** The changes that may go on to validation and commit. Only `judgeChanges` makes one. */
export interface Clearance {
  readonly [brand]: "Clearance";
  readonly run: RunId;
  readonly files: readonly ClearedFile[];
  readonly judged: readonly JudgedChange[];
  readonly findings: readonly Finding[];
  /** Folder of the contents, by digest. */
  readonly contents: string;
}
