import type { RunListFilter, RunRow } from "../../seams/store.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { RunId, WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { reasonOf, shownAfterEnd } from "../../workflow/run-shown.ts";
import { foldRun, type RunState } from "../../workflow/run-state.ts";
import { SHOWN_STATES, wordOf, type ShownState } from "../../workflow/state-words.ts";
import { whereTargetStands } from "../admission/read-target-state.ts";
import { readAdmissions } from "../admission/read-targets.ts";
import { targetIdOf } from "../admission/target-id.ts";
import { reportOf } from "../evidence/read-report.ts";
import { workTitles } from "../home/work-ground.ts";
import type { OrderObject } from "../objects/worker.ts";
import { factsOfRun } from "../run/facts-of-run.ts";
import type { World } from "../world.ts";
import { nextOf } from "./next-of-run.ts";
import { NO_ORDERS, readOrders, type Orders } from "./read-workers.ts";

/** One run as every surface shows it. */
export interface RunView {
  readonly run: RunId;
  /** Its number in the home: lists are in this order. */
  readonly runNo: number;
  readonly work: WorkId;
  readonly kind: RunRow["kind"];
  readonly state: ShownState;
  /** The code that ended it. */
  readonly reason: string | null;
  /** The state in words, facts filled in. May quote the target: show it escaped. */
  readonly word: string;
  readonly base: string | null;
  readonly commit: string | null;
  readonly startedAt: string;
  /** Who asked for it. */
  readonly by: string;
  readonly tookMs: number | null;
  readonly isOpen: boolean;
  /** Where its order stands; null where no engine has one. */
  readonly order: OrderObject | null;
  readonly next: string;
  /** Number of its newest ledger entry. */
  readonly seq: number;
}

export interface RunFilter {
  readonly work?: WorkId;
  /** Id of an admission: runs on the repository that it admits. */
  readonly target?: string;
  /** Ordered then or later: RFC 3339, UTC. */
  readonly since?: string;
  /** States or their beginnings, with commas between them: `voided` finds every kind. */
  readonly state?: string;
  /** Only runs that are older than this one. */
  readonly after?: RunId;
  readonly limit?: number;
}

interface RunViews {
  readonly runs: readonly TitledRun[];
  /** Without `after` and `limit`. */
  readonly total: number;
}

/** The runs that the filter lets through, the newest first. A page costs what the page costs: nothing reads the ledger through. */
export const readRuns = async (world: World, filter: RunFilter): Promise<RunViews> => {
  const { state, after, limit, target, ...rest } = filter;
  const targetId = target === undefined ? undefined : await admittedAs(world, target);
  if (targetId === "unknown") return { runs: [], total: 0 };
  const narrow = { ...rest, ...(targetId === undefined ? {} : { targetId }) };
  const before = after === undefined ? {} : { before: after };
  if (state === undefined) {
    const { rows, total } = await world.store.listRuns({ ...narrow, ...before, ...limited(limit) });
    return { runs: await titled(world, await viewsOf(world, rows)), total };
  }
  const wanted = state.split(",");
  const isWanted = (known: ShownState): boolean => wanted.some((one) => known.startsWith(one));
  const shown = SHOWN_STATES.filter(isWanted);
  const { rows, total } = await world.store.listRuns({ ...narrow, ...before, ...limited(limit), shown });
  // What is not ended is interrupted or not by whether its process lives; there are as many as there are targets.
  const open = (await openRuns(world, narrow)).filter((view) => isWanted(view.state));
  const number = after === undefined ? undefined : await world.store.run(after);
  const older = open.filter(({ runNo }) => number === undefined || (number !== "absent" && runNo < number.runNo));
  const runs = [...older, ...(await viewsOf(world, rows))].toSorted((a, b) => b.runNo - a.runNo);
  return { runs: await titled(world, runs.slice(0, limit)), total: total + open.length };
};

/** A run with the name of its work item; null where no list and no packet of the home has one. */
export interface TitledRun extends RunView {
  readonly title: string | null;
}

