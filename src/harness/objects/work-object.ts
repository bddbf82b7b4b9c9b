import type { WorkView } from "../read-works.ts";

/** A work item as JSON; what is not there is left out. */
export const workObject = (view: WorkView): { readonly [key: string]: unknown } => {
  const { work, title, state, reason, word, packet, target, lastRun, owner, who, next, since } = view;
  const known = { title, reason, packet, target, lastRun, owner, since };
  const there = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null));
  return { work, state, word, ...there, who, next };
};
