import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { visibleLines } from "../../../workflow/visible-text.ts";

const LINES_A_PAGE = 1000;
const CHARACTERS_MAX = 4000;

/** Lines by their numbers, a page of them at a time; `#L12` leads to the page that has line 12. Nothing is rendered. */
export const NumberedLines = ({
  lines,
  label,
  anchors,
}: {
  readonly lines: readonly string[];
  readonly label: string;
  /** Whether its numbers are addresses. */
  readonly anchors: "linked" | "plain";
}): JSX.Element => {
  const asked = anchors === "linked" ? lineAsked(lines.length) : undefined;
  const [from, setFrom] = useState(asked === undefined ? 0 : pageOf(asked));
  const [chosen, setChosen] = useState(asked);
  useEffect(() => {
    if (anchors === "plain") return;
    const follow = (): void => {
      const line = lineAsked(lines.length);
      setChosen(line);
      if (line !== undefined) setFrom(pageOf(line));
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [lines]);
  useEffect(() => {
    if (chosen !== undefined) document.getElementById(`L${chosen}`)?.scrollIntoView({ block: "center" });
  }, [chosen, from, lines]);
  const shown = lines.slice(from, from + LINES_A_PAGE);
  return (
    <>
      <div class="lines" tabIndex={0} role="region" aria-label={label}>
        <table>
          <tbody>
            {shown.map((line, at) => {
              const n = from + at + 1;
              return (
                <tr key={n} id={anchors === "linked" ? `L${n}` : undefined} class={n === chosen ? "chosen" : ""}>
                  <td class="n">{anchors === "linked" ? <a href={`#L${n}`}>{n}</a> : n}</td>
                  <td>
                    <bdi>{shownLine(line)}</bdi>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {lines.length <= LINES_A_PAGE ? null : (
        <nav class="pages" aria-label={`Pages of ${label}`}>
          <button type="button" disabled={from === 0} onClick={() => setFrom(from - LINES_A_PAGE)}>
            Earlier
          </button>
          <span>
            lines {from + 1} to {from + shown.length} of {lines.length.toLocaleString("en")}
          </span>
          <button
            type="button"
            disabled={from + shown.length >= lines.length}
            onClick={() => setFrom(from + LINES_A_PAGE)}
          >
            Later
          </button>
        </nav>
      )}
    </>
  );
};

const shownLine = (line: string): string =>
  line.length <= CHARACTERS_MAX
    ? visibleLines(line)
    : `${visibleLines(line.slice(0, CHARACTERS_MAX))}… ${line.length - CHARACTERS_MAX} more characters`;

const pageOf = (line: number): number => Math.floor((line - 1) / LINES_A_PAGE) * LINES_A_PAGE;

const lineAsked = (count: number): number | undefined => {
  const line = Number(/^#L([1-9]\d{0,8})$/.exec(location.hash)?.[1]);
  return line <= count ? line : undefined;
};
