import type { WorkState } from "../../workflow/contract/work-item.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { STATE_WORDS } from "../../workflow/state-words.ts";
import { visible } from "../../workflow/visible-text.ts";
import { openWorkGround } from "../home/work-ground.ts";
import type { WorkerObject } from "../objects/worker.ts";
import type { World } from "../world.ts";
import { openRuns, type RunView } from "./read-runs.ts";
import { readWorkers } from "./read-workers.ts";
import { knownWorks, type WorkView } from "./read-works.ts";
import { viewsOfWorks } from "./views-of-works.ts";

/** What needs whom, what is running, how many of each: the inbox of every surface. */
export interface Status {
  /** Work items that wait for somebody, the worst first. */
  readonly needs: readonly WorkView[];
  readonly running: readonly RunView[];
  readonly workers: readonly WorkerObject[];
  readonly counts: Readonly<Record<string, number>>;
  /** Settled work items, older than the newest ones, whose bundles were not hashed for this answer. */
  readonly unhashed: number;
}

/**
 * `asked` is a principal, a role, or `me`: the principal of this user's name; the operator is whoever sits here. What is
 * settled waits for nobody while its bundle holds, so only the newest of it is looked at each time: the cost is that of
 * what is open.
 */
export const readStatus = async (world: World, asked?: string): Promise<Status> => {
  const ground = await openWorkGround(world);
  const newest = await world.store.listRuns({ shown: SETTLED, limit: LIMITS.statusBundlesMax });
  const looked = new Set(newest.rows.map(({ work }) => work));
  const open: WorkId[] = [];
  const counts: Record<string, number> = {};
  let unhashed = 0;
  for (const work of knownWorks(ground)) {
    const state = ground.rows.get(work)?.state ?? "candidate";
    if (isSettled(state) && !looked.has(work)) {
      counts[state] = (counts[state] ?? 0) + 1;
      if (SETTLED.some((one) => one === state)) unhashed += 1;
      continue;
    }
    open.push(work);
  }
  const works = await viewsOfWorks(ground, open);
  for (const { state } of works) counts[state] = (counts[state] ?? 0) + 1;
  const waiting = works.filter(({ who }) => who !== "nobody").toSorted(worstFirst);
  return {
    needs: asked === undefined ? waiting : waiting.filter((view) => waitsFor(world, view, asked)),
    running: (await openRuns(world)).filter(({ state }) => state !== "interrupted"),
    workers: (await readWorkers(world)).workers,
    counts,
    unhashed,
  };
};

/** Nobody acts on these any more, and each of them rests on a bundle. */
const SETTLED = ["accepted", "rolled_back"] as const;

const isSettled = (state: WorkState): boolean =>
  state === "superseded" || state === "retired" || SETTLED.some((one) => one === state);

const waitsFor = (world: World, { who, owner }: WorkView, asked: string): boolean => {
  const name = asked === "me" ? world.operator.user : asked;
  if (who === "operator") return asked === "me";
  return owner === name || who === asked;
};

/** Who acts next, by name where the packet names an owner. */
export const personOf = (who: WorkView["who"], owner: string | null): string =>
  who === "owner" && owner !== null ? `owner ${visible(owner)}` : who;

const worstFirst = (a: WorkView, b: WorkView): number =>
  Number(STATE_WORDS[b.state].first) - Number(STATE_WORDS[a.state].first) ||
  ((a.since ?? "") < (b.since ?? "") ? 1 : -1);
