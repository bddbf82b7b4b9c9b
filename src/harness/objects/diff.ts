import type { PatchHunkObject } from "./patch.ts";

/** One path that a run changed. Counts and modes are known only where there is a patch, and are true whatever is left out. */
export interface DiffFile {
  readonly path: string;
  readonly change: string;
  readonly allowed: boolean;
  readonly verdict: string;
  readonly added: number | null;
  readonly removed: number | null;
  readonly oldMode: string | null;
  readonly newMode: string | null;
  readonly binary: boolean;
}

/** The same with its lines, as many as are shown at once. */
export interface DiffPart extends DiffFile {
  readonly hunks: readonly PatchHunkObject[];
  /** Lines that are left out: `?file=` brings all of one file. */
  readonly truncated?: number;
}

/** What a run changed; no patch where its changes were thrown away. */
export interface DiffObject {
  readonly patch: string | null;
  readonly patchSha256: string | null;
  readonly files: readonly DiffFile[];
}

/** The same by lines: of every file the first ones, within a bound for all of them, or the one that was asked for whole. */
export interface DiffLines {
  readonly patchSha256: string | null;
  readonly files: readonly DiffPart[];
}
