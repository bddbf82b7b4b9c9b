import type { Bucket, Checked } from "../../seams/archive.ts";
import type { RunRow } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { shownAfterEnd } from "../../workflow/run-shown.ts";
import type { ShownState } from "../../workflow/state-words.ts";
import type { World } from "../world.ts";
import { sealHolds } from "./read-seal.ts";

export interface ArchivedRun {
  readonly run: RunId;
  readonly state: "pushed" | "there" | "not-here" | "altered-here";
  readonly bytes: number;
}

/** Uploads the bundles whose folders are here, all of them or one. What is not as it was sealed stays where it is. */
export const pushRuns = async (world: World, only: RunId | undefined): Promise<readonly ArchivedRun[]> => {
  const bucket = bucketOf(world);
  const runs = only === undefined ? await bucket.here() : [only];
  const rows: ArchivedRun[] = [];
  for (const run of runs) rows.push(await pushed(world, bucket, run));
  return rows;
};

const pushed = async (world: World, bucket: Bucket, run: RunId): Promise<ArchivedRun> => {
  if (!(await bucket.isHere(run))) return { run, state: "not-here", bytes: 0 };
  if (!(await sealHolds(world, run))) return { run, state: "altered-here", bytes: 0 };
  const done = await bucket.push(run);
  if (done === "absent") return { run, state: "not-here", bytes: 0 };
  return { run, state: done.written === 0 ? "there" : "pushed", bytes: done.bytes };
};

export interface CheckedRun {
  readonly run: RunId;
  /** Whether its folder is here too. */
  readonly isHere: boolean;
  readonly inBucket: Checked | "absent";
}

/** Reads the objects of one run, or of every sealed run that the ledger, this home or the bucket knows, back from the bucket. */
export const checkRuns = async (world: World, only: RunId | undefined): Promise<readonly CheckedRun[]> => {
  const bucket = bucketOf(world);
  const runs = only === undefined ? await everySealed(world) : [only];
  const rows: CheckedRun[] = [];
  for (const run of runs) rows.push({ run, isHere: await bucket.isHere(run), inBucket: await bucket.check(run) });
  return rows;
};

const everySealed = async (world: World): Promise<readonly RunId[]> => {
  const told = (await world.store.records({ types: ["run.sealed"] })).flatMap(({ run }) => run ?? []);
  return [...new Set([...told, ...(await world.archive.sealedRuns())])].toSorted();
};

export interface PruneOrder {
  /** Sealed at least so long ago. */
  readonly olderThanMs: number;
  readonly act: "look" | "remove";
}

export interface PrunedRun {
  readonly run: RunId;
  readonly sealedAt: string;
  readonly shown: ShownState;
  /** What became of its folder here, or would; `kept` with the reason why. */
  readonly state: "removed" | "would-go" | "kept";
  readonly why: string;
}

/**
 * Removes folders of bundles here, of runs that are decided and old enough, each after every one of its objects was read
 * back from the bucket in this call. The bucket, the ledger, addenda and everything else of the home stay as they are.
 */
export const pruneRuns = async (world: World, { olderThanMs, act }: PruneOrder): Promise<readonly PrunedRun[]> => {
  const bucket = bucketOf(world);
  const before = world.clock.now().epochMs - olderThanMs;
  const rows: PrunedRun[] = [];
  for (const run of await bucket.here()) {
    const row = await world.store.run(run);
    const seal = (await world.store.seals(run)).at(-1);
    if (row === "absent" || row.ending === null || seal === undefined || Date.parse(seal.at) > before) continue;
    const shown = await shownOf(world, row, row.ending);
    if (!(await isDecided(world, run, shown))) continue;
    const about = { run, sealedAt: seal.at, shown };
    const objection = await objectionTo(world, bucket, run);
    if (objection !== undefined) rows.push({ ...about, state: "kept", why: objection });
    else if (act === "look") rows.push({ ...about, state: "would-go", why: "read back from the bucket" });
    else {
      await bucket.dropFolder(run);
      rows.push({ ...about, state: "removed", why: "read back from the bucket" });
    }
  }
  return rows;
};

const shownOf = async (world: World, { run }: RunRow, ending: NonNullable<RunRow["ending"]>): Promise<ShownState> =>
  shownAfterEnd(ending, await world.store.records({ runs: [run] }));

/** Nobody has to do anything about it any more. */
const DECIDED: ReadonlySet<ShownState> = new Set([
  "accepted",
  "rolled_back",
  "blocked",
  "stopped",
  "failed",
  "voided(policy)",
  "voided(validation)",
  "voided(confinement)",
  "voided(no-change)",
]);

const isDecided = async (world: World, run: RunId, shown: ShownState): Promise<boolean> => {
  if (shown !== "interrupted") return DECIDED.has(shown);
  const told = (await world.store.records({ runs: [run], types: ["run.interrupted"] })).at(-1);
  return told !== undefined && told.detail?.["commit"] === undefined;
};

/** Why a folder has to stay; undefined where both copies hold. */
const objectionTo = async (world: World, bucket: Bucket, run: RunId): Promise<string | undefined> => {
  if (!(await sealHolds(world, run))) return "the folder here is not as it was sealed";
  const checked = await bucket.check(run);
  if (checked === "absent") return "it is not in the bucket; cto archive push";
  return checked.wrong[0];
};

const bucketOf = ({ archive: { bucket } }: World): Bucket => {
  if (bucket === "none") throw new Failure("archive/none", "This home keeps its bundles in its own folder alone.");
  return bucket;
};
