import type { RunRow } from "../../seams/store.ts";
import type { Commit } from "../../workflow/commit/commit.ts";
import { parseEvent } from "../../workflow/event-chain.ts";
import { openGate } from "../../workflow/gate/gate.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { strayAttempts } from "../../workflow/policy/attempts.ts";
import type { Clearance, JudgedChange, PathGround } from "../../workflow/policy/judge-changes.ts";
import { judgedRows } from "../../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { refusalsOf, after, ok, type Result } from "../../workflow/result.ts";
import type { PassedValidation } from "../../workflow/validation/validation.ts";
import { perform, type Performed } from "../backend/perform.ts";
import type { Redactor } from "../backend/redactor.ts";
import { claimedCandidate, commitRun, holdPermit, NOT_READ, type Committed } from "../commit/commit-run.ts";
import { proveRun, type Proven } from "../commit/prove-run.ts";
import { movedBetween, watch, type Watched } from "../commit/watched.ts";
import type { StepOutputs } from "../evidence/draw-record.ts";
import { sealRun } from "../evidence/seal-run.ts";
import { askGate, spendApproval, unansweredGate, type GateOutput, type UnansweredGate } from "../gate/open-gate.ts";
import { readStanding } from "../gate/read-standing.ts";
import { refuseAll } from "../home/read-facts.ts";
import type { Ending } from "../run-workflow.ts";
import { groundOf } from "../validation/ground.ts";
import { secretsInChanges } from "../validation/secrets-in-changes.ts";
import { validate, type Validated } from "../validation/validate.ts";
import type { World } from "../world.ts";
import { isCancelled, throwIfLetGo } from "./let-go.ts";
import { findFact, type Recorder } from "./recorder.ts";
import type { Steps } from "./step.ts";

/** What one run works with. Each act is a durable step: done once, and answered from its record when asked again. */
export interface Bench {
  gate(): Promise<Result<Permit, Refusal>>;
  /** What the gate says now, where a broken run goes on with the permit of then; nothing once the commit is claimed. */
  gateAgain(): Promise<readonly Refusal[]>;
  perform(permit: Permit): Promise<Result<Performed, Refusal>>;
  groundOf(permit: Permit, performed: Performed): PathGround;
  /** What the agent left where it may not, however the run goes on. */
  tellStrays(permit: Permit, performed: Performed): void;
  tellJudged(permit: Permit, performed: Performed, policy: Result<Clearance, Refusal>): void;
  validate(permit: Permit, clearance: Clearance): Promise<Result<Validated, Refusal>>;
  commit(permit: Permit, clearance: Clearance, validation: PassedValidation): Promise<Result<Commit, Refusal>>;
  /** The claimed commit of this run, if the target holds it. */
  landed(): Promise<Commit | "none">;
  prove(ending: Ending): Promise<void>;
  /** Whether it is recorded already how the run ended: nothing of the line is done again then. */
  isProven(): boolean;
  /** How the run ended in the end: evidence that proves too little takes an awaited outcome back. */
  seal(): Promise<Ending>;
  permitted(): Permit | undefined;
  isStopped(): boolean;
  /** Throws where another worker is to go on with the run. */
  throwIfLetGo(): void;
  /** Whether something was thrown only because the run was stopped. */
  isStop(error: unknown): boolean;
}

export interface BenchParts {
  readonly world: World;
  readonly row: RunRow;
  readonly recorder: Recorder;
  readonly redactor: Redactor;
  readonly steps: Steps;
  readonly signal: AbortSignal;
}

