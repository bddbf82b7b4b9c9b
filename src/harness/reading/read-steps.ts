import type { ChainedEvent } from "../../workflow/event-chain.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { EventType } from "../../workflow/run-events.ts";
import { afterFact, type RunState } from "../../workflow/run-state.ts";
import type { Step, StepPage } from "../objects/step.ts";
import { factsOfRun } from "../run/facts-of-run.ts";
import type { World } from "../world.ts";
import type { Page } from "./reading.ts";

/** Which facts are asked for: without `types` all that come after `after`. */
export interface StepFilter extends Page {
  readonly types?: readonly string[];
}

/** A page of the facts of a run, in their order, each with the stage in which the line stood; and how many there are. */
export const readSteps = async (world: World, run: RunId, { after, limit, types }: StepFilter): Promise<StepPage> => {
  const all = stepsOf(await factsOfRun(world, run));
  const isAsked = ({ seq, label }: Step): boolean => seq > after && (types === undefined || types.includes(label));
  return { steps: firstOf(all, isAsked, limit), total: all.length };
};

const firstOf = (all: readonly Step[], isAsked: (step: Step) => boolean, limit: number): readonly Step[] => {
  const steps: Step[] = [];
  for (const step of all) {
    if (steps.length === limit) break;
    if (isAsked(step)) steps.push(step);
  }
  return steps;
};

/** The facts of a run that is long over are the same ones at each look: what they come to is the same as well. */
const drawn = new WeakMap<readonly ChainedEvent[], readonly Step[]>();

const stepsOf = (events: readonly ChainedEvent[]): readonly Step[] => {
  const before = drawn.get(events);
  if (before !== undefined) return before;
  const ended = endsOf(events);
  let state: RunState | "none" = "none";
  const steps = events.map((event) => {
    state = afterFact(state, event);
    return stepOf(event, state.stage, ended.get(event.sequence));
  });
  drawn.set(events, steps);
  return steps;
};

const stepOf = (
  { sequence, type, trust, time, subject, data }: ChainedEvent,
  stage: Step["stage"],
  endedAt: string | undefined,
): Step => ({
  seq: sequence,
  stage,
  label: type,
  trust,
  startedAt: time,
  ...(endedAt === undefined ? {} : { ms: Date.parse(endedAt) - Date.parse(time) }),
  subject,
  detail: data,
});

const ENDED_BY: Readonly<Partial<Record<EventType, EventType>>> = {
  "run.started": "run.finished",
  "backend.started": "backend.exited",
  "turn.started": "turn.finished",
  "tool.started": "tool.finished",
  "terminal.started": "terminal.finished",
  "permission.requested": "permission.decided",
  "model.requested": "model.answered",
  "validation.started": "validation.finished",
  "cancel.sent": "cancel.settled",
};

/** When each thing that began was ended: by the next fact of that kind about the same subject. */
const endsOf = (events: readonly ChainedEvent[]): ReadonlyMap<number, string> => {
  const next = new Map<string, string>();
  const ends = new Map<number, string>();
  for (const { sequence, type, subject, time } of events.toReversed()) {
    const end = ENDED_BY[type];
    const at = end === undefined ? undefined : next.get(`${end} ${subject}`);
    if (at !== undefined) ends.set(sequence, at);
    next.set(`${type} ${subject}`, time);
  }
  return ends;
};
