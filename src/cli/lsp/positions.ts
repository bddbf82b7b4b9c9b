import type { Position, Range } from "vscode-languageserver-protocol";

import type { Edit } from "../../workflow/packet/fix-packet.ts";
import { unitsBefore } from "../../workflow/packet/line.ts";
import type { Diagnostic } from "../../workflow/packet/lint-packet.ts";

type Point = Edit["from"];

/** A place of ours (from 1, in code points) as the protocol counts (from 0, in units of UTF-16). */
export const positionOf = ({ line, column }: Point, lines: readonly string[]): Position => ({
  line: line - 1,
  character: unitsBefore(lines[line - 1] ?? "", column),
});

/** From where a finding stands to the end of its line. */
export const rangeOf = ({ at }: Diagnostic, lines: readonly string[]): Range => {
  const start = positionOf(at, lines);
  const end = (lines[at.line - 1] ?? "").replace(/\r$/, "").length;
  return { start, end: { line: start.line, character: Math.max(start.character, end) } };
};

export const isWithin = ({ start, end }: Range, { line, character }: Position): boolean =>
  line === start.line && character >= start.character && character <= end.character;
