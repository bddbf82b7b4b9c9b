import { parseEvent, type ChainedEvent } from "../workflow/event-chain.ts";
import type { RunId } from "../workflow/ids.ts";
import type { EventType } from "../workflow/run-events.ts";
import { afterFact, type RunState } from "../workflow/run-state.ts";
import type { Step } from "./objects/step.ts";
import type { Page } from "./reading.ts";
import type { World } from "./world.ts";

/** A page of the facts of a run, in their order, each with the stage in which the line stood. */
export const readSteps = async (world: World, run: RunId, { after, limit }: Page): Promise<readonly Step[]> => {
  const events = (await world.store.facts(run)).map(parseEvent);
  const first = events.findIndex(({ sequence }) => sequence > after);
  if (first === -1) return [];
  const end = first + limit;
  const ended = endsOf(events);
  const steps: Step[] = [];
  let state: RunState | "none" = "none";
  for (const [place, event] of events.slice(0, end).entries()) {
    state = afterFact(state, event);
    if (place >= first) steps.push(stepOf(event, state.stage, ended.get(event.sequence)));
  }
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
