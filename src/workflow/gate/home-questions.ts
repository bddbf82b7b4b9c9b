import { APPROVAL_NAMESPACE } from "../approval/approval-record.ts";
import type { Contract } from "../contract/contract.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refusalsOf } from "../result.ts";
import { canSign } from "../trust-root.ts";
import { question, type GateQuestion } from "./gate-check.ts";
import type { Standing } from "./standing.ts";
import { objectionsToSwitches } from "./switches.ts";

/** What the home and the operator must bring: authority, packet, admission, and the switches (steps 1 to 3, 10). */
export const homeQuestions = (standing: Standing): readonly GateQuestion[] => {
  const { policy, packet, contract, admission, observation } = standing;
  return [
    question(2, "gate", "policy", { refusals: refusalsOf(policy), says: () => "read" }),
    question(2, "gate", "authority files", {
      refusals: standing.writableByOthers.map((file) => refusal("gate/authority-writable", { file })),
      says: () => "writable by their owner only",
    }),
    question(2, "gate", "secrets", {
      refusals: [
        ...standing.secretsInDocuments.map((found) => refusal("gate/secret-in-document", found)),
        ...standing.shortSecrets.map((variable) => refusal("gate/secret-too-short", { variable })),
      ],
      says: () => "none in what the evidence holds unedited",
    }),
    question(2, "gate", "ledger", { refusals: ledgerObjections(standing), says: () => "its chain recomputes" }),
    question(3, "packet", "packet", { refusals: refusalsOf(packet), says: () => "lints, 0 errors" }),
    question(3, "contract", "contract", {
      refusals: refusalsOf(contract),
      says: () => (contract.ok ? sizeOf(contract.value) : ""),
      needs: ["packet"],
    }),
    question(2, "approval", "signers", {
      refusals: signerObjections(standing),
      says: () => "the owner has a key that may approve",
      needs: ["contract"],
    }),
    question(10, "admission", "target", {
      refusals: refusalsOf(observation),
      says: () => (observation.ok ? `${observation.value.branch}@${observation.value.head.slice(0, 7)}, clean` : ""),
      needs: ["contract"],
    }),
    question(3, "admission", "admission", {
      refusals: refusalsOf(admission),
      says: () =>
        admission.ok
          ? `admitted by ${admission.value.record.owner} as ${admission.value.record.riskClassification}`
          : "",
      needs: ["contract", "policy", "target"],
    }),
    question(2, "gate", "network hosts", {
      refusals: hostObjections(standing),
      says: () => (contract.ok ? hostsSay(contract.value) : ""),
      needs: ["contract", "policy"],
    }),
    question(1, "gate", "default activation", {
      refusals: activationObjections(standing),
      says: () => "runtime.defaultActivation is false",
    }),
    question(1, "gate", "named backend", {
      refusals: backendObjections(standing),
      says: () => (contract.ok ? `${contract.value.executionGate.backend}, as the contract says` : ""),
      needs: ["contract"],
    }),
    question(1, "gate", "switches", {
      refusals: contract.ok
        ? [...objectionsToSwitches(contract.value, standing.switches, standing.admissionRecord)]
        : [],
      says: () => "three set exactly, the outcome unset",
      needs: ["contract"],
    }),
  ];
};

const sizeOf = ({ allowedPaths, forbiddenPaths, forbiddenActions }: Contract): string =>
  `${allowedPaths.length} allowed paths, ${forbiddenPaths.length} forbidden paths, ` +
  `${forbiddenActions.length} forbidden actions, 1 validation command`;

const hostsSay = ({ allowedHosts = [] }: Contract): string =>
  allowedHosts.length === 0 ? "none but the model's" : `permitted: ${allowedHosts.join(", ")}`;

const hostObjections = ({ contract, policy }: Standing): readonly Refusal[] => {
  if (!contract.ok || !policy.ok) return [];
  const permitted = policy.value.egress?.allowedHosts ?? [];
  const others = (contract.value.allowedHosts ?? []).filter((host) => !permitted.includes(host));
  return others.length === 0 ? [] : [refusal("gate/host-not-permitted", { hosts: others.join(", ") })];
};

const ledgerObjections = ({ ledgerBreaks }: Standing): readonly Refusal[] =>
  ledgerBreaks.length === 0
    ? []
    : [refusal("gate/ledger-broken", { problem: `it breaks at ${ledgerBreaks.slice(0, 5).join(", ")}` })];

const signerObjections = ({ trust, contract, nowMs }: Standing): readonly Refusal[] => {
  if (!trust.ok) return trust.refusals;
  if (!contract.ok || canSign(trust.value, contract.value.owner, APPROVAL_NAMESPACE, nowMs)) return [];
  const problem = `allowed_signers gives ${contract.value.owner} no key for ${APPROVAL_NAMESPACE} today`;
  return [refusal("approval/no-signer", { problem })];
};

const activationObjections = ({ defaultActivation }: Standing): readonly Refusal[] =>
  defaultActivation === false ? [] : [refusal("gate/default-activation", { found: String(defaultActivation) })];

const backendObjections = ({ contract, backend }: Standing): readonly Refusal[] => {
  if (!contract.ok || !backend.ok || backend.value.kind === contract.value.executionGate.backend) return [];
  return [
    refusal("gate/backend-differs", { contract: contract.value.executionGate.backend, found: backend.value.kind }),
  ];
};
