import type { RunRow } from "../seams/store.ts";
import type { Commit } from "../workflow/commit/commit.ts";
import type { Permit } from "../workflow/gate/permit.ts";
import type { Clearance, JudgedChange, PathGround } from "../workflow/policy/judge-changes.ts";
import { judgedRows } from "../workflow/policy/judge-changes.ts";
import type { Refusal } from "../workflow/refusal.ts";
import { after, ok, type Result } from "../workflow/result.ts";
import type { PassedValidation } from "../workflow/validation/validation.ts";
import { commitRun, holdPermit, type Committed } from "./commit-run.ts";
import type { StepOutputs } from "./draw-record.ts";
import { groundOf } from "./ground.ts";
import { gateAndConsume, type GateOutput } from "./open-gate.ts";
import { perform, type Performed } from "./perform.ts";
import { proveRun, type Proven } from "./prove-run.ts";
import { refuseAll } from "./read-facts.ts";
import { endOrphans } from "./recover.ts";
import type { Recorder } from "./recorder.ts";
import type { Ending } from "./run-workflow.ts";
import { sealRun } from "./seal-run.ts";
import type { Step } from "./step.ts";
import { validate, type Validated } from "./validate.ts";
import type { World } from "./world.ts";

/** What one run works with. Each act is a durable step: done once, and answered from its record when asked again. */
export interface Bench {
  gate(): Promise<Result<Permit, Refusal>>;
  perform(permit: Permit): Promise<Result<Performed, Refusal>>;
  groundOf(permit: Permit, performed: Performed): PathGround;
  tellJudged(permit: Permit, performed: Performed, policy: Result<Clearance, Refusal>): void;
  validate(permit: Permit, clearance: Clearance): Promise<Result<Validated, Refusal>>;
  commit(permit: Permit, clearance: Clearance, validation: PassedValidation): Promise<Result<Commit, Refusal>>;
  prove(ending: Ending): Promise<Ending>;
  seal(): Promise<Ending>;
  permitted(): Permit | undefined;
  isStopped(): boolean;
}

export interface BenchParts {
  readonly world: World;
  readonly row: RunRow;
  readonly recorder: Recorder;
  readonly step: Step;
  readonly signal: AbortSignal;
}

/** The bench over real seams. What a step left is kept here until the seal draws the evidence from it. */
export const openBench = ({ world, row, recorder, step, signal }: BenchParts): Bench => {
  let gate: GateOutput | undefined;
  let performed: Performed | undefined;
  let validated: Validated | undefined;
  let committed: Committed | undefined;
  let proven: Proven | undefined;

  const permitted = (): Permit | undefined => (gate?.result.ok === true ? gate.result.value : undefined);
  return {
    gate: async () => {
      gate = await step("gate", () => gateAndConsume(world, row, recorder));
      return gate.result;
    },
    perform: async (permit) => {
      const output = await step("backend", async (performance): Promise<Result<Performed, Refusal>> => {
        if (performance > 1) await endOrphans(world, recorder);
        const objections = await holdPermit(world, row, permit);
        if (objections.length > 0) return refuseAll(objections);
        return ok(await perform(world, permit, recorder, performance, signal));
      });
      if (output.ok) performed = output.value;
      return output;
    },
    groundOf: (permit, output) => groundOf(permit, gate === undefined || gate.drawn === "not-drawn" ? undefined : gate.drawn, output),
    tellJudged: (permit, output, policy) => {
      const rows = judgedRows(groundOf(permit, undefined, output), output.changes);
      recorder.record({
        type: "diff.judged",
        subject: "run",
        trust: "harness-observed",
        data: { ok: policy.ok, violations: rows.filter(isViolation).map(({ path, change, rule, verdict }) => ({ path, change, rule, verdict })) },
      });
    },
    validate: async (permit, clearance) => {
      const checks = gate === undefined || gate.drawn === "not-drawn" ? [] : gate.drawn.checks;
      const output = await step("validation", () => validate(world, permit, clearance, checks, recorder));
      if (output.ok) validated = output.value;
      return output;
    },
    commit: async (permit, clearance, validation) => {
      const output = await step("commit", async () => {
        const now = await world.store.run(row.run);
        return commitRun(world, now === "absent" ? row : now, permit, clearance, validation, recorder);
      });
      if (output.ok) committed = output.value;
      return after(output, ({ commit }) => ok(commit));
    },
    prove: async (ending) => {
      proven = await step("proof", () => proveRun(world, permitted(), ending, recorder));
      return proven.ending;
    },
    seal: async () => {
      const outputs = outputsOf({ gate, performed, validated, committed, proven });
      return (await sealRun(world, row, outputs, recorder)).ending;
    },
    permitted,
    isStopped: () => signal.aborted,
  };
};

const isViolation = ({ verdict }: JudgedChange): boolean => verdict !== "allowed" && verdict !== "scratch";

const outputsOf = (parts: { readonly [Name in keyof StepOutputs]-?: StepOutputs[Name] | undefined }): StepOutputs => {
  const { gate, performed, validated, committed, proven } = parts;
  if (gate === undefined || proven === undefined) throw new TypeError("a run is sealed after its gate and its proof");
  return {
    gate,
    proven,
    ...(performed === undefined ? {} : { performed }),
    ...(validated === undefined ? {} : { validated }),
    ...(committed === undefined ? {} : { committed }),
  };
};
