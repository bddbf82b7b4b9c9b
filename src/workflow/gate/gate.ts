import { contractDigest } from "../contract/contract.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { unless, type Result } from "../result.ts";
import { approvalQuestions } from "./approval-questions.ts";
import { answerAll, question, type GateCheck, type GateQuestion } from "./gate-check.ts";
import { homeQuestions } from "./home-questions.ts";
import { hostQuestions } from "./host-questions.ts";
import type { Permit } from "./permit.ts";
import type { Standing } from "./standing.ts";

export interface GateAnswer {
  /** Every precondition, in the line's order. */
  readonly checks: readonly GateCheck[];
  readonly result: Result<Permit, Refusal>;
}

/** Evaluates every precondition, also after a refusal; changes nothing and consumes nothing (R054, R055). */
export const openGate = (standing: Standing): GateAnswer => {
  const approval = approvalQuestions(standing.approval);
  const checks = answerAll([
    ...homeQuestions(standing),
    ...approval,
    workQuestion(standing, approval),
    ...hostQuestions(standing),
  ]);
  const refusals = checks.flatMap((check) => check.refusals);
  return { checks, result: unless(refusals, () => permitFor(standing, checks)) };
};

// A candidate without an approval is only waiting for one; any other state is refused for itself.
const workQuestion = ({ contract, approval, workState }: Standing, needs: readonly GateQuestion[]): GateQuestion => {
  const waits = workState === "candidate" && !approval.ok;
  const refusals =
    !contract.ok || workState === "approved" || waits
      ? []
      : [refusal("gate/work-not-approved", { work: contract.value.workItem, state: workState })];
  return question(3, "approval", "work item", {
    refusals,
    says: () => "approved",
    needs: ["contract", ...(waits ? needs.map(({ name }) => name) : [])],
  });
};

const permitFor = (standing: Standing, checks: readonly GateCheck[]): Permit => {
  const { policy, trust, packet, contract, admission, approval, backend, sandbox } = standing;
  const all = policy.ok && trust.ok && packet.ok && contract.ok && admission.ok && approval.ok && backend.ok;
  if (!all || sandbox.confinement === "none" || checks.some(({ status }) => status !== "pass"))
    throw new TypeError("a gate without refusals has passed every check");
  const permit = {
    run: standing.run,
    contract: contract.value,
    digests: {
      packet: packet.value.source.digest,
      contract: contractDigest(contract.value),
      admission: admission.value.digest,
      policy: policy.value.digest,
      signers: trust.value.digest,
      checks: standing.checks,
      approval: approval.value.digest,
      build: standing.build,
    },
    admission: admission.value,
    approval: approval.value,
    authority: policy.value,
    backend: backend.value.probe,
    confinement: sandbox.confinement,
    epochSeconds: standing.epochSeconds,
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a Permit is made
  return permit as Permit;
};
