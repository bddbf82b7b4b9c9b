import { gateVariables } from "../packet/fixed-words.ts";
import type { Packet, Placed } from "../packet/packet.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { unless, type Result } from "../result.ts";
import { checkOf, MUST_NOT_CHOOSE } from "../vocabulary.ts";
import type { Contract } from "./contract.ts";

/** The Task Contract of a packet: of its bytes and of nothing else (R028). */
export const drawContract = (packet: Packet): Result<Contract, Refusal> => {
  const { value: status, at } = packet.frontmatter.status;
  const objections = status === "validated" ? [] : [refusal("contract/packet-not-validated", { status }, at)];
  return unless(objections, () => contractOf(packet));
};

const contractOf = (packet: Packet): Contract => ({
  schema: "cto/contract/v1",
  packet: packet.frontmatter.name.value,
  owner: packet.frontmatter.owner.value,
  workItem: packet.work.value,
  targetRepository: {
    path: packet.target.path.value,
    owner: packet.target.owner.value,
    admissionSource: packet.target.admissionSource.value,
    admissionStatus: packet.target.admissionStatus.value,
    riskClassification: packet.target.risk.value,
    observedState: {
      branch: packet.target.observed.branch.value,
      clean: packet.target.observed.clean,
      when: packet.target.observed.when,
    },
  },
  task: { label: packet.label, statement: packet.task.value },
  allowedPaths: valuesOf(packet.allowedPaths),
  forbiddenActions: valuesOf(packet.forbiddenActions),
  forbiddenPaths: valuesOf(packet.forbiddenPaths),
  ...(packet.allowedHosts.length === 0 ? {} : { allowedHosts: valuesOf(packet.allowedHosts) }),
  successCriteria: packet.criteria.map(({ value: text }, index) => ({
    id: `C${index + 1}`,
    check: checkOf(text),
    text,
  })),
  validation: { argv: packet.validation.value },
  commits: 1,
  runtimeDefaultActivation: false,
  rollback: { kind: "revert-single-commit", text: valuesOf(packet.rollback) },
  requiredApproval: packet.sentence.value,
  executionGate: gateOf(packet),
  evidenceRequired: valuesOf(packet.evidence),
});

const gateOf = ({ gate }: Packet): Contract["executionGate"] => {
  const { value: backend } = gate.backend;
  const { value: stage } = gate.stage;
  const names = gateVariables(backend, stage);
  return {
    backend,
    stage,
    env: {
      [names.allow]: { equals: "1" },
      [names.stage]: { equals: String(stage) },
      [names.admission]: { is: "admission-record" },
      [names.outcome]: { is: "recorded-after-verification" },
    },
    backendMustNotChoose: MUST_NOT_CHOOSE,
  };
};

const valuesOf = <T>(placed: readonly Placed<T>[]): readonly T[] => placed.map(({ value }) => value);
