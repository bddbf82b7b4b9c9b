import type { RunRow } from "../seams/store.ts";
import { parseEvent } from "../workflow/event-chain.ts";
import type { Report } from "../workflow/evidence/schemas/report.ts";
import { FAILURES, isFailureCode } from "../workflow/failure.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";
import type { LedgerRecord, LedgerType } from "../workflow/ledger.ts";
import { foldRun, type RunState } from "../workflow/run-state.ts";
import { STATE_WORDS, wordOf, type ShownState } from "../workflow/state-words.ts";
import { voidedBy } from "../workflow/voided-by.ts";
import { readReport } from "./read-report.ts";
import { whereTargetStands } from "./read-target-state.ts";
import type { World } from "./world.ts";

/** One run as every surface shows it. */
export interface RunView {
  readonly run: RunId;
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
  readonly next: string;
  /** Number of its newest ledger entry. */
  readonly seq: number;
}

export interface RunFilter {
  readonly work?: WorkId;
  /** States or their beginnings, with commas between them: `voided` finds every kind. */
  readonly state?: string;
  /** Only runs that are older than this one. */
  readonly after?: RunId;
  readonly limit?: number;
}

/** The runs that the filter lets through, the newest first, and how many there are without `after` and `limit`. */
export const readRuns = async (
  world: World,
  { work, state, after, limit }: RunFilter,
): Promise<{ readonly runs: readonly RunView[]; readonly total: number }> => {
  const leaves = await world.store.leaves(0);
  const ofRun = Map.groupBy(leaves, ({ run }) => run);
  const rows = (await world.store.runs(work === undefined ? {} : { work })).toSorted((a, b) =>
    a.orderedAt < b.orderedAt ? 1 : a.orderedAt > b.orderedAt ? -1 : b.runNo - a.runNo,
  );
  const cursor = rows.findIndex(({ run }) => run === after);
  // Nothing is older than a run that is not there: a page that began anew would be taken for the next one.
  const start = after === undefined ? 0 : cursor === -1 ? rows.length : cursor + 1;
  const wanted = state?.split(",");
  const isWanted = (row: RunRow): boolean => {
    const its = stateOf(world, row, ofRun.get(row.run) ?? []);
    return wanted === undefined || wanted.some((one) => its.startsWith(one));
  };
  const found = rows.map((row, place) => ({ row, place })).filter(({ row }) => isWanted(row));
  const older = found.filter(({ place }) => place >= start);
  const shown = limit === undefined ? older : older.slice(0, limit);
  return { runs: await Promise.all(shown.map(({ row }) => viewOfRun(world, row, leaves))), total: found.length };
};

export const viewOfRun = async (world: World, row: RunRow, leaves: readonly LedgerRecord[]): Promise<RunView> => {
  const own = leaves.filter(({ run }) => run === row.run);
  const state = stateOf(world, row, own);
  const ended = own.find(({ type }) => type === "run.sealed");
  const text = (member: string): string | null =>
    typeof row.summary[member] === "string" ? row.summary[member] : null;
  return {
    run: row.run,
    work: row.work,
    kind: row.kind,
    state,
    reason: reasonOf(own),
    word: wordOf(state, await factsOf(world, row, state, leaves)),
    base: text("parent"),
    commit: text("commit"),
    startedAt: row.orderedAt,
    by: own[0]?.actor ?? "",
    tookMs: ended === undefined ? null : Date.parse(ended.at) - Date.parse(row.orderedAt),
    isOpen: row.ending === null,
    next: nextOf(state, row, reasonOf(own)),
    seq: own.at(-1)?.seq ?? 0,
  };
};

/** What the ledger and the row say; a run that nobody holds any more is interrupted, whatever its row says. */
const stateOf = (world: World, row: RunRow, own: readonly LedgerRecord[]): ShownState => {
  const has = (type: LedgerType): boolean => own.some((leaf) => leaf.type === type);
  if (row.ending === null) {
    if (!world.isAlive(row.holder)) return "interrupted";
    return has("run.stopping") ? "stopping" : "executing";
  }
  if (has("rollback.done")) return "rolled_back";
  if (has("rollback.failed")) return "rollback_failed";
  if (has("outcome.accepted")) return "accepted";
  if (has("outcome.rejected")) return "rejected";
  return row.ending === "voided" ? voidedBy(reasonOf(own)) : row.ending;
};

const ENDS: ReadonlySet<LedgerType> = new Set([
  "command.refused",
  "run.blocked",
  "run.voided",
  "run.failed",
  "run.stopped",
  "run.interrupted",
]);

const reasonOf = (own: readonly LedgerRecord[]): string | null => {
  const end = own.findLast(({ type }) => ENDS.has(type));
  const failure = end?.detail?.["failure"];
  return end?.refusals?.[0] ?? (typeof failure === "string" ? failure : null);
};

/** How far the recorded facts of a run go. */
const factsSoFar = async (world: World, run: RunId): Promise<RunState | "none"> =>
  foldRun((await world.store.facts(run)).map(parseEvent));