const titled = async (world: World, views: readonly RunView[]): Promise<readonly TitledRun[]> => {
  if (views.length === 0) return [];
  const titles = await workTitles(world);
  return views.map((view) => ({ ...view, title: titles.get(view.work) ?? null }));
};

const admittedAs = async (world: World, id: string): Promise<string> => {
  const records = (await readAdmissions(world)).flatMap(({ read }) => (read.ok ? [read.value] : []));
  const record = records.find((one) => one.id === id);
  return record === undefined ? "unknown" : targetIdOf(record.path);
};

const limited = (limit: number | undefined): { readonly limit?: number } => (limit === undefined ? {} : { limit });

/** The runs that are not ended, those whose process is gone as well. */
export const openRuns = async (
  world: World,
  { work, targetId, since }: Pick<RunListFilter, "work" | "targetId" | "since"> = {},
): Promise<readonly RunView[]> => {
  const open = await world.store.runs({ open: true, ...(work === undefined ? {} : { work }) });
  const rows = open.filter(
    (row) => (targetId === undefined || row.targetId === targetId) && (since === undefined || row.orderedAt >= since),
  );
  return viewsOf(world, rows);
};

const viewsOf = async (world: World, rows: readonly RunRow[]): Promise<readonly RunView[]> => {
  const records = await world.store.records({ runs: rows.map(({ run }) => run) });
  const ofRun = Map.groupBy(records, ({ run }) => run);
  // Asked once for all of them, and only where one has not ended.
  const orders = rows.some(isOpen) ? await readOrders(world) : NO_ORDERS;
  return Promise.all(rows.map((row) => viewOver(world, row, ofRun.get(row.run) ?? [], orders)));
};

export const viewOfRun = async (world: World, row: RunRow): Promise<RunView> =>
  viewOver(
    world,
    row,
    await world.store.records({ runs: [row.run] }),
    isOpen(row) ? await readOrders(world) : NO_ORDERS,
  );

const isOpen = ({ ending }: RunRow): boolean => ending === null;

const viewOver = async (world: World, row: RunRow, own: readonly LedgerRecord[], orders: Orders): Promise<RunView> => {
  const state = (await isGivenUp(world, row, orders)) ? "interrupted" : stateOf(world, row, own, orders);
  const ended = own.find(({ type }) => type === "run.sealed");
  const text = (member: string): string | null =>
    typeof row.summary[member] === "string" ? row.summary[member] : null;
  return {
    run: row.run,
    runNo: row.runNo,
    work: row.work,
    kind: row.kind,
    state,
    reason: reasonOf(own),
    word: wordOf(state, await factsOf({ world, row, own, orders, code: reasonOf(own) ?? "unknown" }, state)),
    base: text("parent"),
    commit: text("commit"),
    startedAt: row.orderedAt,
    by: own[0]?.actor ?? "",
    tookMs: ended === undefined ? null : Date.parse(ended.at) - Date.parse(row.orderedAt),
    isOpen: isOpen(row),
    order: isOpen(row) ? (orders.seen(row.run) ?? null) : null,
    next: nextOf(state, row, reasonOf(own)),
    seq: own.at(-1)?.seq ?? 0,
  };
};

/** What the ledger and the row say; a run that nobody holds any more is interrupted, whatever its row says. */
const stateOf = (world: World, row: RunRow, own: readonly LedgerRecord[], orders: Orders): ShownState => {
  if (row.ending !== null) return shownAfterEnd(row.ending, own);
  const order = orders.of(row.run);
  const isWaiting =
    order?.status === "queued" || (order === undefined && isUntouched(row) && !world.isAlive(row.holder));
  if (isWaiting && isUntouched(row)) return isStopWanted(own) ? "stopping" : "queued";
  // The life of a process of another machine is its engine's to tell.
  const isElsewhere = row.holder.host !== world.holder.host && order?.status === "running";
  if (!isElsewhere && !world.isAlive(row.holder)) return "interrupted";
  return isStopWanted(own) ? "stopping" : "executing";
};

