import { STATE_WORDS } from "../workflow/state-words.ts";
import { visible } from "../workflow/visible-text.ts";
import { readRuns, type RunView } from "./read-runs.ts";
import { readWorks, type WorkView } from "./read-works.ts";
import type { World } from "./world.ts";

/** What needs whom, what is running, how many of each: the inbox of every surface. */
export interface Status {
  /** Work items that wait for somebody, the worst first. */
  readonly needs: readonly WorkView[];
  readonly running: readonly RunView[];
  readonly counts: Readonly<Record<string, number>>;
}

/** `asked` is a principal, a role, or `me`: the principal of this user's name; the operator is whoever sits here. */
export const readStatus = async (world: World, asked?: string): Promise<Status> => {
  const works = await readWorks(world);
  const waiting = works.filter(({ who }) => who !== "nobody").toSorted(worstFirst);
  const { runs } = await readRuns(world, {});
  return {
    needs: asked === undefined ? waiting : waiting.filter((view) => waitsFor(world, view, asked)),
    running: runs.filter(({ isOpen, state }) => isOpen && state !== "interrupted"),
    counts: countsOf(works),
  };
};

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

const countsOf = (works: readonly WorkView[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { state } of works) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
