import type { Step } from "../../../harness/objects/step.ts";

/** What was known of a run after one of its facts. Texts may be hostile. */
export interface WorldAt {
  /** Paths that were seen to be written or read, in the order of the first time. */
  readonly paths: readonly SeenPath[];
  /** Whether what the agent left behind was taken as a patch by then. */
  readonly captured: number | undefined;
  readonly log: readonly Step[];
  readonly verdicts: readonly Step[];
}

export interface SeenPath {
  readonly path: string;
  readonly written: number;
  readonly read: number;
  readonly denied: number;
  /** Number of its newest fact. */
  readonly seq: number;
}

const LOG: ReadonlySet<string> = new Set([
  "terminal.started",
  "terminal.output",
  "terminal.finished",
  "validation.started",
  "validation.finished",
]);

const VERDICTS: ReadonlySet<string> = new Set([
  "gate.decided",
  "approval.verified",
  "sandbox.canary",
  "sandbox.attempt",
  "permission.decided",
  "policy.violated",
  "policy.unmediated",
  "diff.judged",
  "validation.finished",
  "commit.proved",
  "rollback.rehearsed",
  "run.finished",
]);

/** Only facts up to this number count: nothing is known before its event. */
export const worldAt = (steps: readonly Step[], seq: number): WorldAt => {
  const past = steps.filter((step) => step.seq <= seq);
  const paths = new Map<string, SeenPath>();
  for (const step of past) {
    const { path, decision } = step.detail;
    if (typeof path !== "string" || (step.label !== "file.written" && step.label !== "file.read")) continue;
    const { written, read, denied } = paths.get(path) ?? { written: 0, read: 0, denied: 0 };
    const isAllowed = decision === "allowed";
    paths.set(path, {
      path,
      written: written + (isAllowed && step.label === "file.written" ? 1 : 0),
      read: read + (isAllowed && step.label === "file.read" ? 1 : 0),
      denied: denied + (isAllowed ? 0 : 1),
      seq: step.seq,
    });
  }
  return {
    paths: [...paths.values()],
    captured: past.find(({ label }) => label === "diff.captured")?.seq,
    log: past.filter(({ label }) => LOG.has(label)),
    verdicts: past.filter(({ label }) => VERDICTS.has(label)),
  };
};

/** The step where the next or previous stage begins, from one of them. */
export const stageFrom = (steps: readonly Step[], seq: number): number | undefined => {
  const stage = steps.find((step) => step.seq === seq)?.stage;
  return steps.find((step) => step.seq > seq && step.stage !== stage)?.seq;
};
