/**
 * Whose word each type of event is (evidence.md 6), apart from what the line itself says: a claim that is relabelled, or an
 * observation that an agent could have written, is of the wrong type for its trust.
 */
export const isWordOf = (type: string, trust: string): boolean => {
  const isClaim = trust === "agent-claimed" || trust === "backend-claimed";
  if (EITHER.has(type)) return isClaim || trust === "harness-observed";
  return CLAIMED.has(type) ? isClaim : trust === "harness-observed";
};

const CLAIMED: ReadonlySet<string> = new Set([
  "cto.backend.ready.v1",
  "cto.backend.extension.v1",
  "cto.session.started.v1",
  "cto.session.changed.v1",
  "cto.turn.finished.v1",
  "cto.message.recorded.v1",
  "cto.plan.updated.v1",
  "cto.usage.reported.v1",
  "cto.tool.started.v1",
  "cto.tool.updated.v1",
  "cto.permission.requested.v1",
]);

/** A turn that the Harness asked for, or one that a backend tells of; the end of a call, or the Harness's own "denied". */
const EITHER: ReadonlySet<string> = new Set(["cto.turn.started.v1", "cto.tool.finished.v1"]);
