import { digestOf } from "../workflow/digest.ts";
import { parseEvent, type ChainedEvent } from "../workflow/event-chain.ts";
import { readReplayPaths } from "../workflow/evidence/control-surface.ts";
import type { Verdict } from "../workflow/evidence/verify/verdict.ts";
import { openGate } from "../workflow/gate/gate.ts";
import { runId, type RunId, type WorkId } from "../workflow/ids.ts";
import type { LedgerRecord } from "../workflow/ledger.ts";
import { LIMITS } from "../workflow/limits.ts";
import { nearest } from "../workflow/nearest.ts";
import { lintPacket } from "../workflow/packet/lint-packet.ts";
import type { SourceDocument } from "../workflow/packet/packet.ts";
import { drawnFrom, packetOf } from "./documents.ts";
import { explanationOf, TOPICS, type Explanation } from "./explanations.ts";
import { lintContextOf } from "./lint-packets.ts";
import { diagnosticObjects } from "./objects/diagnostic-object.ts";
import { gateCheckObject } from "./objects/gate-check-object.ts";
import { packetObject } from "./objects/packet-object.ts";
import { refusalObject } from "./objects/refusal-object.ts";
import { runObject, runRowObject } from "./objects/run-object.ts";
import { statusObject } from "./objects/status-object.ts";
import { admissionObject, targetCheckObject } from "./objects/target-object.ts";
import { workObject } from "./objects/work-object.ts";
import { readApprovals, type ApprovalView } from "./read-approvals.ts";
import { readDiff, type DiffFile } from "./read-diff.ts";
import { readEvidence, readEvidencePart, type EvidenceFile, type EvidencePart } from "./read-evidence.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "./read-facts.ts";
import { readLogLines, type LogFilter, type LogLine } from "./read-log-lines.ts";
import { readPacketChanges } from "./read-packet-changes.ts";
import { readPacketList, type PacketRow } from "./read-packet-list.ts";
import { readRun } from "./read-run.ts";
import { readRuns, type RunFilter } from "./read-runs.ts";
import { readStanding } from "./read-standing.ts";
import { readStatus } from "./read-status.ts";
import { checkTarget, readAdmissions } from "./read-targets.ts";
import { historyOf, knownWorks, readWorks, viewOfWork } from "./read-works.ts";
import { verifyFolder } from "./verify-folder.ts";
import { openWorkGround } from "./work-ground.ts";
import type { World } from "./world.ts";

/** An object of surface.md 4.5, as every surface prints it. */
type Told = Readonly<Record<string, unknown>>;

/** What was asked for, or the names that may have been meant. */
type Sought<T> =
  | { readonly found: true; readonly value: T }
  | { readonly found: false; readonly near: readonly string[] };

/** A page of a long list: what comes after `after`, at most `limit` of it. */
interface Page {
  readonly after: number;
  readonly limit: number;
}

