import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { RunClaim } from "../../../harness/objects/run.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/shown.tsx";
import { Told } from "../parts/told.tsx";
import { EventLinks } from "./event-links.tsx";

const SHOWN_AT_FIRST = 12;

/** Words of the agent and its backend. None of them proves anything, and none of them is rendered. */
export const SaidByTheAgent = ({ claims }: { readonly claims: readonly RunClaim[] | undefined }): JSX.Element => {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? (claims ?? []) : (claims ?? []).slice(0, SHOWN_AT_FIRST);
  const left = (claims ?? []).length - shown.length;
  return (
    <Panel title="Said by the agent" id="said" aside="claims: none of this is evidence">
      {claims === undefined ? <Empty>Gathered at the seal; until then the timeline has it.</Empty> : null}
      {claims?.length === 0 ? <Empty>The agent said nothing.</Empty> : null}
      <ul class="rows">
        {shown.map(({ event, type, text }) => (
          <li key={event} data-event={event}>
            <div class="row claimed">
              <span class="said-by">said by the agent · {visible(type)}</span>
              <span class="grow">
                <Told text={text} />
              </span>
              <EventLinks events={[event]} />
            </div>
          </li>
        ))}
      </ul>
      {left === 0 ? null : (
        <button type="button" class="wide" onClick={() => setWhole(true)}>
          Show {left} more
        </button>
      )}
    </Panel>
  );
};
