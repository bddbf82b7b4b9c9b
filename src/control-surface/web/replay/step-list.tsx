import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Step } from "../../../harness/objects/step.ts";
import { visible } from "../../../workflow/visible-text.ts";
import { labelOf, saidIn } from "../run/event-words.ts";
import { isClaim } from "../run/timeline-rows.ts";

const BEFORE = 60;
const AFTER = 100;

/** The facts around the one that is shown; claims are marked as what they are. */
export const StepList = ({
  steps,
  seq,
  go,
}: {
  readonly steps: readonly Step[];
  readonly seq: number;
  readonly go: (seq: number) => void;
}): JSX.Element => {
  const at = Math.max(
    steps.findIndex((step) => step.seq === seq),
    0,
  );
  const shown = steps.slice(Math.max(at - BEFORE, 0), at + AFTER);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const own = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (own === null || own === undefined || list.current === null) return;
    const top = own.offsetTop - list.current.offsetTop;
    if (top < list.current.scrollTop || top > list.current.scrollTop + list.current.clientHeight - 60)
      list.current.scrollTop = top - list.current.clientHeight / 3;
  }, [seq]);
  return (
    <ol class="steps" ref={list} aria-label="Events">
      {shown.map((step) => (
        <li key={step.seq} class={isClaim(step) ? "claimed" : ""}>
          <button
            type="button"
            class="step"
            aria-current={step.seq === seq ? "step" : undefined}
            data-event={step.seq}
            onClick={() => go(step.seq)}
          >
            <span class="seq">{step.seq}</span>
            <span>{visible(labelOf(step))}</span>
            <bdi class="soft step-said">{visible(saidIn(step))}</bdi>
            {isClaim(step) ? <span class="unseen">said by the agent</span> : null}
          </button>
        </li>
      ))}
    </ol>
  );
};
