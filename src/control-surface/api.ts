import type { ApprovalView } from "../harness/objects/approval.ts";
import type { AuditPage } from "../harness/objects/audit.ts";
import type { AuthorityObject } from "../harness/objects/authority.ts";
import type { DiffLines, DiffObject } from "../harness/objects/diff.ts";
import type { DoctorCheck } from "../harness/objects/doctor.ts";
import type { EvidenceFile } from "../harness/objects/evidence.ts";
import type { Explanation } from "../harness/objects/explanation.ts";
import type { GateObject } from "../harness/objects/gate.ts";
import type { HostileObject } from "../harness/objects/hostile.ts";
import type { LogLine } from "../harness/objects/log.ts";
import type { NoticesObject } from "../harness/objects/notices.ts";
import type { PacketChanges } from "../harness/objects/packet-changes.ts";
import type { NoContract, PacketObject, PacketRow } from "../harness/objects/packet.ts";
import type { RefusalObject } from "../harness/objects/refusal.ts";
import type { ReplayLevelObject, ReplaysObject } from "../harness/objects/replay.ts";
import type { RollbackObject } from "../harness/objects/rollback.ts";
import type { RunObject, RunPage } from "../harness/objects/run.ts";
import type {
  ApprovalSigning,
  AssertionObject,
  DraftObject,
  OutcomeSigning,
  RecordedApproval,
  RecordedOutcome,
  TickGiven,
} from "../harness/objects/signing.ts";
import type { StatusObject } from "../harness/objects/status.ts";
import type { StepPage } from "../harness/objects/step.ts";
import type { TargetObject, TargetRow } from "../harness/objects/target.ts";
import type { PacketView } from "../harness/objects/view.ts";
import type { WorkObject, WorkWithHistory } from "../harness/objects/work.ts";
import type { WorkersObject } from "../harness/objects/worker.ts";
import type { ReplayLevel } from "../workflow/evidence/schemas/replay-levels.ts";
import type { Verdict } from "../workflow/evidence/verify/verdict.ts";
import type { LedgerType } from "../workflow/ledger-types.ts";
import type { ShownState } from "../workflow/state-words.ts";

/**
 * Every address that reads, and what it answers as JSON (surface.md 4.5). Types only: a page imports them, the routes are
 * held to them. A code and the name of a file may hold slashes.
 */
export interface Api {
  readonly "/api/status": StatusObject;
  readonly "/api/packets": { readonly packets: readonly PacketRow[] };
  readonly "/api/works": { readonly works: readonly WorkObject[] };
  readonly "/api/approvals": { readonly approvals: readonly ApprovalView[] };
  readonly "/api/targets": { readonly targets: readonly TargetRow[] };
  readonly "/api/targets/:name": TargetObject;
  readonly "/api/explain/:name": Explanation;
  readonly "/api/doctor": { readonly checks: readonly DoctorCheck[] };
  readonly "/api/workers": WorkersObject;
  readonly "/api/authority": AuthorityObject;
  readonly "/api/hostile": HostileObject;
  readonly "/api/notices": NoticesObject;
  readonly "/api/audit": AuditPage;
  readonly "/api/w/:name": WorkPage;
  readonly "/api/w/:name/source": "bytes";
  /** Only where this server may write. */
  readonly "/api/w/:name/signing": ApprovalSigning;
  readonly "/api/r/:name/signing": OutcomeSigning;
  readonly "/api/w/:name/diff": PacketChanges;
  readonly "/api/runs": RunsPage;
  readonly "/api/r/:name": RunObject;
  readonly "/api/r/:name/events": StepPage;
  readonly "/api/r/:name/diff": DiffObject;
  readonly "/api/r/:name/diff/lines": DiffLines;
  readonly "/api/r/:name/log": LogPage;
  readonly "/api/r/:name/replay": ReplaysObject & { readonly paths: readonly ReplayLevelObject[] };
  readonly "/api/r/:name/verify": Verdict;
  readonly "/api/r/:name/evidence": { readonly files: readonly EvidenceFile[] };
  readonly "/api/r/:name/evidence/:part": "bytes";
  readonly "/api/together": Together;
}

