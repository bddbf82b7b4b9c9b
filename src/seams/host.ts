import type { Digest } from "../workflow/digest.ts";
import type { RunId } from "../workflow/ids.ts";

/** Facts and folders of this machine that belong to no other seam. */
export interface Host {
  /** Looks a program up in the folders that stand on the sandbox's PATH, in its order; never in the caller's PATH. */
  findProgram(name: string, toolchains: readonly string[]): Promise<Program | undefined>;
  /** Raw bytes of a backend, one folder for each attempt, until they are sealed. */
  openRawLogs(run: RunId, attempt: number, bytesMax: number): RawLogs;
  /**
   * What was taken out of the evidence of a run, with its salts: one line each, for the owner of this machine alone. Kept
   * lines are on the disk when `keep` returns.
   */
  openRedactionLog(run: RunId): { readonly kept: readonly string[]; keep(line: string): void };
  /** The logs of every attempt by their name in the bundle: `backend/<log>`, earlier ones `backend/attempt-N/<log>`. */
  readRawLogs(run: RunId): Promise<ReadonlyMap<string, Uint8Array>>;
  /** One digest over names, types, modes and contents of a file or folder; "absent" when it is not there. `except` leaves out names. */
  fingerprint(place: string, except?: (name: string) => boolean): Promise<Digest | "absent">;
  /** Bytes that the state folder's disk still has. */
  diskFree(): Promise<number>;
}

/** A program as the sandbox will find it: the name it is started by, and the digest of the file behind it. */
export interface Program {
  readonly path: string;
  readonly digest: Digest;
}

export interface RawLogs {
  keep(log: string, bytes: Uint8Array): void;
}
