import type { Store } from "../../seams/store.ts";
import { parseEvent, type ChainedEvent } from "../../workflow/event-chain.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";

interface Read {
  readonly lines: readonly string[];
  readonly events: readonly ChainedEvent[];
}

type Facts = Pick<Store, "facts">;

/** A page asks for the facts of one run in several ways, and again while it goes on: the same lines are read the same. */
const lastRead = new WeakMap<Facts, Map<RunId, Read>>();

/** Every fact that is recorded of a run, in order; the same list for the same facts. */
export const factsOfRun = async (
  { store }: { readonly store: Facts },
  run: RunId,
): Promise<readonly ChainedEvent[]> => {
  const lines = await store.facts(run);
  const kept = lastRead.get(store) ?? new Map<RunId, Read>();
  lastRead.set(store, kept);
  const before = kept.get(run);
  const read = before !== undefined && isSame(before.lines, lines) ? before : readAfter(before, lines);
  kept.delete(run);
  kept.set(run, read);
  for (const oldest of kept.keys()) if (kept.size > LIMITS.rememberedFactsMax) kept.delete(oldest);
  return read.events;
};

const isSame = (before: readonly string[], now: readonly string[]): boolean =>
  before.length === now.length && now.every((line, at) => line === before[at]);

const readAfter = (before: Read | undefined, lines: readonly string[]): Read => ({
  lines,
  events: lines.map((line, at) => (before?.lines[at] === line ? before.events[at] : undefined) ?? parseEvent(line)),
});
