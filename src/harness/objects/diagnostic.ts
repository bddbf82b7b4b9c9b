/** One finding of lint with its place: lines and columns from 1, in code points. */
export interface DiagnosticObject {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly message: string;
  readonly next: string;
}
