/** A part of a file that changed. `context` is where in the file git believes to be. */
export interface PatchHunkObject {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly context: string;
  readonly lines: readonly PatchLineObject[];
}

/** One line, with its number before and after. Its text is the target's own and may be hostile. */
export interface PatchLineObject {
  readonly kind: "context" | "added" | "removed" | "note";
  readonly text: string;
  readonly old: number | null;
  readonly new: number | null;
  /** Characters of a very long line that are left out. */
  readonly cut?: number;
}
