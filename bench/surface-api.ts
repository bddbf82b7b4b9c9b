import { surfaceOver, type Surface } from "../test/control-surface/surface.ts";
import { makeGround } from "../test/journeys/ground.ts";
import { ratio } from "./measure.ts";
import { fillRuns } from "./surface-fill.ts";

const FEW = 100;
const MANY = 100_000;
const TIMES = 200;
const BOUND = 3;

/** What the lists of the API cost at 100,000 runs in the store, against the same at 100. */
export const apiRows = async (): Promise<readonly boolean[]> => {
  const [few, many] = [await filled(FEW), await filled(MANY)];
  try {
    const rows: boolean[] = [];
    for (const [what, path] of PATHS) {
      const [small, large] = await slowest(few.surface, many.surface, path);
      rows.push(ratio(`${what}, p95 of ${TIMES}: ${MANY} runs against ${FEW}`, large, small, BOUND));
    }
    return rows;
  } finally {
    await few.close();
    await many.close();
  }
};

const PATHS: readonly (readonly [what: string, path: string])[] = [
  ["runs", "/api/runs?limit=50"],
  ["runs of one state", "/api/runs?state=accepted&limit=50"],
  ["runs of one work item", "/api/runs?work=CTO-WORK-100003&limit=50"],
  ["runs after a cursor", "/api/runs?cursor=R-100005-01&limit=50"],
  ["a run that is not there", "/api/r/R-999-01"],
];

interface Filled {
  readonly surface: Surface;
  close(): Promise<void>;
}

const filled = async (runs: number): Promise<Filled> => {
  const ground = await makeGround();
  const world = await ground.open();
  const started = performance.now();
  await fillRuns(world, runs);
  process.stdout.write(`filled ${runs} runs in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  const surface = surfaceOver(world);
  return {
    surface,
    close: async () => {
      surface.end();
      await world.store.close();
      await ground.close();
    },
  };
};

// In turn, so that whatever else this machine does meets both alike.
const slowest = async (small: Surface, large: Surface, path: string): Promise<readonly [number, number]> => {
  const took: readonly [number[], number[]] = [[], []];
  for (let at = 0; at < TIMES + 10; at += 1)
    for (const [side, surface] of [small, large].entries()) {
      const started = performance.now();
      const response = await surface.get(path);
      await response.text();
      if (at >= 10) took[side === 0 ? 0 : 1].push(performance.now() - started);
    }
  return [p95(took[0]), p95(took[1])];
};

const p95 = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
