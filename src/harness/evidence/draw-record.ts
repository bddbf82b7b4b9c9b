import type { StageDescription } from "../../seams/sandbox.ts";
import type { RunRow } from "../../seams/store.ts";
import { isBelowMediation } from "../../workflow/backend-probe.ts";
import { FORBIDDEN_ACTIONS } from "../../workflow/contract/contract.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { parseEvent } from "../../workflow/event-chain.ts";
import {
  BOUND_INPUTS,
  type BoundInput,
  type DeniedTry,
  type InputReadings,
  type Known,
  type RunRecord,
  type SandboxFacts,
} from "../../workflow/evidence/run-record.ts";
import type { Finding, FindingCode } from "../../workflow/finding.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { jsonText } from "../../workflow/json-text.ts";
import { judgedRows } from "../../workflow/policy/judge-changes.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import { judgeValidation } from "../../workflow/validation/judge-validation.ts";
import type { Performed } from "../backend/perform.ts";
import type { Redactor } from "../backend/redactor.ts";
import type { Committed } from "../commit/commit-run.ts";
import type { Proven } from "../commit/prove-run.ts";
import type { GateOutput, UnansweredGate } from "../gate/open-gate.ts";
import { groundOf } from "../validation/ground.ts";
import type { Validated } from "../validation/validate.ts";
import { isConfined } from "../workspace/canaries.ts";
import { openHosts } from "../workspace/stage-data.ts";
import type { World } from "../world.ts";

/** What the steps of a run left; absent where the run did not come so far. */
export interface StepOutputs {
  readonly gate: GateOutput | UnansweredGate;
  readonly performed?: Performed;
  readonly validated?: Validated;
  readonly committed?: Committed;
  readonly proven: Proven;
}

/** The record without the secrets that the run met: all evidence is drawn from it. */
export const drawRedacted = (
  world: World,
  row: RunRow,
  outputs: StepOutputs,
  lines: readonly string[],
  redactor: Pick<Redactor, "within" | "secrets">,
  keys: RunRecord["keys"],
): RunRecord => {
  const { events, ...drawn } = drawRecord(world, row, outputs, lines);
  // Events are chained as they were redacted; what else the record holds comes from outside of them.
  const record = redactor.within(drawn, "report.json");
  return { ...record, events, keys, redacted: redactor.secrets() };
};

/** What a run left, as it was: recorded outputs and facts only, so that a second seal is equal. */
const drawRecord = (
  world: World,
  row: RunRow,
  outputs: StepOutputs,
  lines: readonly string[],
): Omit<RunRecord, "redacted" | "keys"> => {
  const { gate, performed, validated, committed, proven } = outputs;
  const permit = gate.result.ok ? gate.result.value : undefined;
  const { ending } = proven;
  const drawn = gate.drawn === "not-drawn" ? undefined : gate.drawn;
  return {
    run: row.run,
    work: row.work,
    kind: row.kind,
    ending: { kind: ending.kind, refusals: ending.refusals, failure: ending.failure ?? "none", at: reachedBy(outputs) },
    reach: committed !== undefined ? "commit" : permit === undefined ? "gate" : "permit",
    harness: { version: world.build.version, build: world.build.digest },
    contract: drawn?.contract ?? "not-drawn",
    inputs: inputReadings(permit, committed),
    admission: permit?.admission ?? "none",
    approval: permit?.approval ?? "none",
    consumption:
      gate.consumption === "none"
        ? "none"
        : {
            approvalId: gate.consumption.approvalId,
            ledgerIndex: gate.consumption.ledgerIndex,
            at: gate.consumption.at,
            before: gate.consumption.before,
            method: "link+claim+unique-index",
          },
    revokedKeys: permit === undefined ? "unknown" : digestOfGiven(gate.documents["approval/revoked_keys"]),
    gate: gate.checks.map(({ name, status, says, refusals: [first] }) => ({
      check: name,
      result: status,
      says: first === undefined ? says : wordsOf(first).says,
      code: first?.code ?? "none",
    })),
    before: gate.before,
    headBeforeFirstWrite: performed?.headBeforeFirstWrite ?? "unknown",
    proof: proven.proof,
    commit: ending.commit ?? "none",
    rehearsal: proven.rehearsal,
    changes:
      permit === undefined || performed === undefined
        ? []
        : judgedRows(groundOf(permit, drawn, performed), performed.changes),
    findings: findingsOf(performed, validated),
    validation: validated === undefined ? [] : Object.values(validated.runs),
    probes: new Map(validated?.probes.map(({ criterion, ...probe }) => [criterion, probe]) ?? []),
    attempts: attemptsIn(lines),
    watched: gate.watched.map(({ action, what, digest }) => ({
      action,
      what,
      before: known(digest),
      after: known(proven.watched.find((place) => place.what === what)?.digest),
    })),
    backend:
      permit === undefined || performed === undefined || !isConfined(performed.canaries.slice(0, 1))
        ? startedOnly(permit, lines)
        : { probe: permit.backend, attempt: performed.attempt },
    confinement: performed?.stage.confinement ?? "unknown",
    tools: gate.tools,
    sandboxes: [
      ...(performed === undefined
        ? []
        : [{ ...sandboxFacts(performed.stage, performed.alive), ...openHosts(permit?.contract.allowedHosts) }]),
      ...(validated?.stages.map((stage) => sandboxFacts(stage, 0)) ?? []),
    ],
    canaries: [
      ...(performed?.canaries ?? []),
      ...(validated?.canaries.map((passed) => ({
        ...passed,
        sandbox: passed.sandbox + (performed === undefined ? 0 : 1),
      })) ?? []),
    ],
    defaultActivation: { before: gate.defaultActivation, after: proven.defaultActivation },
    events: lines,
    timeline: {
      challenge: permit === undefined ? "unknown" : challengeInstant(permit),
      approval: permit === undefined ? "unknown" : gate.approvedAt,
      consumption: permit === undefined ? "unknown" : gate.at,
      "first-write": performed?.firstWriteAt ?? "unknown",
      validation: validated?.at ?? "unknown",
      commit: committed?.at ?? "unknown",
      seal: proven.at,
    },
    host: {
      hostId: world.facts.hostId,
      kernel: world.facts.kernel,
      bootId: proven.at.bootId,
      uid: world.operator.uid,
      loginuid: world.facts.loginuid,
      container: "unknown",
    },
  };
};

