import { CONFINEMENT_LEVELS, type Authority, type ConfinementLevel } from "../authority.ts";
import { isBelowMediation } from "../backend-probe.ts";
import type { Contract } from "../contract/contract.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refusalsOf } from "../result.ts";
import { question, type GateQuestion } from "./gate-check.ts";
import type { SandboxStanding, Standing } from "./standing.ts";

/** What this machine must offer: a free target, a sandbox that holds, the backend, space (steps 10 to 12). */
export const hostQuestions = (standing: Standing): readonly GateQuestion[] => {
  const { sandbox, backend, diskFreeBytes } = standing;
  return [
    question(10, "gate", "lock", { refusals: lockObjections(standing), says: () => "free", needs: ["contract"] }),
    question(11, "gate", "sandbox", {
      refusals: sandboxObjections(sandbox, minimumOf(standing)),
      says: () => `really started, confinement level ${sandbox.confinement}`,
      needs: ["policy", "contract"],
    }),
    question(11, "gate", "signing key", {
      refusals: keyObjections(standing),
      says: () => "private, trusted for their roles, out of the sandbox's reach",
    }),
    question(12, "gate", "backend", {
      refusals: [...refusalsOf(backend), ...mediationObjections(standing), ...modelKeyObjections(standing)],
      says: () =>
        backend.ok
          ? `${backend.value.probe.profile} ${backend.value.probe.version}, mediation ${backend.value.probe.declared}`
          : "",
      needs: ["contract"],
    }),
    question(12, "gate", "disk", {
      refusals: standing.policy.ok ? diskObjections(standing.policy.value, diskFreeBytes) : [],
      says: () => `${(diskFreeBytes / 2 ** 30).toFixed(1)} GiB free`,
      needs: ["policy"],
    }),
    question(12, "gate", "prior stage", {
      refusals: priorStageObjections(standing),
      says: () => `requirePriorStage is ${String(standing.policy.ok && standing.policy.value.requirePriorStage)}`,
      needs: ["policy", "contract"],
    }),
  ];
};

const mediationObjections = ({ backend, policy }: Standing): readonly Refusal[] => {
  if (!backend.ok || !policy.ok) return [];
  const { kind, probe } = backend.value;
  const configured = policy.value.backends[kind] ?? {};
  const least = "minimumMediation" in configured ? configured.minimumMediation : undefined;
  return least !== undefined && isBelowMediation(probe.declared, least)
    ? [refusal("backend/mediation-too-weak", { profile: probe.profile, declared: probe.declared, least })]
    : [];
};

const modelKeyObjections = ({ unkeyed }: Standing): readonly Refusal[] =>
  unkeyed === "none" ? [] : [refusal("gate/model-key-absent", unkeyed)];

const keyObjections = ({ keysInReach, ownKeys }: Standing): readonly Refusal[] => [
  ...keysInReach.map((key) => refusal("gate/key-in-reach", { key })),
  ...ownKeys.problems.map(({ path, kind, says, fix }) =>
    kind === "absent"
      ? refusal("gate/key-absent", { key: path })
      : refusal("gate/key-exposed", { key: path, problem: says, fix }),
  ),
  ...ownKeys.untrusted.map(({ role, fingerprint }) => refusal("gate/key-not-trusted", { role, key: fingerprint })),
];

const lockObjections = ({ lock }: Standing): readonly Refusal[] => (lock === "free" ? [] : [heldBy(lock)]);

/** Why a run may not start where another one works, or broke off. */
export const heldBy = ({ isAlive, run, work, pid, since }: Exclude<Standing["lock"], "free">): Refusal =>
  isAlive
    ? refusal("gate/target-locked", { run, pid, since })
    : refusal("gate/target-abandoned", { run, work, pid, since });

const minimumOf = ({ policy, contract }: Standing): ConfinementLevel => {
  if (!policy.ok || !contract.ok) return "C";
  const risk = contract.value.targetRepository.riskClassification;
  const { riskClasses } = policy.value;
  return (Object.hasOwn(riskClasses, risk) ? riskClasses[risk]?.minimumConfinement : undefined) ?? "A";
};

// Level C is what is left when the sandbox itself does not start, so below a minimum it reads as unavailable.
const sandboxObjections = ({ confinement, failed }: SandboxStanding, minimum: ConfinementLevel): readonly Refusal[] => {
  const enough =
    confinement !== "none" && CONFINEMENT_LEVELS.indexOf(confinement) <= CONFINEMENT_LEVELS.indexOf(minimum);
  if (enough) return [];
  const tried = failed.map(({ id, says }) => `${id}: ${says}`).join("; ") || "no protection was proven";
  if (confinement === "B" || confinement === "A")
    return [refusal("gate/confinement-below-minimum", { found: confinement, minimum, tried })];
  return [refusal("gate/sandbox-unavailable", { tried, fix: failed[0]?.fix ?? "cto doctor" })];
};

// Two copies of the Workspace, its harvest and its bundle, each at most as large as the scratch may grow.
const COPIES = 4;

const diskObjections = ({ limits }: Authority, free: number): readonly Refusal[] => {
  const needed = COPIES * limits.scratchBytesMax;
  return free >= needed ? [] : [refusal("gate/disk-low", { free, needed })];
};

const priorStageObjections = ({ policy, contract, priorStage }: Standing): readonly Refusal[] => {
  if (!policy.ok || !policy.value.requirePriorStage || !contract.ok || priorStage === "verified") return [];
  return stageBelow(contract.value);
};

const stageBelow = ({ executionGate: { backend, stage } }: Contract): readonly Refusal[] =>
  stage === 0 ? [] : [refusal("gate/prior-stage-missing", { backend, stage: stage - 1 })];
