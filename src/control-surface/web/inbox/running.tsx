import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { RunningObject } from "../../../harness/objects/status.ts";
import type { Step } from "../../../harness/objects/step.ts";
import { visible } from "../../../workflow/visible-text.ts";
import type { Api } from "../../api.ts";
import { ask } from "../ask.ts";
import { Elapsed } from "../parts/elapsed.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Told } from "../parts/told.tsx";
import { eventsAfter } from "../run-addresses.ts";
import { useEvery } from "../use-every.ts";

/** Runs that go on now: their stage, the newest fact that the Harness saw, and how long they have lasted. */
export const Running = ({ runs }: { readonly runs: readonly RunningObject[] }): JSX.Element => (
  <Panel title="Running" aside={`${runs.length}`}>
    {runs.length === 0 ? <Empty>Nothing runs.</Empty> : null}
    <ul class="rows">
      {runs.map((run) => (
        <RunningRow key={run.run} run={run} />
      ))}
    </ul>
  </Panel>
);

const RunningRow = ({ run: shown }: { readonly run: RunningObject }): JSX.Element => {
  const { run, work, state, word, startedAt, order } = shown;
  const seen = useNewestSeen(run);
  return (
    <li>
      <a href={`/r/${encodeURIComponent(run)}`} data-row>
        <div class="grow">
          <p class="row-title">
            <span class="mono">{visible(run)}</span> {visible(work)}
          </p>
          <p class="hint">
            {order?.worker === undefined ? null : (
              <>
                with <Told text={order.worker} />;{" "}
              </>
            )}
            {seen === "unasked" ? "what was seen is not known yet" : null}
            {seen === "nothing" ? "nothing seen yet" : null}
            {typeof seen === "string" ? null : (
              <>
                seen: <Told text={`${seen.label} ${seen.subject}`} />
                <span class="seq"> #{seen.seq}</span>
              </>
            )}
          </p>
        </div>
        <StateWord state={state} word={word} />
        <Elapsed since={startedAt} />
      </a>
    </li>
  );
};

const LOOKS_EVERY_MS = 2000;

interface Looked {
  readonly after: number | undefined;
  readonly seen: Step | "nothing" | "unasked";
}

/** Reads on from where it was: facts of a run are told by no record of the ledger. Claims are not what was seen. */
const useNewestSeen = (run: string): Step | "nothing" | "unasked" => {
  const [at, setAt] = useState<Looked>({ after: undefined, seen: "unasked" });
  const look = async (): Promise<void> => {
    const answer = await ask<Api["/api/r/:name/events"]>(eventsAfter(run, at.after, 1000));
    if (!answer.ok) return;
    const seen = answer.value.steps.findLast(({ trust }) => trust === "harness-observed");
    const last = answer.value.steps.at(-1)?.seq ?? at.after;
    setAt((held) => {
      // Answers may come in another order than they were asked for: none takes back what a later one said.
      const isOlder = held.after !== undefined && (last === undefined || last <= held.after);
      if (isOlder) return held;
      return { after: last, seen: seen ?? (held.seen === "unasked" ? "nothing" : held.seen) };
    });
  };
  useEffect(() => void look(), [run]);
  useEvery(LOOKS_EVERY_MS, () => void look());
  return at.seen;
};