const digestOfGiven = (bytes: Uint8Array | undefined): Digest | "none" =>
  bytes === undefined ? "none" : digestOf(bytes);

const known = (digest: Digest | "absent" | undefined): Known<Digest> =>
  digest === undefined || digest === "absent" ? "unknown" : digest;

const reachedBy = ({ gate, performed, validated, committed }: StepOutputs): string => {
  if (committed !== undefined) return "commit";
  if (validated !== undefined) return "validation";
  if (performed !== undefined) return "policy";
  return gate.result.ok ? "backend" : "gate";
};

const inputReadings = (permit: Permit | undefined, committed: Committed | undefined): RunRecord["inputs"] => {
  const reading = (name: BoundInput): InputReadings => {
    if (permit === undefined) return { atApproval: "unknown", atGate: "unknown", atCommit: "unknown" };
    const atGate = permit.digests[name] ?? "none";
    return { atApproval: atApprovalOf(permit, name), atGate, atCommit: committed?.inputs[name] ?? "unknown" };
  };
  const [packet, contract, admission, policy, signers, checks, build] = BOUND_INPUTS.map(reading);
  if (!packet || !contract || !admission || !policy || !signers || !checks || !build)
    throw new TypeError("every bound input has a reading");
  return { packet, contract, admission, policy, signers, checks, build };
};

// The gate refuses an approval whose digests differ from what it reads, so for the subjects both are one.
const atApprovalOf = ({ approval: { record }, digests }: Permit, name: BoundInput): Digest | "none" => {
  if (name === "signers") return record.authority.allowedSignersSha256;
  if (name === "checks") return record.packet.checksSha256 ?? "none";
  if (name === "build") return record.harness.buildSha256;
  return digests[name] ?? "none";
};

const challengeInstant = ({ approval: { record } }: Permit): RunRecord["timeline"]["challenge"] => ({
  epochMs: Date.parse(record.challenge.issuedAt),
  bootMs: record.challenge.bootMs,
  bootId: record.challenge.bootId,
});

const findingsOf = (performed: Performed | undefined, validated: Validated | undefined): readonly Finding[] => {
  const said = (code: FindingCode, texts: readonly string[] = []): readonly Finding[] =>
    texts.map((says) => ({ code, says }));
  const { authorityClaims, protocolViolations, unasked = 0 } = performed?.attempt ?? {};
  const judged = validated === undefined ? undefined : judgeValidation(validated);
  return [
    ...said("backend/claims-authority", authorityClaims),
    ...said("backend/protocol-violation", protocolViolations),
    ...(unasked > 0
      ? said("policy/unmediated-effect", [`${unasked} effects had no request; the result was judged by its bytes.`])
      : []),
    ...said("backend/mediation-below-declared", belowDeclared(performed)),
    ...said("backend/tools-not-ours", performed?.mediation?.foreignTools?.map(offered)),
    ...(judged?.ok === true ? judged.value.findings : []),
  ];
};

const offered = (name: string): string => `The model was offered the tool ${name}, which is none of the Harness's.`;

const belowDeclared = (performed: Performed | undefined): readonly string[] => {
  const { mediation, attempt } = performed ?? {};
  if (mediation === undefined || attempt === undefined || mediation.seen === "nothing") return [];
  const { declared, profile } = attempt.probe;
  return isBelowMediation(mediation.seen, declared)
    ? [`Profile ${profile} declares mediation ${declared}; this run shows ${mediation.seen}.`]
    : [];
};

const attemptsIn = (lines: readonly string[]): readonly DeniedTry[] =>
  lines.map(parseEvent).flatMap(({ type, data, sequence }) => {
    if (type !== "sandbox.attempt") return [];
    const action = FORBIDDEN_ACTIONS.find((known) => known === data["action"]) ?? "other";
    const again = data["again"] ?? data["unlisted"];
    const more = typeof again === "number" ? ` (${again} more)` : "";
    const detail = `${jsonText(data["detail"])}${more}`;
    const kind = data["class"] === "contained" ? "contained" : "prevented";
    return [{ class: kind, action, rule: jsonText(data["rule"]), detail, event: sequence }];
  });

const startedOnly = (permit: Permit | undefined, lines: readonly string[]): RunRecord["backend"] =>
  permit !== undefined && lines.some((line) => parseEvent(line).type === "backend.started")
    ? { probe: permit.backend, attempt: "no-answer" }
    : "not-started";

const sandboxFacts = (stage: StageDescription, alive: number): SandboxFacts => ({ ...stage, alive });
