import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { LogLine } from "../../../harness/objects/log.ts";
import type { Step } from "../../../harness/objects/step.ts";
import { visible } from "../../../workflow/visible-text.ts";
import type { Api } from "../../api.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { useResource } from "../resource.ts";
import { LINES_A_PAGE, logOf } from "../run-addresses.ts";
import { useSettled } from "../use-settled.ts";
import { EventLinks } from "./event-links.tsx";
import { exitIn, wordIn } from "./event-words.ts";
import { ofRun } from "./while-open.ts";

/** What the Harness's own runs of the contract's command printed. The server searches it; what steers a terminal is dropped. */
export const ValidationLog = ({
  run,
  facts,
}: {
  readonly run: string;
  readonly facts: readonly Step[] | undefined;
}): JSX.Element => {
  const [stream, setStream] = useState("");
  const [words, setWords] = useState("");
  const [after, setAfter] = useState(0);
  const sought = useSettled(words);
  useEffect(() => setAfter(0), [stream, sought]);
  const log = useResource<Api["/api/r/:name/log"]>(logOf(run, stream, sought, after), ofRun(run));
  const streams = useRef<readonly string[]>([]);
  if (log.kind === "ready") streams.current = log.value.streams;
  const ends = (facts ?? []).filter(({ label }) => label === "validation.finished");
  return (
    <Panel title="Validation log" id="validation" aside="run by the Harness itself">
      {ends.length === 0 ? null : (
        <ul class="grid-rows">
          {ends.map((end) => (
            <li key={end.seq} data-event={end.seq}>
              <code>{visible(wordIn(end, "on") ?? "")}</code>
              <span>{visible(exitIn(end))}</span>
              <EventLinks events={[end.seq]} />
            </li>
          ))}
        </ul>
      )}
      <search class="log-search">
        <label class="field">
          Find in the log
          <input type="search" value={words} onInput={({ currentTarget: { value } }) => setWords(value)} />
        </label>
        <label class="field">
          Printed by
          <select value={stream} onChange={({ currentTarget: { value } }) => setStream(value)}>
            <option value="">all</option>
            {streams.current.map((one) => (
              <option key={one} value={one}>
                {visible(one)}
              </option>
            ))}
          </select>
        </label>
      </search>
      <Shown of={log} what="the log" rows={6}>
        {({ lines, matches }) => (
          <>
            <p class="count-of soft">
              {matches.toLocaleString("en")} {sought === "" ? "lines" : "lines hold these words"}
            </p>
            {lines.length === 0 ? (
              <Empty>{sought === "" ? "Nothing was printed." : "No line holds these words."}</Empty>
            ) : (
              <Lines lines={lines} sought={sought} />
            )}
            <More after={after} shown={lines.length} matches={matches} to={setAfter} />
          </>
        )}
      </Shown>
    </Panel>
  );
};

const Lines = ({ lines, sought }: { readonly lines: readonly LogLine[]; readonly sought: string }): JSX.Element => (
  <div class="lines" tabIndex={0} role="region" aria-label="Lines of the log">
    <table>
      <tbody>
        {lines.map(({ n, stream, text }, at) => (
          <>
            {lines[at - 1]?.stream === stream ? null : (
              <tr key={`head ${stream} ${n}`} class="hunk">
                <td class="n" />
                <td>{visible(stream)}</td>
              </tr>
            )}
            <tr key={`${stream} ${n}`}>
              <td class="n">{n}</td>
              <td>
                <bdi>{marked(text, sought)}</bdi>
              </td>
            </tr>
          </>
        ))}
      </tbody>
    </table>
  </div>
);

const CHARACTERS_MAX = 4000;

/** The server has escaped the line already; it is cut where nobody reads on. */
const marked = (line: string, sought: string): readonly (string | JSX.Element)[] => {
  const text =
    line.length <= CHARACTERS_MAX ? line : `${line.slice(0, CHARACTERS_MAX)}… ${line.length - CHARACTERS_MAX} more`;
  if (sought === "") return [text];
  return text.split(sought).flatMap((part, at) =>
    at === 0
      ? [part]
      : [
          <mark key={at} data-match="">
            {sought}
          </mark>,
          part,
        ],
  );
};

const More = ({
  after,
  shown,
  matches,
  to,
}: {
  readonly after: number;
  readonly shown: number;
  readonly matches: number;
  readonly to: (after: number) => void;
}): JSX.Element | null =>
  after === 0 && shown === matches ? null : (
    <nav class="pages" aria-label="Pages of the log">
      <button type="button" disabled={after === 0} onClick={() => to(Math.max(0, after - LINES_A_PAGE))}>
        Earlier
      </button>
      <span>
        lines {after + 1} to {after + shown} of {matches.toLocaleString("en")}
      </span>
      <button type="button" disabled={after + shown >= matches} onClick={() => to(after + LINES_A_PAGE)}>
        Later
      </button>
    </nav>
  );
