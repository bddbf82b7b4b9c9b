import { readRuns } from "../../harness/read-runs.ts";
import { readWorks, type WorkView } from "../../harness/read-works.ts";
import type { World } from "../../harness/world.ts";
import { STATE_WORDS } from "../../workflow/state-words.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto status`: what needs whom, what is running, how many of each. */
export const act: Act<{ readonly needs?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const works = await readWorks(world);
    const waiting = works.filter(({ who }) => who !== "nobody").toSorted(worstFirst);
    const needs =
      flags.needs === undefined ? waiting : waiting.filter((view) => waitsFor(world, view, flags.needs ?? ""));
    const { runs } = await readRuns(world, {});
    const running = runs.filter(({ isOpen, state }) => isOpen && state !== "interrupted");
    const now = world.clock.now().epochMs;
    const counts = countsOf(works);
    const rows = needs.map(({ work, lastRun, word, who, owner, next, since }) => [
      lastRun ?? work,
      visible(word),
      since === null ? "" : relative(since, now),
      `${personOf(who, owner)}: ${visible(next)}`,
    ]);
    return {
      noun: "status",
      exit: EXIT.done,
      data: {
        needs: needs.map(({ work, lastRun, state, reason, word, who, owner, since, next }) => ({
          work,
          ...(lastRun === null ? {} : { run: lastRun }),
          state,
          ...(reason === null ? {} : { reason }),
          word,
          who: personOf(who, owner),
          ...(since === null ? {} : { since }),
          next,
        })),
        running: running.map(({ run, work, state, word, startedAt }) => ({ run, work, state, word, startedAt })),
        counts,
      },
      text: [
        rows.length === 0 ? "Nothing needs anybody." : table(rows),
        ...running.map(
          ({ run, word, startedAt }) => `running   ${run}  ${visible(word)}  since ${relative(startedAt, now)}`,
        ),
        ...(works.length === 0
          ? []
          : [
              Object.entries(counts)
                .map(([state, many]) => `${many} ${state}`)
                .join(" · "),
            ]),
      ].join("\n"),
    };
  });

// `me` is the principal of this user's name; the operator is whoever sits here.
const waitsFor = (world: World, { who, owner }: WorkView, asked: string): boolean => {
  const name = asked === "me" ? world.operator.user : asked;
  if (who === "operator") return asked === "me";
  return owner === name || who === asked;
};

const personOf = (who: WorkView["who"], owner: string | null): string =>
  who === "owner" && owner !== null ? `owner ${visible(owner)}` : who;

const worstFirst = (a: WorkView, b: WorkView): number =>
  Number(STATE_WORDS[b.state].first) - Number(STATE_WORDS[a.state].first) ||
  ((a.since ?? "") < (b.since ?? "") ? 1 : -1);

const countsOf = (works: readonly WorkView[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { state } of works) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
