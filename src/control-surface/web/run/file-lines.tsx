import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";

import { visible, visibleLines } from "../../../workflow/visible-text.ts";
import { Empty } from "../parts/shown.tsx";
import type { PatchFile, PatchLine } from "./patch.ts";
import { wordChanges, type Piece } from "./word-changes.ts";

const LINES_MAX = 400;
const CHARACTERS_MAX = 2000;

/** The lines of one file: the first 400, then all when asked; words that changed within a line are marked. */
export const FileLines = ({
  part,
  isBinary,
}: {
  readonly part: PatchFile;
  readonly isBinary: boolean;
}): JSX.Element => {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? part.lines : part.lines.slice(0, LINES_MAX);
  const pieces = useMemo(() => piecesOf(shown), [part, isWhole]);
  const left = part.lines.length - shown.length;
  if (part.lines.length === 0)
    return (
      <Empty>
        {isBinary
          ? "Binary: its bytes are in patch.diff."
          : part.notes.length > 0
            ? part.notes.map(visible).join(" · ")
            : "Empty, before and after."}
      </Empty>
    );
  return (
    <>
      {part.notes.length === 0 ? null : <p class="file-notes">{part.notes.map(visible).join(" · ")}</p>}
      <div class="lines" tabIndex={0} role="region" aria-label={`Lines of ${visible(part.path)}`}>
        <table>
          <tbody>
            {shown.map((line) => (
              <Line key={line.at} line={line} pieces={pieces.get(line)} />
            ))}
          </tbody>
        </table>
      </div>
      {left === 0 ? null : (
        <button type="button" class="wide" onClick={() => setWhole(true)}>
          Show all {part.lines.length.toLocaleString("en")} lines
        </button>
      )}
    </>
  );
};

const SIGNS = { added: "+", removed: "-", same: "", hunk: "", note: "" } as const;

const Line = ({
  line: { kind, text, before, after, at },
  pieces,
}: {
  readonly line: PatchLine;
  readonly pieces: readonly Piece[] | undefined;
}): JSX.Element => (
  <tr class={kind} data-line={at} data-match={kind === "hunk" ? "" : undefined}>
    <td class="n">{before}</td>
    <td class="n">{after}</td>
    <td class="sign">
      {SIGNS[kind]}
      {kind === "added" || kind === "removed" ? <span class="unseen">{kind}</span> : null}
    </td>
    <td>
      <bdi>
        {pieces === undefined
          ? shownText(text)
          : pieces.map((piece) => <Marked key={piece} piece={piece} kind={kind} />)}
      </bdi>
    </td>
  </tr>
);

const Marked = ({ piece, kind }: { readonly piece: Piece; readonly kind: PatchLine["kind"] }): JSX.Element => {
  const text = visibleLines(piece.text);
  if (!piece.isChanged) return <>{text}</>;
  return kind === "added" ? <ins>{text}</ins> : <del>{text}</del>;
};

const shownText = (text: string): string =>
  text.length <= CHARACTERS_MAX
    ? visibleLines(text)
    : `${visibleLines(text.slice(0, CHARACTERS_MAX))}… ${text.length - CHARACTERS_MAX} more characters`;

/** Lines that were taken away beside as many that came for them: those are the same lines, changed. */
const piecesOf = (lines: readonly PatchLine[]): ReadonlyMap<PatchLine, readonly Piece[]> => {
  const pieces = new Map<PatchLine, readonly Piece[]>();
  for (let at = 0; at < lines.length;) {
    const removed = runOf(lines, at, "removed");
    const added = runOf(lines, at + removed.length, "added");
    if (removed.length > 0 && removed.length === added.length)
      for (const [place, before] of removed.entries()) {
        const after = added[place];
        if (after === undefined || before.text.length > CHARACTERS_MAX || after.text.length > CHARACTERS_MAX) continue;
        const changes = wordChanges(before.text, after.text);
        pieces.set(before, changes.before);
        pieces.set(after, changes.after);
      }
    at += Math.max(1, removed.length + added.length);
  }
  return pieces;
};

const runOf = (lines: readonly PatchLine[], from: number, kind: PatchLine["kind"]): readonly PatchLine[] => {
  let end = from;
  while (lines[end]?.kind === kind) end += 1;
  return lines.slice(from, end);
};
