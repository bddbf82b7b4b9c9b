import type { Linted } from "../packet/lint-packets.ts";
import type { DiagnosticObject } from "./diagnostic.ts";

/** The findings of one packet, each with its place; it ends where its line ends. */
export const diagnosticObjects = ({ source, diagnostics }: Linted): readonly DiagnosticObject[] => {
  const lines = new TextDecoder().decode(source.bytes).split(/\r?\n/);
  return diagnostics.map(({ code, severity, at, says, next }) => ({
    code,
    severity,
    file: at.file,
    line: at.line,
    column: at.column,
    endLine: at.line,
    endColumn: Math.max(at.column, Array.from(lines[at.line - 1] ?? "").length + 1),
    message: says,
    next,
  }));
};
