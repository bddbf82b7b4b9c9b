import { randomInt } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";

import { parseEvent } from "../../src/workflow/event-chain.ts";
import type { WorkId } from "../../src/workflow/ids.ts";
import { makeSoakHome, orderRound, type SoakHome } from "./soak-home.ts";
import { tallyOf, type Tally } from "./soak-tally.ts";
import { startSoakWorker, type SoakWorker } from "./soak-worker.ts";

// `npm run test:scale -- --runs 500`: demo-size runs over three targets and two workers that are killed at random moments.
// It ends with every bundle verified and every ledger checked, prints what it counted, and fails where anything is lost.

const { values } = parseArgs({ options: { runs: { type: "string", default: "30" } } });
const RUNS = Number(values.runs);
if (!Number.isSafeInteger(RUNS) || RUNS < 3) throw new RangeError("--runs takes a whole number from 3");

const RUNS_OF_A_HOME = 30;
const ROUND_MS = 600_000;
let kills = 0;

/** Kills one of the workers now and then, at most twice in a round: a step may begin three times. */
const killAtRandom = async (workers: readonly SoakWorker[], over: AbortSignal): Promise<void> => {
  for (let left = randomInt(3); left > 0 && !over.aborted; left -= 1) {
    await wait(randomInt(200, 6_000), undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    await workers[randomInt(workers.length)]?.kill();
    kills += 1;
  }
};

const playRound = async (home: SoakHome, workers: readonly SoakWorker[], round: number): Promise<void> => {
  const works = await orderRound(home, round);
  const over = new AbortController();
  const killing = killAtRandom(workers, over.signal);
  const until = performance.now() + ROUND_MS;
  while (!(await areEnded(home, works))) {
    if (performance.now() > until)
      throw new Error(`round ${round} did not end\n${await standing(home, works, workers)}`);
    await wait(200);
  }
  over.abort();
  await killing;
};

const areEnded = async ({ world }: SoakHome, works: readonly WorkId[]): Promise<boolean> => {
  const rows = await Promise.all(works.map((work) => world.store.runs({ work })));
  return rows.flat().every(({ state }) => state === "ended");
};

/** Where each run stands, for whoever has to find out why it does not go on. */
const standing = async (
  { world }: SoakHome,
  works: readonly WorkId[],
  workers: readonly SoakWorker[],
): Promise<string> => {
  const rows = (await Promise.all(works.map((work) => world.store.runs({ work })))).flat();
  const runs = await Promise.all(
    rows.map(async ({ run, state, ending, token, holder }) => {
      const last = (await world.store.facts(run)).slice(-3).map((line) => parseEvent(line).type);
      const order = await world.engine.status(run, "execute");
      return { run, state, ending, token, held: world.isAlive(holder), order, last };
    }),
  );
  const queue = await world.engine.queue();
  return JSON.stringify({ runs, queue, workers: workers.map(({ said }) => said.slice(-8)) }, null, 1);
};

const playHome = async (runs: number): Promise<Tally> => {
  const home = await makeSoakHome();
  const workers = [0, 1].map(() => startSoakWorker(home.ground.home, home.switches));
  try {
    for (let round = 1; (round - 1) * home.targets.length < runs; round += 1) await playRound(home, workers, round);
    return await tallyOf(home);
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
    await home.close();
  }
};

const tallies: Tally[] = [];
const began = performance.now();
for (let left = RUNS; left > 0; left -= RUNS_OF_A_HOME) {
  const runs = Math.max(3, Math.min(left, RUNS_OF_A_HOME));
  tallies.push(await playHome(runs));
  const done = tallies.reduce((sum, tally) => sum + tally.runs, 0);
  console.log(`${done} of ${RUNS} runs, ${kills} kills, ${Math.round((performance.now() - began) / 1_000)} s`);
}

const all = <T>(of: (tally: Tally) => readonly T[]): readonly T[] => tallies.flatMap(of);
const sum = (of: (tally: Tally) => number): number => tallies.reduce((total, tally) => total + of(tally), 0);
const endings = Map.groupBy(
  tallies.flatMap((tally) => Object.entries(tally.endings)),
  ([ending]) => ending,
);
const runs = sum((tally) => tally.runs);
const verified = sum((tally) => tally.verified);
const lost = [
  ...all((tally) => tally.wrongCommits).map((run) => `${run}: wrong number of commits`),
  ...all((tally) => tally.approvalsUsedTwice).map((id) => `${id}: consumed twice`),
  ...all((tally) => tally.lostEvents).map((run) => `${run}: events lost`),
  ...all((tally) => tally.wrongRecords).map((seq) => `record ${seq} does not hold`),
];
console.log(`kills done                    ${kills}`);
console.log(`runs finished                 ${runs} (${sum((tally) => tally.takenOver)} times taken over)`);
for (const [ending, counts] of endings)
  console.log(`  ${ending.padEnd(28)}${counts.reduce((total, [, count]) => total + count, 0)}`);
console.log(`bundles that verify           ${verified}`);
console.log(
  `runs with a wrong commit      ${all((tally) => tally.wrongCommits).length} (each 1 where its outcome is awaited, else 0)`,
);
console.log(`approvals used twice          ${all((tally) => tally.approvalsUsedTwice).length}`);
console.log(`runs with lost events         ${all((tally) => tally.lostEvents).length}`);
for (const line of lost) console.log(line);
const failed = lost.length + (runs - verified);
console.log(`${runs - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
