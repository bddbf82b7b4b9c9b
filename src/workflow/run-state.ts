import type { ChainedEvent } from "./event-chain.ts";
import type { EventType } from "./run-events.ts";
import type { Stage } from "./stages.ts";

/** How a run can end (R018). A rollback is no run: it stands in the ledger alone. */
export const RUN_ENDINGS = ["blocked", "voided", "failed", "stopped", "interrupted", "awaiting_outcome"] as const;
export type RunEnding = (typeof RUN_ENDINGS)[number];

/** What the facts of a run say about it. Nothing else is asked; a row in a database is a copy of this. */
export interface RunState {
  readonly state: "ordered" | "executing" | "committing" | "finished";
  /** Where the line stands, or stood when it broke. */
  readonly stage: Stage;
  readonly stopping: boolean;
  readonly ending: RunEnding | null;
  /** The refusal or failure that ended it, where `run.finished` names one. */
  readonly code: string | null;
  /** The one commit, once it is recorded. */
  readonly commit: string | null;
  /** Output digest of each finished step. */
  readonly steps: ReadonlyMap<string, string>;
  readonly facts: number;
}

type Fact = Pick<ChainedEvent, "type" | "data">;

/** The fold of a run's facts, "none" for no facts. A fact that is unknown, or that cannot stand where it stands, is a crash. */
export const foldRun = (facts: Iterable<Fact>): RunState | "none" => {
  let run: RunState | "none" = "none";
  for (const fact of facts) run = afterFact(run, fact);
  return run;
};

/** One step of the fold. */
export const afterFact = (run: RunState | "none", fact: Fact): RunState => {
  const stage = STAGE_OF[fact.type];
  if (stage === undefined) throw new TypeError(`no such fact: ${fact.type}`);
  if (run === "none") return firstFact(fact);
  if (run.state === "finished") throw new TypeError(`${fact.type} after the run was finished`);
  const effect = EFFECTS[fact.type]?.(fact, run) ?? {};
  return { ...run, facts: run.facts + 1, stage: stage === "same" ? run.stage : stage, ...effect };
};

/** The facts that change more than the stage. */
const EFFECTS: Readonly<Partial<Record<EventType, (fact: Fact, run: RunState) => Partial<RunState>>>> = {
  "run.ordered": () => {
    throw new TypeError("a run is ordered once");
  },
  "permit.issued": () => ({ state: "executing" }),
  "run.stopping": () => ({ stopping: true }),
  "step.finished": (fact, { steps }) => ({
    steps: new Map([...steps, [textOf(fact, "step"), textOf(fact, "outputSha256")]]),
  }),
  "commit.created": (fact) => ({ state: "committing", commit: textOf(fact, "commit") }),
  "run.finished": (fact) => ({ state: "finished", ending: endingOf(fact), code: codeOf(fact) }),
};

const firstFact = (fact: Fact): RunState => {
  if (fact.type !== "run.ordered") throw new TypeError(`${fact.type} before the run was ordered`);
  const steps = new Map<string, string>();
  const nothing = { stopping: false, ending: null, code: null, commit: null } as const;
  return { state: "ordered", stage: "gate", ...nothing, steps, facts: 1 };
};

const endingOf = (fact: Fact): RunEnding => {
  const result = textOf(fact, "result");
  const ending = RUN_ENDINGS.find((known) => known === result);
  if (ending === undefined) throw new TypeError(`no such ending: ${result}`);
  return ending;
};

const codeOf = ({ data }: Fact): string | null => {
  const code = data["code"];
  return typeof code === "string" ? code : null;
};

const textOf = ({ type, data }: Fact, member: string): string => {
  const text = data[member];
  if (typeof text !== "string") throw new TypeError(`${type} without its ${member}`);
  return text;
};

/** The stage that a fact belongs to; "same" for those that can come anywhere on the line. */
const STAGE_OF: Readonly<Record<EventType, Stage | "same">> = {
  "run.ordered": "gate",
  "run.started": "same",
  "run.stopping": "same",
  "run.recovered": "same",
  "run.finished": "same",
  "step.finished": "same",
  "gate.checked": "gate",
  "gate.decided": "gate",
  "approval.verified": "gate",
  "approval.consumed": "gate",
  "permit.issued": "gate",
  "preflight.found": "gate",
  "workspace.prepared": "workspace",
  "workspace.collected": "backend",
  "sandbox.started": "same",
  "sandbox.canary": "same",
  "sandbox.attempt": "same",
  "backend.started": "backend",
  "backend.exited": "backend",
  "backend.ready": "backend",
  "backend.extension": "backend",
  "session.started": "backend",
  "session.changed": "backend",
  "turn.started": "backend",
  "turn.finished": "backend",
  "message.recorded": "backend",
  "plan.updated": "backend",
  "usage.reported": "backend",
  "tool.started": "backend",
  "tool.updated": "backend",
  "tool.finished": "backend",
  "permission.requested": "backend",
  "permission.decided": "backend",
  "file.read": "backend",
  "file.written": "backend",
  "terminal.started": "backend",
  "terminal.output": "backend",
  "terminal.finished": "backend",
  "model.requested": "backend",
  "model.answered": "backend",
  "host.asked": "backend",
  "policy.violated": "same",
  "policy.unmediated": "same",
  "cancel.sent": "same",
  "cancel.settled": "same",
  "diff.captured": "policy",
  "diff.judged": "policy",
  "validation.started": "validation",
  "validation.finished": "validation",
  "commit.created": "commit",
  "commit.proved": "commit",
  "rollback.rehearsed": "commit",
  "redaction.applied": "same",
  "evidence.checkpointed": "same",
  "error.raised": "same",
};
