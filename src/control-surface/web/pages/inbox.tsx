import type { JSX } from "preact";

import { SHOWN_STATES } from "../../../workflow/state-words.ts";
import type { Api } from "../../api.ts";
import { Needs } from "../inbox/needs.tsx";
import { Running } from "../inbox/running.tsx";
import { SinceVisit, useSinceVisit } from "../inbox/since-visit.tsx";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { stateName } from "../parts/short-word.ts";
import { Empty, Shown, Waiting } from "../parts/shown.tsx";
import { toneOf } from "../parts/state-word.tsx";
import { useStatus } from "../parts/status.tsx";
import { useEvery } from "../use-every.ts";

/** What needs somebody, what runs, what happened, and how many there are of each state. */
export const Page = (): JSX.Element => {
  const status = useStatus();
  const runs = status.kind === "ready" ? status.value.running.length : 0;
  // The stage of a run moves without a record of the ledger.
  useEvery(STAGE_EVERY_MS, () => {
    if (runs > 0) status.refresh();
  });
  const since = useSinceVisit();
  // All of it at once: what comes later would move what is read already.
  if (status.kind === "loading" || since.audit.kind === "loading")
    return (
      <>
        <PageHead title="Inbox" />
        <Waiting what={status.kind === "loading" ? "the home's status" : "the ledger"} rows={12} />
      </>
    );
  return (
    <>
      <PageHead title="Inbox" />
      <div class="columns">
        <div class="stack">
          <Shown of={status} what="the home's status">
            {({ needs, running }) => (
              <>
                <Needs needs={needs} />
                <Running runs={running} />
              </>
            )}
          </Shown>
          <SinceVisit {...since} />
        </div>
        <div class="stack">{status.kind === "ready" ? <Counts counts={status.value.counts} /> : null}</div>
      </div>
    </>
  );
};

const STAGE_EVERY_MS = 2000;

const Counts = ({ counts }: { readonly counts: Api["/api/status"]["counts"] }): JSX.Element => {
  const all = SHOWN_STATES.flatMap((state) => {
    const count = counts[state];
    return count === undefined ? [] : [{ state, count }];
  });
  return (
    <Panel title="Work items" aside={`${all.reduce((sum, { count }) => sum + count, 0)}`}>
      {all.length === 0 ? <Empty>No packet proposes a work item yet.</Empty> : null}
      <ul class="rows">
        {all.map(({ state, count }) => (
          <li key={state}>
            <a href={`/packets?filter=${encodeURIComponent(state)}`}>
              <span class={`grow ${toneOf(state)} text`}>{stateName(state)}</span>
              <span class="num">{count}</span>
            </a>
          </li>
        ))}
      </ul>
    </Panel>
  );
};