interface Seen {
  readonly world: World;
  readonly row: RunRow;
  readonly leaves: readonly LedgerRecord[];
  readonly own: readonly LedgerRecord[];
  readonly code: string;
}

type WordFacts = Readonly<Record<string, string | number>>;

/** What the words of a state need; only the report and the facts know some of it. */
const factsOf = async (
  world: World,
  row: RunRow,
  state: ShownState,
  leaves: readonly LedgerRecord[],
): Promise<WordFacts> => {
  const own = leaves.filter(({ run }) => run === row.run);
  return (await FACTS[state]?.({ world, row, leaves, own, code: reasonOf(own) ?? "unknown" })) ?? {};
};

const FACTS: Readonly<Partial<Record<ShownState, (seen: Seen) => WordFacts | Promise<WordFacts>>>> = {
  blocked: ({ code }) => ({ reason: code }),
  failed: ({ code }) => ({ code }),
  stopped: ({ own }) => ({ by: own.findLast(({ type }) => type === "run.stopping")?.actor ?? "the operator" }),
  executing: async ({ world, row }) => ({ stage: await stageOf(world, row.run) }),
  interrupted: async ({ world, row, leaves }) => {
    const report = row.ending === null ? undefined : await reportOf(world, row.run);
    const stage = report?.ending.at ?? (await stageOf(world, row.run));
    return { stage, target: (await whereTargetStands(world, row, leaves)).says };
  },
  "voided(policy)": async ({ world, row, code }) => ({ what: whatIsOutside(await reportOf(world, row.run)) ?? code }),
  "voided(validation)": async ({ world, row }) => ({ exit: exitIn(await reportOf(world, row.run)) }),
  "voided(confinement)": async ({ world, row, code }) => ({ canary: (await fallenCanary(world, row.run)) ?? code }),
};

/** The first canary that did not hold, by the log. */
const fallenCanary = async (world: World, run: RunId): Promise<string | undefined> => {
  const passes = (await world.store.facts(run)).map(parseEvent).filter(({ type }) => type === "sandbox.canary");
  const verdicts = passes.flatMap(({ data }) => Object.entries(data["results"] ?? {}));
  return verdicts.find(([, verdict]) => verdict === "broken" || verdict === "no-teeth")?.[0];
};

const stageOf = async (world: World, run: RunId): Promise<string> => {
  const facts = await factsSoFar(world, run);
  return facts === "none" ? "gate" : facts.stage;
};

/** report.json of a sealed run. */
export const reportOf = async (world: World, run: RunId): Promise<Report | undefined> => {
  const bundle = await world.archive.open({ run });
  return bundle === "absent" ? undefined : readReport(bundle.files);
};

const whatIsOutside = (report: Report | undefined): string | undefined =>
  report?.changes.find(({ verdict }) => verdict !== "allowed" && verdict !== "scratch")?.path ??
  report?.ending.refusals[0]?.code;

const exitIn = (report: Report | undefined): string =>
  String(report?.validation.find(({ on }) => on === "candidate")?.exitCode ?? "unknown");

/** What to do about a run in a state. */
export const nextOf = (state: ShownState, row: RunRow, reason: string | null): string =>
  NEXT[state]?.(row, reason) ?? STATE_WORDS[state].next;

/** The owner's two commands over a run, the first of them naming what it has to acknowledge. */
export const outcomeCommands = (run: RunId, acknowledge: readonly string[]): string =>
  `cto outcome ${run} --accept${acknowledge.map((code) => ` --acknowledge ${code}`).join("")} --key KEY, or --reject --reason TEXT --key KEY`;

/** What to do after a failure, for the run that it ended. */
export const afterFailure = (run: RunId, code: string): string =>
  isFailureCode(code) ? FAILURES[code].replaceAll("RUN", run) : `cto logs ${run}`;

const NEXT: Readonly<Partial<Record<ShownState, (row: RunRow, reason: string | null) => string>>> = {
  executing: ({ run }) => `cto stop ${run}`,
  interrupted: ({ run, work, ending }) =>
    ending === null
      ? `cto run ${work} goes on with it or ends it`
      : `cto outcome ${run} --reject, after cto show ${run}`,
  awaiting_outcome: ({ run }) => `cto show ${run}, then ${outcomeCommands(run, [])}`,
  rejected: ({ run }) => `cto rollback ${run}`,
  rollback_failed: ({ run }) => `cto rollback ${run}`,
  "voided(validation)": ({ run }) => `cto logs ${run} --failed`,
  "voided(policy)": ({ run }) => `cto diff ${run}`,
  "voided(confinement)": () => "cto doctor",
  "voided(no-change)": ({ run }) => `cto logs ${run}`,
  failed: ({ run }, reason) => afterFailure(run, reason ?? ""),
  stopped: ({ work }) => `cto approve ${work}`,
  blocked: ({ work }) => `cto gate ${work}`,
};