/** The verbs that only read: all that `cto mcp` is given, and what the pages of the Control Surface are drawn from. */
export interface Reading {
  status(asked?: string): Promise<Told>;
  packets(state?: string): Promise<readonly PacketRow[]>;
  /** The contract that a work item's packet says, or why it says none. */
  packet(work: string): Promise<Sought<Told>>;
  packetSource(work: string): Promise<Sought<Uint8Array>>;
  /** What lint says of the packet of a work item, or of a text that stands in no home, among the packets of this one. Records nothing. */
  lint(given: { readonly work: string } | { readonly text: string }): Promise<Sought<readonly Told[]>>;
  /** How a packet differs from what was approved of it, or from the contract of one of its runs. */
  packetChanges(work: string, against: "approved" | { readonly run: string }): Promise<Sought<Told>>;
  works(state?: string): Promise<readonly Told[]>;
  work(work: string): Promise<Sought<Told>>;
  /** Every precondition of now, asked without starting anything. */
  gate(work: string): Promise<Sought<Told>>;
  runs(filter: RunFilter): Promise<{ readonly runs: readonly Told[]; readonly total: number }>;
  run(run: string): Promise<Sought<Told>>;
  events(run: string, page: Page): Promise<Sought<readonly ChainedEvent[]>>;
  diff(run: string): Promise<Sought<{ readonly patch: string | null; readonly files: readonly DiffFile[] }>>;
  log(run: string, filter: LogFilter): Promise<Sought<readonly LogLine[]>>;
  /** Not found while the run is not sealed. */
  evidence(run: string): Promise<Sought<readonly EvidenceFile[]>>;
  artifact(
    run: string,
    name: string,
    at: { readonly offset: number; readonly length: number },
  ): Promise<Sought<EvidencePart>>;
  verify(run: string): Promise<Sought<Verdict>>;
  replayPaths(run: string): Promise<Sought<readonly { readonly level: string; readonly argv: readonly string[] }[]>>;
  targets(): Promise<readonly Told[]>;
  target(id: string): Promise<Sought<Told>>;
  approvals(): Promise<readonly ApprovalView[]>;
  audit(page: Page): Promise<{ readonly entries: readonly LedgerRecord[]; readonly size: number }>;
  explain(code: string): Sought<Explanation>;
}

/** The reading verbs over one home. */
export const readingOf = (world: World): Reading => {
  const seekWork = async <T>(given: string, read: (work: WorkId) => Promise<Sought<T>>): Promise<Sought<T>> => {
    const known = knownWorks(await openWorkGround(world));
    const work = known.find((id) => id === given);
    return work === undefined ? missing(given, known) : read(work);
  };
  const seekRun = async <T>(given: string, read: (run: RunId) => Promise<Sought<T>>): Promise<Sought<T>> => {
    const known = (await world.store.runs({})).map(({ run }) => run);
    const run = known.find((id) => id === given);
    return run === undefined ? missing(given, known) : read(run);
  };
  return {
    status: async (asked) => statusObject(await readStatus(world, asked)),
    packets: (state) => readPacketList(world, state),
    packet: (given) => seekWork(given, async (work) => found(await packetTold(world, work))),
    packetSource: (given) =>
      seekWork(given, async (work) => {
        const read = await packetOf(world, work);
        return read.ok ? found(read.value.packet.source.bytes) : { found: false, near: [] };
      }),
    lint: async (given) => {
      if ("text" in given) return found(await lintTold(world, givenSource(given.text)));
      return seekWork(given.work, async (work) => {
        const source = (await world.home.list("packet")).find(({ bytes }) =>
          new TextDecoder().decode(bytes).includes(work),
        );
        return source === undefined ? { found: false, near: [] } : found(await lintTold(world, source));
      });
    },
    packetChanges: (given, against) =>
      seekWork(given, async (work) => {
        if (against === "approved") return found({ work, ...(await readPacketChanges(world, work, against)) });
        return seekRun(against.run, async (run) => found({ work, ...(await readPacketChanges(world, work, run)) }));
      }),
    works: async (state) => (await readWorks(world, state)).map(workObject),
    work: (given) =>
      seekWork(given, async (work) => {
        const ground = await openWorkGround(world);
        return found({ ...workObject(await viewOfWork(ground, work)), history: historyOf(ground, work) });
      }),
    gate: (given) => seekWork(given, async (work) => found(await gateTold(world, work))),
    runs: async (filter) => {
      const { runs, total } = await readRuns(world, filter);
      return { runs: runs.map(runRowObject), total };
    },
    run: (given) =>
      seekRun(given, async (run) => {
        const detail = await readRun(world, run);
        return detail === "absent" ? { found: false, near: [] } : found(runObject(detail));
      }),
    events: (given, { after, limit }) =>
      seekRun(given, async (run) => {
        const events = (await world.store.facts(run)).map(parseEvent).filter(({ sequence }) => sequence > after);
        return found(events.slice(0, limit));
      }),
    diff: (given) =>
      seekRun(given, async (run) => {
        const diff = await readDiff(world, run);
        if (diff === "not-sealed") return NOT_SEALED;
        const patch = diff.patch === "none" ? null : new TextDecoder().decode(diff.patch);
        return found({ patch, files: diff.files });
      }),
    log: (given, filter) => seekRun(given, async (run) => found(await readLogLines(world, run, filter))),
    evidence: (given) => seekRun(given, async (run) => sealed(await readEvidence(world, run))),
    artifact: (given, name, { offset, length }) =>
      seekRun(given, async (run) => {
        const part = await readEvidencePart(world, run, { name, offset, length });
        if (part !== "absent") return found(part);
        const files = await readEvidence(world, run);
        return missing(name, files === "not-sealed" ? [] : files.map((file) => file.name));
      }),
    verify: (given) =>
      seekRun(given, async (run) => {
        if (!(await world.archive.isSealed(run))) return NOT_SEALED;
        const [signers, revoked] = [await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH)];
        return found(await verifyFolder(world, { run }, signers, revoked));
      }),
    replayPaths: (given) =>
      seekRun(given, async (run) => {
        const summary = await world.archive.peek(run, "bundle", "control-surface.json", LIMITS.bundleHeldFileBytesMax);
        const paths = summary === "absent" ? undefined : readReplayPaths(summary);
        return paths === undefined ? NOT_SEALED : found(paths);
      }),
    targets: async () => (await readAdmissions(world)).map(admissionObject),
    target: async (given) => {
      const readings = await readAdmissions(world);
      const reading = readings.find(({ read }) => read.ok && read.value.id === given);
      if (reading === undefined)
        return missing(
          given,
          readings.flatMap(({ read }) => (read.ok ? [read.value.id] : [])),
        );
      const { source, read } = reading;
      if (!read.ok) return found(admissionObject(reading));
      const check = await checkTarget(world, source, read.value);
      return found({ admission: read.value, path: source.path, sha256: source.digest, ...targetCheckObject(check) });
    },
    approvals: () => readApprovals(world),
    audit: async ({ after, limit }) => {
      const leaves = await world.store.leaves(after);
      return { entries: leaves.slice(0, limit), size: (await world.store.head()).checkpoint.size };
    },
    explain: (code) => {
      const explanation = explanationOf(code);
      return explanation === undefined
        ? missing(
            code,
            TOPICS.flatMap(({ names }) => names),
          )
        : found(explanation);
    },
  };
};

