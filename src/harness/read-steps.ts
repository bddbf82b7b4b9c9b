import { parseEvent, type ChainedEvent } from "../workflow/event-chain.ts";
import type { RunId } from "../workflow/ids.ts";
import type { EventType } from "../workflow/run-events.ts";
import { afterFact, type RunState } from "../workflow/run-state.ts";
import type { Step, StepPage } from "./objects/step.ts";
import type { Page } from "./reading.ts";
import type { World } from "./world.ts";

/** Which facts are asked for: without `types` all that come after `after`. */
export interface StepFilter extends Page {
  readonly types?: readonly string[];
}

/** A page of the facts of a run, in their order, each with the stage in which the line stood; and how many there are. */
export const readSteps = async (world: World, run: RunId, { after, limit, types }: StepFilter): Promise<StepPage> => {
  const events = (await world.store.facts(run)).map(parseEvent);
  const ended = endsOf(events);
  const steps: Step[] = [];
  let state: RunState | "none" = "none";
  for (const event of events) {
    if (steps.length === limit) break;
    state = afterFact(state, event);
    const isAsked = event.sequence > after && (types === undefined || types.includes(event.type));
    if (isAsked) steps.push(stepOf(event, state.stage, ended.get(event.sequence)));
  }
  return { steps, total: events.length };
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
