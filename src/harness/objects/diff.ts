/** One path that a run changed. Counts and modes are known only where there is a patch. */
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

/** What a run changed; no patch where its changes were thrown away. */
export interface DiffObject {
  readonly patch: string | null;
  readonly files: readonly DiffFile[];
}
