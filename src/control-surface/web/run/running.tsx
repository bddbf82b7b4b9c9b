import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { RunObject } from "../../../harness/objects/run.ts";
import type { Step } from "../../../harness/objects/step.ts";
import { onlyReads, tell, type Problem } from "../ask.ts";
import { live } from "../live.ts";
import { usePageKeys } from "../page-keys.ts";
import { Dialog } from "../parts/dialog.tsx";
import { Elapsed } from "../parts/elapsed.tsx";
import { Panel } from "../parts/panel.tsx";
import { Trouble } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Code, Told } from "../parts/told.tsx";
import { addressOf } from "../run-addresses.ts";
import { deniedIn, pathsIn } from "./seen.ts";

/** A run that goes on: where it stands, what is seen of it, and the way to end it. */
export const Running = ({
  run,
  seen,
}: {
  readonly run: RunObject;
  readonly seen: readonly Step[] | undefined;
}): JSX.Element => {
  const paths = seen === undefined ? [] : pathsIn(seen);
  // Nothing of it runs yet, so nothing is counted.
  if (run.state === "queued")
    return (
      <Panel title="Ordered" kind="plain">
        <div class="body">
          <StateWord state={run.state} word={run.word} />
          <dl class="facts-of">
            <Order run={run} />
          </dl>
          <Stop run={run} />
        </div>
      </Panel>
    );
  return (
    <Panel title="Running" kind="plain">
      <div class="body">
        <StateWord state={run.state} word={run.word} />
        <dl class="facts-of">
          <dt>Elapsed</dt>
          <dd>
            <Elapsed since={run.startedAt} />
          </dd>
          <Order run={run} />
          <dt>Seen written</dt>
          <dd data-count="paths">
            {seen === undefined ? "not known yet" : `${paths.length} ${paths.length === 1 ? "path" : "paths"}`}
          </dd>
          <dt>Denied so far</dt>
          <dd>{seen === undefined ? "not known yet" : deniedIn(seen).length}</dd>
        </dl>
        {paths.length === 0 ? null : (
          <ul class="words">
            {paths.map((path) => (
              <li key={path}>
                <Code text={path} />
              </li>
            ))}
          </ul>
        )}
        <Stop run={run} />
      </div>
    </Panel>
  );
};

/** Where it waits, and who has it. */
const Order = ({ run: { order } }: { readonly run: RunObject }): JSX.Element | null =>
  order === undefined ? null : (
    <>
      <dt>Queue</dt>
      <dd>
        <Told text={order.queue} />
        {order.place === undefined ? "" : `, place ${order.place} of ${order.of ?? order.place}`}
      </dd>
      <dt>Worker</dt>
      <dd>{order.worker === undefined ? "none has it yet" : <Code text={order.worker} />}</dd>
    </>
  );

/** Asks once, with a reason; what is stopped leaves the target as it was. */
const Stop = ({ run: { run, state } }: { readonly run: RunObject }): JSX.Element => {
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const mayStop = !onlyReads.value && (state === "executing" || state === "queued");
  usePageKeys({ id: run, ...(mayStop ? { stop: () => setAsking(true) } : {}) });
  if (state === "stopping") return <p class="hint">It was asked to stop.</p>;
  if (onlyReads.value)
    return (
      <p class="hint">
        This server only reads. In the terminal: <code>cto stop {run} --reason TEXT</code>
      </p>
    );
  const stop = async (): Promise<void> => {
    const answer = await tell<object>(addressOf(run, "/stop"), { reason });
    setAsking(false);
    setProblem(answer.ok ? undefined : answer.problem);
  };
  return (
    <>
      <button type="button" class="harm wide" disabled={live.value !== "live"} onClick={() => setAsking(true)}>
        Stop this run
      </button>
      <p class="hint">
        {state === "queued"
          ? "No agent is started then. Its approval is spent when a worker ends it."
          : "A stopped run commits nothing; what it did until then is sealed. Its approval is spent."}
      </p>
      {problem === undefined ? null : <Trouble problem={problem} again={() => setProblem(undefined)} />}
      {isAsking ? (
        <Dialog label="Stop this run" close={() => setAsking(false)}>
          <form
            class="body"
            onSubmit={(event) => {
              event.preventDefault();
              void stop();
            }}
          >
            <h2>Stop {run}?</h2>
            <label class="field">
              Reason
              <input
                type="text"
                required
                maxLength={1000}
                value={reason}
                onInput={({ currentTarget }) => setReason(currentTarget.value)}
              />
            </label>
            <div class="acts">
              <button type="submit" class="harm" disabled={reason.trim() === "" || live.value !== "live"}>
                Stop it
              </button>
              <button type="button" onClick={() => setAsking(false)}>
                Let it run
              </button>
            </div>
          </form>
        </Dialog>
      ) : null}
    </>
  );
};
