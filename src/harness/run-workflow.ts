import type { RunEnding } from "../seams/store.ts";
import type { Commit } from "../workflow/commit/commit.ts";
import { Failure, type FailureCode } from "../workflow/failure.ts";
import { judgeChanges } from "../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { after, refuse, type Result } from "../workflow/result.ts";
import { judgeValidation } from "../workflow/validation/judge-validation.ts";
import { refuseAll } from "./home/read-facts.ts";
import type { Bench } from "./run/bench.ts";
import { confinementRefusals } from "./workspace/canaries.ts";

/** How a run ended, before anything is sealed. */
export interface Ending {
  readonly kind: RunEnding;
  readonly refusals: readonly Refusal[];
  readonly failure?: { readonly code: FailureCode; readonly message: string };
  readonly commit?: Commit;
}

type Line = Result<Commit, Refusal> | "stopped" | { readonly broken: readonly Refusal[] };

/** The line of the workflow after the packet was read and the contract drawn: gate, backend, policy, validation, commit. */
const followLine = async (bench: Bench): Promise<Line> => {
  const gate = await bench.gate();
  if (!gate.ok) return gate;
  const permit = gate.value;
  const broken = await bench.gateAgain();
  if (broken.length > 0) return { broken };
  if (bench.isStopped()) return "stopped";

  const backend = await bench.perform(permit);
  if (!backend.ok) return backend;
  const performed = backend.value;
  bench.tellStrays(permit, performed);
  if (bench.isStopped()) return "stopped";
  const { stop, limit } = performed.attempt;
  const wasEnded = stop !== "completed" || limit !== undefined;
  const unconfined = confinementRefusals(performed.canaries, wasEnded ? "told" : "refused");
  if (unconfined.length > 0) return refuseAll(unconfined);
  // Its files lie on this machine. Whoever approved and whoever verifies reads what the gate found of them.
  if (performed.attempt.probe.binary !== permit.backend.binary)
    throw new Failure(
      "backend/changed-meanwhile",
      `What worked has digest ${performed.attempt.probe.binary}; the gate looked at ${permit.backend.binary}.`,
    );
  if (performed.attempt.stop !== "completed" && performed.attempt.limit === undefined)
    throw new Failure("backend/gave-up", `The agent gave up: ${performed.attempt.said}`);
  const policy = judgeChanges(permit, bench.groundOf(permit, performed), performed.changes, performed);
  bench.tellJudged(permit, performed, policy);
  const cleared = withoutLimit(performed.attempt.limit, policy);
  if (!cleared.ok) return cleared;

  const validated = await bench.validate(permit, cleared.value);
  const validation = after(validated, ({ runs, probes, canaries }) => {
    const beside = confinementRefusals(canaries);
    return beside.length > 0 ? refuseAll(beside) : judgeValidation({ runs, probes });
  });
  if (!validation.ok) return validation;
  if (bench.isStopped()) return "stopped";

  return bench.commit(permit, cleared.value, validation.value);
};

/** Whatever happens on the line, the run ends with evidence and, if there is a commit, with a question to the owner. */
export const runWorkflow = async (bench: Bench): Promise<Ending> => {
  if (!bench.isProven()) await bench.prove(await endingOf(bench));
  return bench.seal();
};

/** A limit that ended the agent voids the run whatever it left (R135). */
const withoutLimit = <T>(limit: string | undefined, policy: Result<T, Refusal>): Result<T, Refusal> =>
  limit === undefined
    ? policy
    : refuse(refusal("workspace/limit-reached", { limit }), ...(policy.ok ? [] : policy.refusals));

const endingOf = async (bench: Bench): Promise<Ending> => {
  try {
    const line = await followLine(bench);
    if (line === "stopped") return { kind: "stopped", refusals: [] };
    if ("broken" in line) return { kind: "interrupted", refusals: line.broken };
    if (line.ok) return { kind: "awaiting_outcome", refusals: [], commit: line.value };
    if (bench.permitted() === undefined) return { kind: "blocked", refusals: line.refusals };
    return bench.isStopped() ? { kind: "stopped", refusals: [] } : { kind: "voided", refusals: line.refusals };
  } catch (error) {
    bench.throwIfLetGo();
    if (bench.isStop(error)) return { kind: "stopped", refusals: [] };
    if (!(error instanceof Failure)) throw error;
    // After a failure of the ledger nothing can be recorded: the run stays open and goes on later.
    if (error.code.startsWith("store/")) throw error;
    const failure = { code: error.code, message: error.message };
    const commit = await bench.landed();
    if (commit !== "none") return { kind: "interrupted", refusals: [], failure, commit };
    if (bench.isStopped() && error.code.startsWith("backend/")) return { kind: "stopped", refusals: [] };
    return { kind: "failed", refusals: [], failure };
  }
};
