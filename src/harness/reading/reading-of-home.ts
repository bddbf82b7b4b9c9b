import { checkTarget, readAdmissions } from "../admission/read-targets.ts";
import { readApprovals } from "../approval/read-approvals.ts";
import { explanationOf, TOPICS } from "../home/explanations.ts";
import { readHostile } from "../home/kept-hostile.ts";
import { readAuthority } from "../home/read-authority.ts";
import { readMetrics, readReadiness } from "../home/read-metrics.ts";
import { readNotices } from "../notices/read-notices.ts";
import { statusObject } from "../objects/status-object.ts";
import { admissionObject, targetCheckObject } from "../objects/target-object.ts";
import type { World } from "../world.ts";
import { readStatus } from "./read-status.ts";
import { readWorkers } from "./read-workers.ts";
import type { HomeReading } from "./reading.ts";
import { found, missing } from "./sought.ts";

export const homeReading = (world: World): HomeReading => ({
  status: async (asked) => statusObject(await readStatus(world, asked)),
  targets: async () => (await readAdmissions(world)).map(admissionObject),
  target: async (given) => {
    const readings = await readAdmissions(world);
    for (const { source, read } of readings)
      if (read.ok && read.value.id === given) {
        const check = await checkTarget(world, source, read.value);
        return found({ admission: read.value, path: source.path, sha256: source.digest, ...targetCheckObject(check) });
      }
    return missing(
      given,
      readings.flatMap(({ read }) => (read.ok ? [read.value.id] : [])),
    );
  },
  approvals: (work) => readApprovals(world, work),
  audit: async ({ after, limit }, { work, run } = {}) => {
    const { size } = (await world.store.head()).checkpoint;
    if (work === undefined && run === undefined) return { entries: await world.store.records({ after, limit }), size };
    const own = await world.store.records({
      ...(work === undefined ? {} : { work }),
      ...(run === undefined ? {} : { runs: [run] }),
    });
    return { entries: own.slice(after, after + limit), size, matches: own.length };
  },
  notices: (limit) => readNotices(world, limit),
  authority: () => readAuthority(world),
  hostile: () => readHostile(world),
  readiness: () => readReadiness(world),
  workers: () => readWorkers(world),
  metrics: () => readMetrics(world),
  explain: (code) => {
    const explanation = explanationOf(code);
    return explanation === undefined
      ? missing(
          code,
          TOPICS.flatMap(({ names }) => names),
        )
      : found(explanation);
  },
});
