import type { JSX } from "preact";

import type { RunAction, RunObject } from "../../../harness/objects/run.ts";
import type { Step } from "../../../harness/objects/step.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty } from "../parts/shown.tsx";
import { Code, Told } from "../parts/told.tsx";
import { EventLinks } from "./event-links.tsx";
import { labelOf, saidIn } from "./event-words.ts";
import { deniedIn, isRefusedWrite } from "./seen.ts";

/** What was tried and denied, what each of the ten forbidden actions came to, and what each sandbox was tried with. */
export const Attempts = ({
  run,
  facts,
  seen,
}: {
  readonly run: RunObject;
  readonly facts: readonly Step[] | undefined;
  readonly seen: readonly Step[] | undefined;
}): JSX.Element => {
  const denied = run.attempts ?? [];
  const soFar = seen === undefined ? undefined : deniedIn(seen);
  const count = run.attempts === undefined ? soFar?.length : denied.length;
  return (
    <Panel
      title="Attempts and canaries"
      id="attempts"
      aside={
        count === undefined
          ? "not known yet"
          : run.attempts === undefined
            ? `${count} denied so far`
            : `${count} denied`
      }
    >
      {count === undefined ? <Empty>What was denied so far is not known yet.</Empty> : null}
      {count === 0 ? (
        <Empty>
          {run.attempts === undefined
            ? "No denied attempt is recorded so far."
            : "No attempt at anything forbidden is recorded."}
        </Empty>
      ) : null}
      <ul class="rows">
        {denied.map((attempt, at) => (
          <li key={at} class="row-of" data-event={attempt.events[0]}>
            <div class="row">
              <span class="state warn">
                <Icon name="warn" />
                <span>attempted and denied</span>
              </span>
              <Code text={attempt.action} />
              <span class="grow">
                <Told text={attempt.detail} />
              </span>
              <EventLinks events={attempt.events} />
            </div>
          </li>
        ))}
        {run.attempts === undefined
          ? soFar?.map((step) => (
              <li key={step.seq} data-event={step.seq}>
                <div class="row">
                  <span class="state warn">
                    <Icon name="warn" />
                    <span>{isRefusedWrite(step) ? "Write refused" : labelOf(step)}</span>
                  </span>
                  <span class="grow">
                    <Told text={saidIn(step)} />
                  </span>
                  <EventLinks events={[step.seq]} />
                </div>
              </li>
            ))
          : null}
      </ul>
      <Forbidden actions={run.forbiddenActions} />
      <Canaries passes={facts?.filter(({ label }) => label === "sandbox.canary")} />
    </Panel>
  );
};

const LOOKS: Readonly<Record<RunAction["verdict"], readonly [tone: string, icon: IconName]>> = {
  "not possible": ["neutral", "dash"],
  "not observed": ["neutral", "dash"],
  "attempted and denied": ["warn", "warn"],
  violated: ["bad", "cross"],
};

const Forbidden = ({ actions }: { readonly actions: readonly RunAction[] | undefined }): JSX.Element =>
  actions === undefined ? (
    <Empty>What each forbidden action came to is judged at the seal.</Empty>
  ) : (
    <>
      <h3 class="part-head">Forbidden actions</h3>
      <ul class="grid-rows">
        {actions.map(({ action, verdict, events }) => (
          <li key={action} data-event={events[0]}>
            <Code text={action} />
            <span class={`state ${LOOKS[verdict][0]}`}>
              <Icon name={LOOKS[verdict][1]} />
              <span>{verdict}</span>
            </span>
            <EventLinks events={events} />
          </li>
        ))}
      </ul>
    </>
  );

/** Passes that came to the same in one row; the name of each canary that did not hold. */
const Canaries = ({ passes }: { readonly passes: readonly Step[] | undefined }): JSX.Element =>
  passes === undefined ? (
    <Empty>Which canaries were tried is not known yet.</Empty>
  ) : passes.length === 0 ? (
    <Empty>No canary was tried: no sandbox was started.</Empty>
  ) : (
    <>
      <h3 class="part-head">Canaries</h3>
      <ul class="grid-rows canaries">
        {[...Map.groupBy(passes, (pass) => [saidIn(pass), ...fallenIn(pass)].join("; "))].map(([says, same]) => {
          const isFallen = same.some((pass) => fallenIn(pass).length > 0);
          return (
            <li key={says} data-event={same[0]?.seq}>
              <span class={`state ${isFallen ? "bad" : "neutral"}`}>
                <Icon name={isFallen ? "cross" : "dash"} />
                <span>{visible(says)}</span>
              </span>
              <EventLinks events={same.map(({ seq }) => seq)} />
            </li>
          );
        })}
      </ul>
    </>
  );

const fallenIn = ({ detail: { results } }: Step): readonly string[] =>
  Object.entries(typeof results === "object" && results !== null ? results : {}).flatMap(([name, result]) =>
    result === "held" || result === "not-tried" ? [] : [`${name}: ${typeof result === "string" ? result : "unknown"}`],
  );
