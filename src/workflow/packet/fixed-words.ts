import { BACKEND_NAMES, type BackendKind } from "../vocabulary.ts";

// The words that every packet repeats; only the names of owner, work item and backend differ.

/** Follows the title of every local planning document, byte for byte (R013). */
export const BANNER = "Local planning SOT only. Not a Core Protocol. Not active Core authority.";

export const NO_AUTHORITY = "This packet does not authorize execution.";

export const CONSEQUENCE = "Without that exact approval, execution remains blocked.";

export const statusLine = (status: string): string => `Status: ${status} as an approval packet only.`;

export const candidateLine = (work: string, owner: string): string =>
  `${NO_AUTHORITY} \`${work}\` remains candidate until ${inWords(owner)} approves the exact Target Repository and task contract.`;

export const approvalLine = (owner: string): string =>
  `Before execution, ${inWords(owner)} must approve this exact sentence:`;

export const sentenceStart = (work: string, target: string): string => `I approve ${work} against ${target} for the `;

export const SENTENCE_END = " task.";

export const gateLine = (backend: BackendKind): string =>
  `Execution must use only the CTO Harness ${BACKEND_NAMES[backend]} seam with:`;

export const choiceLine = (backend: BackendKind): string =>
  `${BACKEND_NAMES[backend]} must not choose target, scope, authority, approval, success criteria, or default status.`;

export const rollbackItems = (owner: string): readonly [string, string] => [
  `Revert the single target commit created by the Harness if ${inWords(owner)} rejects the operator outcome.`,
  "Do not push, merge, deploy, publish, or open a PR.",
];

export const noticeLine = (backend: BackendKind, owner: string): string =>
  `This approval packet is child-local planning. It does not promote CTO artifacts into Core, does not activate ${BACKEND_NAMES[backend]} as default backend, and does not authorize mutation before ${inWords(owner)} approval.`;

/** The four variables of a backend and stage (R034, R056). */
export const gateVariables = (
  backend: BackendKind,
  stage: number,
): { readonly allow: string; readonly stage: string; readonly admission: string; readonly outcome: string } => {
  const kind = backend.toUpperCase();
  return {
    allow: `CTO_HARNESS_ALLOW_${kind}`,
    stage: `CTO_HARNESS_${kind}_STAGE`,
    admission: `CTO_HARNESS_${kind}_STAGE${stage}_TARGET_ADMISSION_FILE`,
    outcome: `CTO_HARNESS_${kind}_STAGE${stage}_OPERATOR_OUTCOME`,
  };
};

export const gateItems = (backend: BackendKind, stage: number): readonly string[] => {
  const names = gateVariables(backend, stage);
  return [
    `\`${names.allow}=1\``,
    `\`${names.stage}=${stage}\``,
    `\`${names.admission}\` pointing to the admitted Target Repository record`,
    `\`${names.outcome}\` recorded after verification`,
  ];
};

/** How sentences write the owner: the principal in capitals. */
export const inWords = (owner: string): string => owner.toUpperCase();