/** The bench over real seams. What a step left, now or before a crash, is kept here until the seal draws the evidence. */
export const openBench = async ({ world, row, recorder, redactor, steps, signal }: BenchParts): Promise<Bench> => {
  let gate = await steps.recorded<GateOutput>("gate");
  let performed = await steps.recorded<Result<Performed, Refusal>>("backend");
  let validated = await steps.recorded<Result<Validated, Refusal>>("validation");
  let committed = await steps.recorded<Result<Committed, Refusal>>("commit");
  let proven = await steps.recorded<Proven>("proof");
  const isGoingOn = gate !== undefined;
  // Once the commit is claimed the run is finished, whoever wants its end: the target may hold the commit already.
  const isClaimed = claimedCandidate(row) !== undefined;

  const permitted = (): Permit | undefined => (gate?.result.ok === true ? gate.result.value : undefined);
  const drawn = (): GateOutput["drawn"] => gate?.drawn ?? "not-drawn";
  /** What the evidence would have to tell of a commit is told before there is one (R083, R085). */
  const movedSince = async (before: Watched, { authority }: Permit): Promise<readonly Refusal[]> =>
    movedBetween(before, await watch(world, authority.coreRoots)).map((what) =>
      refusal("policy/watched-changed", { what }),
    );
  const rowNow = async (): Promise<RunRow> => {
    const now = await world.store.run(row.run);
    return now === "absent" ? row : now;
  };
  return {
    gate: async () => {
      gate = await steps.do(
        "gate",
        (attempt) => askGate(world, row, recorder, attempt),
        (ledger, output) => spendApproval(world, row, recorder, ledger, output),
      );
      return gate.result;
    },
    gateAgain: async () => {
      if (!isGoingOn || claimedCandidate(await rowNow()) !== undefined) return [];
      const { standing } = await readStanding(world, row.work, row.run, row.epochSeconds);
      return refusalsOf(openGate(standing).result);
    },
    perform: async (permit) => {
      performed = await steps.do("backend", async (performance): Promise<Result<Performed, Refusal>> => {
        const objections = await holdPermit(world, row, permit);
        if (objections.length > 0) return refuseAll(objections);
        const left = await perform({ world, permit, recorder, redactor, performance, signal });
        throwIfLetGo(signal);
        const rows = judgedRows(groundOf(permit, drawnOr(drawn()), left), left.changes);
        return ok({ ...left, secrets: await secretsInChanges(world, permit, left.changes, rows, redactor) });
      });
      return performed;
    },
    groundOf: (permit, output) => groundOf(permit, drawnOr(drawn()), output),
    tellStrays: (permit, output) => {
      const told = new Set(recorder.lines().map((line) => parseEvent(line).subject));
      const rows = judgedRows(groundOf(permit, drawnOr(drawn()), output), output.changes);
      for (const [at, stray] of strayAttempts(rows, LIMITS.straysMax).entries()) {
        const subject = `stray/${at + 1}`;
        if (!told.has(subject))
          recorder.record({ type: "sandbox.attempt", subject, trust: "harness-observed", data: { ...stray } });
      }
    },
    tellJudged: (permit, output, policy) => {
      if (findFact(recorder.lines(), "diff.judged") !== undefined) return;
      const rows = judgedRows(groundOf(permit, drawnOr(drawn()), output), output.changes);
      recorder.record({
        type: "diff.judged",
        subject: "run",
        trust: "harness-observed",
        data: {
          ok: policy.ok,
          violations: rows
            .filter(isViolation)
            .map(({ path, change, rule, verdict }) => ({ path, change, rule, verdict })),
        },
      });
    },
    validate: async (permit, clearance) => {
      const checks = drawnOr(drawn())?.checks ?? [];
      validated = await steps.do("validation", () =>
        validate({ world, permit, recorder, redactor, signal }, clearance, checks),
      );
      return validated;
    },
    commit: async (permit, clearance, validation) => {
      committed = await steps.do("commit", async () => {
        const now = await rowNow();
        const moved = claimedCandidate(now) === undefined ? await movedSince(gate?.watched ?? [], permit) : [];
        if (moved.length > 0) return refuseAll(moved);
        return commitRun(world, now, permit, clearance, validation, recorder);
      });
      return after(committed, ({ commit }) => ok(commit));
    },
    landed: async () => {
      const permit = permitted();
      const isClaimed = permit !== undefined && claimedCandidate(await rowNow()) !== undefined;
      return isClaimed ? world.target.landed(permit) : "none";
    },
    prove: async (ending) => {
      const known = { ending: redactor.within(ending, REPORT), watchedBefore: gate?.watched ?? [] };
      proven = await steps.do("proof", () => proveRun(world, permitted(), known, recorder));
    },
    isProven: () => proven !== undefined,
    seal: async () => {
      if (proven === undefined) throw new TypeError("a run is sealed after its proof");
      const asked = gate ?? (await unansweredGate(world));
      const outputs = outputsOf({ gate: asked, performed, validated, committed, proven });
      return (await sealRun({ world, row, recorder, redactor }, outputs)).ending;
    },
    permitted,
    isStopped: () => !isClaimed && (isCancelled(signal) || findFact(recorder.lines(), "run.stopping") !== undefined),
    isStop: (error) => !isClaimed && isCancelled(signal) && error === signal.reason,
    throwIfLetGo: () => throwIfLetGo(signal),
  };
};

const REPORT = "report.json";

const isViolation = ({ verdict }: JudgedChange): boolean => verdict !== "allowed" && verdict !== "scratch";

const drawnOr = (drawn: GateOutput["drawn"]): Exclude<GateOutput["drawn"], "not-drawn"> | undefined =>
  drawn === "not-drawn" ? undefined : drawn;

export interface Left {
  readonly gate: GateOutput | UnansweredGate;
  readonly performed: Result<Performed, Refusal> | undefined;
  readonly validated: Result<Validated, Refusal> | undefined;
  readonly committed: Result<Committed, Refusal> | undefined;
  readonly proven: Proven;
}

/** What the steps left, as the evidence is drawn from it. */
export const outputsOf = ({ gate, performed, validated, committed, proven }: Left): StepOutputs => {
  const { commit } = proven.ending;
  // A commit that landed while its step failed is as much a commit; the proof is the first to tell of it.
  const adopted = commit === undefined || !gate.result.ok ? undefined : { commit, inputs: NOT_READ, at: proven.at };
  const made = committed?.ok === true ? committed.value : adopted;
  return {
    gate,
    proven,
    ...(performed?.ok === true ? { performed: performed.value } : {}),
    ...(validated?.ok === true ? { validated: validated.value } : {}),
    ...(made === undefined ? {} : { committed: made }),
  };
};
