/** A refusal as every surface prints it. Texts may quote documents: show them escaped. */
export interface RefusalObject {
  readonly code: string;
  readonly message: string;
  /** What to do next, a command where there is one. */
  readonly next: string;
  readonly at?: { readonly file: string; readonly line: number; readonly column: number };
  readonly detail: { readonly [fact: string]: unknown };
}