/** Every address that writes: what it is given, and what it answers. */
export interface WriteApi {
  readonly "/api/w/:name/reviewed": {
    readonly given: { readonly packetSha256: string };
    readonly answer: {
      readonly work: string;
      readonly packetSha256: string;
      readonly by: string;
      readonly at: string;
      readonly seq: number;
    };
  };
  readonly "/api/approvals/:name/withdraw": {
    readonly given: { readonly reason: string };
    readonly answer: {
      readonly work: string;
      readonly id: string;
      readonly state: "withdrawn";
      /** Fingerprint of the key that signed, where one did. */
      readonly signedBy: string | null;
    };
  };
  readonly "/api/r/:name/stop": {
    readonly given: { readonly reason: string };
    readonly answer: { readonly run: string; readonly state: string | null };
  };
  readonly "/api/w/:name/approval-draft": {
    readonly given: {
      readonly sentence: string;
      readonly entry: "typed" | "pasted";
      /** Digest of the text that `signing` told: of any other no draft is made. */
      readonly presentedSha256: string;
      /** Fingerprint of the key that is going to sign. */
      readonly key: string;
      /** Ids of the rows that were ticked: all that `signing` told. */
      readonly ticks: readonly string[];
      readonly expiresMs?: number;
    };
    readonly answer: DraftObject;
  };
  readonly "/api/approvals": {
    readonly given: {
      readonly record: string;
      /** An armored SSHSIG, or what a browser answered. */
      readonly signature: string | AssertionObject;
      readonly entry: "typed" | "pasted";
    };
    readonly answer: RecordedApproval;
  };
  readonly "/api/r/:name/outcome-draft": {
    readonly given:
      | {
          readonly outcome: "accepted";
          readonly sentence: string;
          readonly key: string;
          readonly ticks: readonly TickGiven[];
        }
      | { readonly outcome: "rejected"; readonly reason: string; readonly key: string };
    readonly answer: DraftObject;
  };
  readonly "/api/r/:name/outcome": {
    readonly given: {
      readonly record: string;
      readonly signature: string | AssertionObject;
      readonly ticks: readonly TickGiven[];
    };
    readonly answer: RecordedOutcome;
  };
  /** Begins and answers; what came of it is at the same address, to be read. */
  readonly "/api/r/:name/replay": {
    readonly given: { readonly level: ReplayLevel };
    readonly answer: {
      readonly run: string;
      readonly level: ReplayLevel;
      readonly startedAt: string;
      readonly state: "running";
    };
  };
  readonly "/api/r/:name/rollback": {
    readonly given: { readonly outcomeSeq: number };
    readonly answer: RollbackObject;
  };
}

/** What each of several addresses answered, in the order in which they were asked: its status, and the text of its answer. */
export interface Together {
  readonly answers: readonly { readonly ask: string; readonly status: number; readonly text: string }[];
}

/** A work item with everything that its owner decides by; null where it has none. */
export interface WorkPage {
  readonly work: WorkWithHistory;
  readonly packet: PacketObject | NoContract | null;
  /** What is approved: the very text and digests that the command line shows. */
  readonly view: PacketView | null;
  /** Its newest approval and what became of it. */
  readonly approval: ApprovalView | null;
  /** Since whoever started this server signed it or marked it as read. */
  readonly sinceReviewed: PacketChanges | null;
  readonly gate: GateObject | null;
}

/** A page of runs; without `nextCursor` it is the last one. */
export interface RunsPage extends RunPage {
  readonly nextCursor?: string;
}

/** Lines of a log that were asked for, and how many there are in all. */
export interface LogPage {
  readonly lines: readonly LogLine[];
  readonly matches: number;
  /** The names of all that printed into the log, in its order. */
  readonly streams: readonly string[];
  /** How many there are whatever their text. */
  readonly total: number;
}

/** What `/api/events` tells of one record of the ledger, or that a reader was too slow for `missed` of them. */
export type EventObject =
  | {
      readonly seq: number;
      readonly type: LedgerType;
      readonly work?: string;
      readonly run?: string;
      /** Only where the record leads to one state alone. */
      readonly state?: ShownState;
    }
  | { readonly seq: number; readonly missed: number };

/** An answer that is a no, as RFC 9457 has it: `application/problem+json`. */
export interface ProblemObject {
  /** `urn:cto:` and the code. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** A refusal or failure code, or `bug`. */
  readonly code: string;
  readonly next: string;
  readonly refusals: readonly RefusalObject[];
  /** Names that may have been meant. */
  readonly near: readonly string[];
  readonly requestId: string;
}
