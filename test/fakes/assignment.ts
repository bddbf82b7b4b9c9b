import { assignmentOf, type Assignment } from "../../src/workflow/backend/assignment.ts";
import type { Intent, Verdict } from "../../src/workflow/backend/attempt.ts";
import { FORBIDDEN_ACTIONS, type Contract } from "../../src/workflow/contract/contract.ts";
import { parseRunId, workId } from "../../src/workflow/ids.ts";
import { intentJudge } from "../../src/workflow/policy/judge-intent.ts";
import type { RunLimits } from "../../src/workflow/run-limits.ts";

/** A small contract of the seed's shape; everything in it that an agent must not be told is recognisable. */
export const sampleContract: Contract = {
  schema: "cto/contract/v1",
  packet: "PACKET-NAME-NOT-TOLD",
  owner: "owner-not-told",
  workItem: workId("CTO-WORK-049")!,
  targetRepository: {
    path: "/srv/target-not-told",
    owner: "owner-not-told",
    admissionSource: "admission-not-told",
    admissionStatus: "admitted-not-told",
    riskClassification: "risk-not-told",
    observedState: { branch: "branch-not-told", clean: true, when: "2026-06-01" },
  },
  task: { label: "label-not-told", statement: "Make slugify collapse runs of white space into one hyphen." },
  allowedPaths: ["src/strings.py", "test_strings.py"],
  forbiddenActions: FORBIDDEN_ACTIONS,
  forbiddenPaths: [".env", ".git/", "deploy/"],
  successCriteria: [
    { id: "C1", check: "owner-judged", text: "Tabs and line feeds count as white space." },
    { id: "C2", check: "target-clean", text: "The target is clean afterwards." },
  ],
  validation: { argv: ["python3", "-m", "pytest", "-q", "-k", "slug or white space"] },
  commits: 1,
  runtimeDefaultActivation: false,
  rollback: { kind: "revert-single-commit", text: ["rollback-not-told"] },
  requiredApproval: "I approve CTO-WORK-049 against /srv/target-not-told for the label-not-told task.",
  executionGate: {
    backend: "scripted",
    stage: 5,
    env: { CTO_NOT_TOLD: { equals: "1" } },
    backendMustNotChoose: ["gate-not-told"],
  },
  evidenceRequired: ["evidence-not-told"],
};

const sampleLimits: RunLimits = {
  wallMs: 60_000,
  idleMs: 30_000,
  processesMax: 200,
  descriptorsMax: 1024,
  fileBytesMax: 268_435_456,
  dataBytesMax: 4_294_967_296,
  memoryBytesMax: 4_294_967_296,
  scratchBytesMax: 67_108_864,
  scratchInodesMax: 5000,
  tmpBytesMax: 268_435_456,
  outputBytesMax: 1_048_576,
  changedFilesMax: 200,
  patchBytesMax: 1_048_576,
  committedFileBytesMax: 5_242_880,
};

export const sampleAssignment = (limits: Partial<RunLimits> = {}): Assignment =>
  assignmentOf(sampleContract, parseRunId("R-049-01")!, { ...sampleLimits, ...limits });

/** The contract's verdict, as the Harness gives it. */
export const sampleJudge = (intent: Intent): Verdict =>
  intentJudge(sampleContract, {
    baseForbiddenPaths: [".sot/", ".env", ".env.*"],
    scratchPaths: [".case/", "__pycache__/"],
  })(intent);
