import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import type { Step } from "../../../harness/objects/step.ts";
import type { Api } from "../../api.ts";
import { here, query } from "../navigation.ts";
import { usePageKeys } from "../page-keys.ts";
import { PageHead } from "../parts/page-head.tsx";
import { Panel } from "../parts/panel.tsx";
import { Empty, Shown, Trouble, Waiting } from "../parts/shown.tsx";
import { StateWord } from "../parts/state-word.tsx";
import { useAllSteps, STEPS_MAX } from "../replay/all-steps.ts";
import { Levels } from "../replay/levels.tsx";
import { Reverify } from "../replay/reverify.tsx";
import { StepList } from "../replay/step-list.tsx";
import { stageFrom, worldAt } from "../replay/world-at.ts";
import { World } from "../replay/world.tsx";
import { useResource } from "../resource.ts";
import type { PageProps } from "../routes.ts";
import { addressOf } from "../run-addresses.ts";
import { ofRun } from "../run/while-open.ts";

/** One run stepped through: the events, what was known at each, and the ways to do it again. */
export const Page = ({ name }: PageProps): JSX.Element => {
  const run = useResource<Api["/api/r/:name"]>(addressOf(name), ofRun(name));
  const [round, setRound] = useState(0);
  const events = useAllSteps(name, round);
  return (
    <>
      <PageHead
        title={`Replay ${name}`}
        trail={
          <>
            <a href="/runs">Runs</a> / <a href={`/r/${encodeURIComponent(name)}`}>{name}</a>
          </>
        }
        facts={
          run.kind === "ready" ? (
            <StateWord state={run.value.state} word={run.value.word} seq={run.value.seq} />
          ) : undefined
        }
      />
      <Shown of={run} what="the run" rows={3} near={(other) => `/r/${encodeURIComponent(other)}/replay`}>
        {({ replayPaths, bundle }) => (
          <div class="stack">
            {events.kind === "problem" ? (
              <Trouble problem={events.problem} again={() => setRound((now) => now + 1)} />
            ) : events.kind === "reading" ? (
              <Panel title="Events" aside={`${events.steps.length.toLocaleString("en")} read`}>
                <Waiting what="the events" rows={10} />
              </Panel>
            ) : events.steps.length === 0 ? (
              <Panel title="Events">
                <Empty>No event was recorded: the run was refused before it began.</Empty>
              </Panel>
            ) : (
              <Stepper run={name} steps={events.steps} isCut={events.isCut} />
            )}
            {bundle === undefined || replayPaths === undefined ? (
              <Panel title="Do it again">
                <Empty>Not sealed yet: the levels appear at the seal event.</Empty>
              </Panel>
            ) : (
              <>
                <Levels run={name} paths={replayPaths} />
                <Reverify run={name} />
              </>
            )}
          </div>
        )}
      </Shown>
    </>
  );
};

const PLAYS_EVERY_MS = 700;

const Stepper = ({
  run,
  steps,
  isCut,
}: {
  readonly run: string;
  readonly steps: readonly Step[];
  readonly isCut: boolean;
}): JSX.Element | null => {
  const asked = here.value.query.get("step");
  const at = Math.max(
    steps.findIndex(({ seq }) => String(seq) === asked),
    0,
  );
  const step = steps[at];
  const [plays, setPlays] = useState(false);
  const goTo = (seq: number | undefined): void => {
    if (seq !== undefined) query({ step: String(seq) });
  };
  const move = (by: 1 | -1): void => goTo(steps[at + by]?.seq);
  usePageKeys({ id: run, move });
  const isLast = at === steps.length - 1;
  useEffect(() => {
    if (!plays) return;
    if (isLast) return setPlays(false);
    const timer = setTimeout(() => move(1), PLAYS_EVERY_MS);
    return () => clearTimeout(timer);
  }, [plays, at]);
  const world = useMemo(() => worldAt(steps, step?.seq ?? 0), [steps, step?.seq]);
  if (step === undefined) return null;
  const onKeyDown = (event: KeyboardEvent): void => {
    const isOwn = event.target instanceof Element && event.target.closest("button, a, summary, .lines") !== null;
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === 1 || by === -1) move(by);
    else if (event.key === " " && !isOwn && !matchMedia("(prefers-reduced-motion: reduce)").matches)
      setPlays((now) => !now);
    else return;
    event.preventDefault();
  };
  const stage = stageFrom(steps, step.seq);
  return (
    <section class="stepper" aria-label="Step through the events" tabIndex={0} onKeyDown={onKeyDown}>
      <div class="acts stepper-acts">
        <button type="button" disabled={at === 0} onClick={() => move(-1)}>
          Back
        </button>
        <button type="button" disabled={isLast} onClick={() => move(1)}>
          Step
        </button>
        <button
          type="button"
          class="plays"
          aria-pressed={plays}
          disabled={isLast}
          onClick={() => setPlays((now) => !now)}
        >
          {plays ? "Pause" : "Play"}
        </button>
        <button type="button" disabled={stage === undefined} onClick={() => goTo(stage)}>
          Next stage
        </button>
        <p role="status">
          Event {step.seq} of {steps.at(-1)?.seq ?? 0}
          {isCut ? `, the first ${STEPS_MAX.toLocaleString("en")} of more` : ""}, stage {step.stage}
        </p>
      </div>
      <div class="stepper-columns">
        <Panel title="Events">
          <StepList steps={steps} seq={step.seq} go={goTo} />
        </Panel>
        <World run={run} step={step} world={world} />
      </div>
    </section>
  );
};
