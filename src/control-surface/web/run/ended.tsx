import type { JSX } from "preact";

import type { RunObject } from "../../../harness/objects/run.ts";
import { Command } from "../parts/copy.tsx";
import { Panel } from "../parts/panel.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { Told } from "../parts/told.tsx";

/** A run that ended without anything to accept: why, what did not happen, and what is next. */
export const Ended = ({ run }: { readonly run: RunObject }): JSX.Element => {
  const reasons = run.refusals ?? [];
  const says = isSaidAlready(run) ? undefined : run.says;
  return (
    <Panel
      title={run.state === "blocked" ? "What blocked it" : "How it ended"}
      kind={run.state === "blocked" ? "act" : "bad"}
    >
      <div class="body">
        <StateWord state={run.state} word={run.word} />
        {says === undefined ? null : (
          <p>
            <Told text={says} />
          </p>
        )}
        {reasons.length === 0 ? null : (
          <ul class="reasons">
            {reasons.map(({ code, says, next }) => (
              <li key={`${code} ${says}`}>
                <p>
                  <Told text={says} />
                </p>
                <p>
                  <code>{code}</code>
                </p>
                <p class="hint">
                  next: <Told text={next} />
                </p>
              </li>
            ))}
          </ul>
        )}
        <p class="hint">
          {run.commit === undefined ? (
            "There is nothing to accept: no commit of this run is recorded."
          ) : (
            <>
              It holds commit <code>{run.commit}</code>, which nobody can accept.
            </>
          )}
        </p>
        <Next next={run.next} />
      </div>
    </Panel>
  );
};

/** The sentence of the report quotes its first reason, which stands below it, or is the word of the state once more. */
const isSaidAlready = ({ says = "", word, refusals = [] }: RunObject): boolean =>
  refusals.some((reason) => says.includes(reason.says)) || says.replace("; the target ", "; target ") === `${word}.`;

/** A command to copy, or who is to act in words. */
const Next = ({ next }: { readonly next: string }): JSX.Element =>
  /^cto [a-z]+(?: [A-Z][A-Z0-9-]*)*$/.test(next) ? (
    <Command line={next} />
  ) : (
    <p class="hint">
      next: <Told text={next} />
    </p>
  );