/** Its worker lives on and has let go of it for good: it goes on when somebody asks for it again. */
const isGivenUp = async ({ engine }: World, { run, ending }: RunRow, orders: Orders): Promise<boolean> =>
  ending === null && orders.of(run) === undefined && (await engine.status(run, "execute")) === "failed";

const isStopWanted = (own: readonly LedgerRecord[]): boolean => own.some(({ type }) => type === "run.stopping");

/** Nobody has begun it yet. */
const isUntouched = ({ state, token }: RunRow): boolean => state === "ordered" && token === 0;

/** How far the recorded facts of a run go. */
const factsSoFar = async (world: World, run: RunId): Promise<RunState | "none"> =>
  foldRun(await factsOfRun(world, run));

interface Seen {
  readonly world: World;
  readonly row: RunRow;
  readonly own: readonly LedgerRecord[];
  readonly orders: Orders;
  readonly code: string;
}

type WordFacts = Readonly<Record<string, string | number>>;

/** What the words of a state need; only the report and the facts know some of it. */
const factsOf = async (seen: Seen, state: ShownState): Promise<WordFacts> => (await FACTS[state]?.(seen)) ?? {};

const FACTS: Readonly<Partial<Record<ShownState, (seen: Seen) => WordFacts | Promise<WordFacts>>>> = {
  blocked: ({ code }) => ({ reason: code }),
  failed: ({ code }) => ({ code }),
  stopped: ({ own }) => ({ by: own.findLast(({ type }) => type === "run.stopping")?.actor ?? "the operator" }),
  executing: async ({ world, row }) => ({ stage: await stageOf(world, row.run) }),
  queued: ({ row, orders }) => ({ place: placeIn(orders, row) }),
  interrupted: async ({ world, row, own }) => {
    const report = row.ending === null ? undefined : await reportOf(world, row.run);
    const stage = report?.ending.at ?? (await stageOf(world, row.run));
    return { stage, target: (await whereTargetStands(world, row, own)).says };
  },
  "voided(policy)": async ({ world, row, code }) => ({ what: whatIsOutside(await reportOf(world, row.run)) ?? code }),
  "voided(validation)": async ({ world, row, code }) => ({
    exit: exitIn(await reportOf(world, row.run), code),
  }),
  "voided(confinement)": async ({ world, row, code }) => ({ canary: (await fallenCanary(world, row.run)) ?? code }),
};

/** The first canary that did not hold, by the log. */
const fallenCanary = async (world: World, run: RunId): Promise<string | undefined> => {
  const passes = (await factsOfRun(world, run)).filter(({ type }) => type === "sandbox.canary");
  const verdicts = passes.flatMap(({ data }) => Object.entries(data["results"] ?? {}));
  return verdicts.find(([, verdict]) => verdict === "broken" || verdict === "no-teeth")?.[0];
};

const stageOf = async (world: World, run: RunId): Promise<string> => {
  const facts = await factsSoFar(world, run);
  return facts === "none" ? "gate" : facts.stage;
};

/** Where an order stands among those that wait; an order that no engine knows waits for one that looks. */
const placeIn = (orders: Orders, { run }: RunRow): string => {
  const { place, of } = orders.seen(run) ?? {};
  return place === undefined || of === undefined ? "cto worker takes it" : `place ${place} of ${of}`;
};

const whatIsOutside = (report: Report | undefined): string | undefined =>
  report?.changes.find(({ verdict }) => verdict !== "allowed" && verdict !== "scratch")?.path ??
  report?.ending.refusals[0]?.code;

// A command may end well and prove nothing: then the exit alone would tell the wrong story.
const exitIn = (report: Report | undefined, code: string): string => {
  const exit = report?.validation.find(({ on }) => on === "candidate")?.exitCode ?? "unknown";
  return exit === 0 ? `0 (${code})` : String(exit);
};
