import type { Json } from "./json.ts";
import type { Trust } from "./trust.ts";

/** Every fact a run can record (evidence.md 6); the written type is `cto.<name>.v1`. Unknown ones are a crash. */
export const EVENT_TYPES = [
  "run.ordered",
  "run.started",
  "run.stopping",
  "run.recovered",
  "run.finished",
  "step.finished",
  "gate.checked",
  "gate.decided",
  "approval.verified",
  "approval.consumed",
  "permit.issued",
  "preflight.found",
  "workspace.prepared",
  "workspace.collected",
  "sandbox.started",
  "sandbox.canary",
  "sandbox.attempt",
  "backend.started",
  "backend.exited",
  "backend.ready",
  "backend.extension",
  "session.started",
  "session.changed",
  "turn.started",
  "turn.finished",
  "message.recorded",
  "plan.updated",
  "usage.reported",
  "tool.started",
  "tool.updated",
  "tool.finished",
  "permission.requested",
  "permission.decided",
  "file.read",
  "file.written",
  "terminal.started",
  "terminal.output",
  "terminal.finished",
  "model.requested",
  "model.answered",
  "host.asked",
  "policy.violated",
  "policy.unmediated",
  "cancel.sent",
  "cancel.settled",
  "diff.captured",
  "diff.judged",
  "validation.started",
  "validation.finished",
  "commit.created",
  "commit.proved",
  "rollback.rehearsed",
  "redaction.applied",
  "evidence.checkpointed",
  "error.raised",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** A fact before it has its place in the chain. */
export interface RunEvent {
  readonly type: EventType;
  /** gate/N | tool/<callId> | path/<path> | canary/<id> | step/<name> | run */
  readonly subject: string;
  readonly trust: Trust;
  readonly data: { readonly [key: string]: Json | undefined };
  /** Milliseconds since 1970 at which it was received, where that is known better than when it is written down. */
  readonly at?: number;
}
