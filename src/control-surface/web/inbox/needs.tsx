import type { JSX } from "preact";

import type { NeedObject } from "../../../harness/objects/status.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Moment } from "../parts/moment.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Code, Told } from "../parts/told.tsx";
import { SinceLooked } from "./since-looked.tsx";

/** What waits for somebody, the worst first: which, why, who acts, since when. */
export const Needs = ({ needs }: { readonly needs: readonly NeedObject[] }): JSX.Element => (
  <Panel title="Needs you" aside={`${needs.length}`} kind={needs.length === 0 ? "plain" : "act"}>
    {needs.length === 0 ? (
      <Empty>
        Nothing needs you. <Code text="cto packet lint" /> says whether a new packet is ready.
      </Empty>
    ) : null}
    <ul class="rows">
      {needs.map((need, place) => (
        <li key={need.work}>
          <a href={placeOf(need)} data-row>
            <div class="grow">
              <p class="row-title">
                <span class="mono">{visible(isOfRun(need) ? (need.run ?? need.work) : need.work)}</span>{" "}
                <Told text={need.title ?? ""} />
              </p>
              {place < LOOKED_AT_MOST && needsApproval(need) ? <SinceLooked work={need.work} /> : null}
              <p class="hint">
                next: <Told text={need.next} />
              </p>
            </div>
            <div class="row-state">
              <StateWord state={need.state} word={need.word} />
            </div>
            <span class="soft row-end">
              <Told text={need.who} />
              {need.since === undefined ? null : (
                <>
                  {" · "}
                  <Moment at={need.since} />
                </>
              )}
            </span>
          </a>
        </li>
      ))}
    </ul>
  </Panel>
);

// What a run ended with is looked at there; what is still to be approved, on the work item.
const OF_RUN = /^(?:tampered|rollback_failed|awaiting_outcome|rejected|voided|failed|interrupted|stopped)/;

const isOfRun = ({ state, run }: NeedObject): boolean => run !== undefined && OF_RUN.test(state);

// The first page asks few things; whoever waits further down is looked at one by one.
const LOOKED_AT_MOST = 4;

const needsApproval = ({ state, reason }: NeedObject): boolean =>
  reason === "approval/absent" || state === "stale" || state === "expired" || state === "withdrawn";

const placeOf = (need: NeedObject): string =>
  isOfRun(need) ? `/r/${encodeURIComponent(need.run ?? "")}` : `/w/${encodeURIComponent(need.work)}`;
