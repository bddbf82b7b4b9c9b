import type { JSX } from "preact";

import type { WorkChange } from "../../../harness/objects/work.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { stateName } from "../parts/short-word.ts";
import { Empty } from "../parts/shown.tsx";

/** What the ledger recorded of a work item, the newest first. */
export const History = ({ history }: { readonly history: readonly WorkChange[] }): JSX.Element => (
  <Panel title="History" id="history" aside={`${history.length} records`}>
    {history.length === 0 ? <Empty>Nothing is recorded of it yet.</Empty> : null}
    <ol class="rows" reversed>
      {history.toReversed().map(({ seq, at, by, event, state, run }) => (
        <li key={seq} data-event={seq}>
          <div class="row">
            <span class="seq">#{seq}</span>
            <code>{event}</code>
            {state === "unchanged" ? null : <span class="soft">now {stateName(state)}</span>}
            <span class="soft at-end">
              {run === null ? null : <a href={`/r/${encodeURIComponent(run)}`}>{visible(run)}</a>} {visible(by)} ·{" "}
              <Moment at={at} />
            </span>
          </div>
        </li>
      ))}
    </ol>
  </Panel>
);
