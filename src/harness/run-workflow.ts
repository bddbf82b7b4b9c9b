import type { RunEnding } from "../seams/store.ts";
import { Failure, type FailureCode } from "../workflow/failure.ts";
import type { Commit } from "../workflow/commit/commit.ts";
import { judgeChanges } from "../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { after, refuse, type Result } from "../workflow/result.ts";
import { judgeValidation } from "../workflow/validation/judge-validation.ts";
import type { Bench } from "./bench.ts";

/** How a run ended, before anything is sealed. */
export interface Ending {
  readonly kind: RunEnding;
  readonly refusals: readonly Refusal[];
  readonly failure?: { readonly code: FailureCode; readonly message: string };
  readonly commit?: Commit;
}

/** The line of the workflow after the packet was read and the contract drawn: gate, backend, policy, validation, commit. */
const followLine = async (bench: Bench): Promise<Result<Commit, Refusal> | "stopped"> => {
  const gate = await bench.gate();
  if (!gate.ok) return gate;
  const permit = gate.value;

  const backend = await bench.perform(permit);
  if (!backend.ok) return backend;
  const performed = backend.value;
  if (bench.isStopped() || performed.attempt.stop === "cancelled") return "stopped";
  if (performed.attempt.stop === "gave_up" && performed.attempt.limit === undefined)
    throw new Failure("backend/gave-up", `The agent gave up: ${performed.attempt.said}`);
  const policy = judgeChanges(permit, bench.groundOf(permit, performed), performed.changes, performed.denied);
  bench.tellJudged(permit, performed, policy);
  const cleared = withoutLimit(performed.attempt.limit, policy);
  if (!cleared.ok) return cleared;

  const validated = await bench.validate(permit, cleared.value);
  const validation = after(validated, ({ runs }) => judgeValidation(runs));
  if (!validation.ok) return validation;
  if (bench.isStopped()) return "stopped";

  return bench.commit(permit, cleared.value, validation.value);
};

/** Whatever happens on the line, the run ends with evidence and, if there is a commit, with a question to the owner. */
export const runWorkflow = async (bench: Bench): Promise<Ending> => {
  const ending = await endingOf(bench, () => followLine(bench));
  await bench.prove(ending);
  return bench.seal();
};

/** A limit that ended the agent voids the run whatever it left (R135). */
const withoutLimit = <T>(limit: string | undefined, policy: Result<T, Refusal>): Result<T, Refusal> =>
  limit === undefined
    ? policy
    : refuse(refusal("workspace/limit-reached", { limit }), ...(policy.ok ? [] : policy.refusals));

const endingOf = async (bench: Bench, line: () => Promise<Result<Commit, Refusal> | "stopped">): Promise<Ending> => {
  try {
    const result = await line();
    if (result === "stopped" || (!result.ok && bench.isStopped())) return { kind: "stopped", refusals: [] };
    if (result.ok) return { kind: "awaiting_outcome", refusals: [], commit: result.value };
    return { kind: bench.permitted() === undefined ? "blocked" : "voided", refusals: result.refusals };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // After a failure of the ledger nothing can be recorded: the run stays open and goes on later.
    if (error.code.startsWith("store/")) throw error;
    if (bench.isStopped()) return { kind: "stopped", refusals: [] };
    return { kind: "failed", refusals: [], failure: { code: error.code, message: error.message } };
  }
};

