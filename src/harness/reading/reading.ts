import type { Verdict } from "../../workflow/evidence/verify/verdict.ts";
import type { RunId, WorkId } from "../../workflow/ids.ts";
import type { Metric } from "../../workflow/open-metrics.ts";
import type { Readiness } from "../home/read-metrics.ts";
import type { ApprovalView } from "../objects/approval.ts";
import type { AuditPage } from "../objects/audit.ts";
import type { AuthorityObject } from "../objects/authority.ts";
import type { DiagnosticObject } from "../objects/diagnostic.ts";
import type { DiffLines, DiffObject } from "../objects/diff.ts";
import type { EvidenceFile } from "../objects/evidence.ts";
import type { Explanation } from "../objects/explanation.ts";
import type { GateObject } from "../objects/gate.ts";
import type { HostileObject } from "../objects/hostile.ts";
import type { LogRead } from "../objects/log.ts";
import type { NoticesObject } from "../objects/notices.ts";
import type { PacketChanges } from "../objects/packet-changes.ts";
import type { NoContract, PacketObject, PacketRow } from "../objects/packet.ts";
import type { ReplayLevelObject, ReplaysObject } from "../objects/replay.ts";
import type { RunObject, RunPage } from "../objects/run.ts";
import type { StatusObject } from "../objects/status.ts";
import type { StepPage } from "../objects/step.ts";
import type { TargetObject, TargetRow } from "../objects/target.ts";
import type { PacketView } from "../objects/view.ts";
import type { WorkObject, WorkWithHistory } from "../objects/work.ts";
import type { WorkersObject } from "../objects/worker.ts";
import type { World } from "../world.ts";
import type { EvidencePart } from "./read-evidence.ts";
import type { LogFilter } from "./read-log-lines.ts";
import type { RunFilter } from "./read-runs.ts";
import type { StepFilter } from "./read-steps.ts";
import { homeReading } from "./reading-of-home.ts";
import { runReading } from "./reading-of-runs.ts";
import { workReading } from "./reading-of-works.ts";
import type { Sought } from "./sought.ts";

/** A page of a long list: what comes after `after`, at most `limit` of it. */
export interface Page {
  readonly after: number;
  readonly limit: number;
}

/** Of a home as a whole. */
export interface HomeReading {
  status(asked?: string): Promise<StatusObject>;
  targets(): Promise<readonly TargetRow[]>;
  target(id: string): Promise<Sought<TargetObject>>;
  /** The oldest first, of one work item or of all. */
  approvals(work?: string): Promise<readonly ApprovalView[]>;
  /** What was told to whom, at most `limit` events, the newest first. */
  notices(limit: number): Promise<NoticesObject>;
  /** Of one work item or one run, where it is named: `after` then counts its own records. */
  audit(page: Page, of?: { readonly work?: WorkId; readonly run?: RunId }): Promise<AuditPage>;
  /** Who may sign here, and what policy.yaml asks. */
  authority(): Promise<AuthorityObject>;
  /** What came of the last hostile suite. */
  hostile(): Promise<HostileObject>;
  explain(code: string): Sought<Explanation>;
  readiness(): Promise<Readiness>;
  /** Who serves this home, and what is ordered. */
  workers(): Promise<WorkersObject>;
  metrics(): Promise<readonly Metric[]>;
}

/** Of what is to be done, and by which contract. */
export interface WorkReading {
  packets(state?: string): Promise<readonly PacketRow[]>;
  /** The contract that a work item's packet says, or why it says none. */
  packet(work: string): Promise<Sought<PacketObject | NoContract>>;
  /** What the approve screen draws; not found where the packet says no contract. */
  view(work: string): Promise<Sought<PacketView>>;
  packetSource(work: string): Promise<Sought<Uint8Array>>;
  /** What lint says of the packet of a work item, or of a text that stands in no home, among the packets of this one. Records nothing. */
  lint(given: { readonly work: string } | { readonly text: string }): Promise<Sought<readonly DiagnosticObject[]>>;
  /** How a packet differs from what was approved of it, what its reader reviewed last, the contract of one of its runs, or another packet. */
  packetChanges(
    work: string,
    against: "approved" | "reviewed" | { readonly run: string } | { readonly work: string },
  ): Promise<Sought<PacketChanges>>;
  works(state?: string): Promise<readonly WorkObject[]>;
  work(work: string): Promise<Sought<WorkWithHistory>>;
  /** Every precondition of now, asked without starting anything. */
  gate(work: string): Promise<Sought<GateObject>>;
}

/** Of what happened, and what proves it. */
export interface RunReading {
  runs(filter: RunFilter): Promise<RunPage>;
  run(run: string): Promise<Sought<RunObject>>;
  /** The facts of a run, of one that goes on as well. */
  events(run: string, page: StepFilter): Promise<Sought<StepPage>>;
  diff(run: string): Promise<Sought<DiffObject>>;
  /** The same by lines, bounded, or one file of it whole. */
  diffLines(run: string, file?: string): Promise<Sought<DiffLines>>;
  log(run: string, filter: LogFilter): Promise<Sought<LogRead>>;
  /** Not found while the run is not sealed. */
  evidence(run: string): Promise<Sought<readonly EvidenceFile[]>>;
  artifact(
    run: string,
    name: string,
    at: { readonly offset: number; readonly length: number },
  ): Promise<Sought<EvidencePart>>;
  verify(run: string): Promise<Sought<Verdict>>;
  replayPaths(run: string): Promise<Sought<readonly ReplayLevelObject[]>>;
  /** What came of the replays that pages of this home asked for. */
  replays(run: string): Promise<Sought<ReplaysObject>>;
}

/** The verbs that only read: all that `cto mcp` is given, and what the pages of the Control Surface are drawn from. */
export interface Reading extends HomeReading, WorkReading, RunReading {}

/** The reading verbs over one home. */
export const readingOf = (world: World): Reading => ({
  ...homeReading(world),
  ...workReading(world),
  ...runReading(world),
});