const found = <T>(value: T): Sought<T> => ({ found: true, value });

const missing = (
  given: string,
  known: readonly string[],
): { readonly found: false; readonly near: readonly string[] } => ({
  found: false,
  near: nearest(given, known),
});

const NOT_SEALED = { found: false, near: [] } as const;

const sealed = <T>(value: T | "not-sealed"): Sought<T> => (value === "not-sealed" ? NOT_SEALED : found(value));

const packetTold = async (world: World, work: WorkId): Promise<Told> => {
  const read = await packetOf(world, work);
  const drawn = await drawnFrom(world, read);
  if (!drawn.ok) return { work, refusals: drawn.refusals.map(refusalObject) };
  return packetObject(drawn.value, await viewOfWork(await openWorkGround(world), work));
};

const givenSource = (text: string): SourceDocument => {
  const bytes = new TextEncoder().encode(text);
  return { path: "given.md", bytes, digest: digestOf(bytes) };
};

const lintTold = async (world: World, source: SourceDocument): Promise<readonly Told[]> =>
  diagnosticObjects({ source, diagnostics: lintPacket(source, await lintContextOf(world)) });

const gateTold = async (world: World, work: WorkId): Promise<Told> => {
  const now = world.clock.now();
  const attempts = (await world.store.runs({ work })).length;
  const next = runId(work, attempts + 1);
  const { standing } = await readStanding(world, work, next, Math.floor(now.epochMs / 1000));
  const { checks, result } = openGate(standing);
  return { work, open: result.ok, checks: checks.map(gateCheckObject) };
};
