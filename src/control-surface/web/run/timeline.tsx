import type { JSX } from "preact";

import type { StepPage } from "../../../harness/objects/step.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { here, query } from "../navigation.ts";
import { lasting } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown } from "../parts/shown.tsx";
import { useResource } from "../resource.ts";
import { eventsAfter, FACTS_A_PAGE } from "../run-addresses.ts";
import { useDrawn } from "../use-drawn.ts";
import { rowsOf, type TimelineRow, type Who } from "./timeline-rows.ts";
import { ofRun, useWhileOpen } from "./while-open.ts";

/** What happened, fact by fact, with whose word each is; idle stretches folded. */
export const Timeline = ({ run, isOpen }: { readonly run: string; readonly isOpen: boolean }): JSX.Element => {
  const asked = Number(here.value.query.get("from") ?? "0");
  const from = Number.isSafeInteger(asked) && asked > 0 ? asked : 0;
  const page = useResource<StepPage>(eventsAfter(run, from === 0 ? undefined : from - 1, FACTS_A_PAGE), ofRun(run));
  useWhileOpen(page, isOpen);
  return (
    <Panel title="Timeline" id="timeline" aside={<Legend />}>
      <Shown of={page} what="the events" rows={10}>
        {({ steps, total }) => (
          <>
            {steps.length === 0 ? <Empty>No event from number {from} on.</Empty> : <Rows rows={rowsOf(steps)} />}
            <Pages from={from} shown={steps.length} total={total} />
          </>
        )}
      </Shown>
    </Panel>
  );
};

const WORDS: Readonly<Record<Who, string>> = {
  harness: "Harness",
  agent: "said by the agent",
  validation: "validation",
  human: "human-signed",
};

const Legend = (): JSX.Element => (
  <span class="legend">
    {(["harness", "agent", "validation"] as const).map((who) => (
      <span key={who} class={`who ${who}`}>
        {WORDS[who]}
      </span>
    ))}
  </span>
);

/** About as many as the first window shows. */
const SEEN_AT_FIRST = 24;

const Rows = ({ rows }: { readonly rows: readonly TimelineRow[] }): JSX.Element => {
  const drawn = useDrawn(rows.length, SEEN_AT_FIRST);
  return (
    <table class="timeline">
      <colgroup>
        <col class="of-seq" />
        <col class="of-label" />
        <col />
        <col class="of-axis" />
        <col class="of-time" />
      </colgroup>
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">What</th>
          <th scope="col">Said of it</th>
          <th scope="col">When, on an axis</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, drawn).map((row) => (
          <Row key={row.first} row={row} />
        ))}
      </tbody>
    </table>
  );
};

const SAYS_MAX = 240;

const Row = ({ row }: { readonly row: TimelineRow }): JSX.Element => {
  const { first, last, label, says, who, startedAt, ms, isBad, isQuiet, from, length, idle } = row;
  return (
    <tr id={`event-${first}`} data-event={first} class={`${isQuiet ? "quiet" : ""}${isBad ? " went-bad" : ""}`}>
      <td class="seq">{first === last ? first : `${first}–${last}`}</td>
      <th scope="row">
        <span class={`who ${who}`}>
          {visible(label)}
          {who === "harness" ? null : <span class="unseen">, {WORDS[who]}</span>}
        </span>
      </th>
      <td class="says">
        <div class={who === "agent" ? "claimed" : ""}>
          <bdi class="told">{cut(visible(says))}</bdi>
        </div>
      </td>
      <td class="axis">
        {idle === undefined ? null : <span class="idle">{lasting(idle)} idle, folded</span>}
        <span
          class={`bar ${who}`}
          style={{ marginInlineStart: `${(from * 100).toFixed(2)}%`, inlineSize: `${(length * 100).toFixed(2)}%` }}
        />
      </td>
      <td class="num">
        {ms === undefined ? <time dateTime={startedAt}>{startedAt.slice(11, 19)}</time> : lasting(ms)}
      </td>
    </tr>
  );
};

const cut = (text: string): string =>
  text.length <= SAYS_MAX ? text : `${text.slice(0, SAYS_MAX)}… ${text.length - SAYS_MAX} more characters`;

const Pages = ({
  from,
  shown,
  total,
}: {
  readonly from: number;
  readonly shown: number;
  readonly total: number;
}): JSX.Element | null => {
  if (from === 0 && shown === total) return null;
  const to = (first: number): void => query({ from: first === 0 ? undefined : String(first) });
  const lastPage = Math.floor((total - 1) / FACTS_A_PAGE) * FACTS_A_PAGE;
  return (
    <nav class="pages" aria-label="Pages of the timeline">
      <button type="button" disabled={from === 0} onClick={() => to(0)}>
        First
      </button>
      <button type="button" disabled={from === 0} onClick={() => to(Math.max(0, from - FACTS_A_PAGE))}>
        Earlier
      </button>
      <span>
        events {from} to {from + shown - 1} of {total.toLocaleString("en")}
      </span>
      <button type="button" disabled={from + shown >= total} onClick={() => to(from + FACTS_A_PAGE)}>
        {from + shown < total ? `${(total - from - shown).toLocaleString("en")} later` : "Later"}
      </button>
      <button type="button" disabled={from + shown >= total} onClick={() => to(lastPage)}>
        Last
      </button>
    </nav>
  );
};
