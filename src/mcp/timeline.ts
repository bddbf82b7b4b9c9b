import type { ChainedEvent } from "../workflow/event-chain.ts";

/** One fact of a run, as a page or an assistant shows it (surface.md 4.5). */
export interface Step {
  readonly seq: number;
  readonly label: string;
  readonly trust: ChainedEvent["trust"];
  readonly startedAt: string;
  readonly subject: string;
  readonly detail: ChainedEvent["data"];
}

export const stepOf = ({ sequence, type, trust, time, subject, data }: ChainedEvent): Step => ({
  seq: sequence,
  label: type,
  trust,
  startedAt: time,
  subject,
  detail: data,
});
