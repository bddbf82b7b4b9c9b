import type { ApprovalVoice } from "../approval/approval.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { Digest } from "../digest.ts";
import { timeText, type Instant } from "../instant.ts";
import { LIMITS } from "../limits.ts";
import { readEventLine } from "./event-line.ts";
import {
  BOUND_INPUTS,
  TIMELINE_STEPS,
  type InputReadings,
  type Known,
  type RunRecord,
  type TimelineStep,
} from "./run-record.ts";
import type { FreshnessProof } from "./schemas/freshness.ts";

/** freshness-proof.json: this run used this approval, once, for these inputs and this base, after it was made. */
export const freshnessProof = (record: RunRecord): FreshnessProof => {
  const facts = factsOf(record);
  const claims = CLAIMS.filter(({ holds }) => holds(facts)).map(({ claim }) => claim);
  return {
    ...facts,
    claims,
    notClaimed: [
      ...CLAIMS.map(({ claim }) => claim).filter((claim) => !claims.includes(claim)),
      ...(facts.clock.sameBoot === false ? [RESTARTED] : []),
      ...NEVER,
    ],
  };
};

type Facts = Omit<FreshnessProof, "claims" | "notClaimed">;

const factsOf = (record: RunRecord): Facts => {
  const { approval, consumption, before, commit, proof, host } = record;
  return {
    schema: "cto/freshness/v1",
    run: record.run,
    challenge:
      approval === "none"
        ? "unknown"
        : {
            nonce: approval.record.challenge.nonce,
            issuedAt: approval.record.challenge.issuedAt,
            issuedByKey: approval.record.harness.keyFingerprint,
            sha256: approval.record.challenge.sha256,
          },
    consumption:
      consumption === "none"
        ? "unknown"
        : {
            approvalId: consumption.approvalId,
            ledgerIndex: consumption.ledgerIndex,
            rootBefore: consumption.before.rootHash,
            at: consumption.at,
            method: consumption.method,
          },
    revocation: record.revokedKeys === "unknown" ? "unknown" : { sha256: record.revokedKeys },
    approvals:
      approval === "none"
        ? []
        : approval.voices.map(({ record: said, digest, signatureDigest }) => ({
            approvalId: said.approvalId,
            principal: said.approver.principal,
            recordSha256: digest,
            signatureSha256: signatureDigest,
            notBefore: said.validity.notBefore,
            expiresAt: said.validity.expiresAt,
            executeBy: said.validity.executeBy,
          })),
    inputs: Object.fromEntries(BOUND_INPUTS.map((input) => [input, reading(record.inputs[input])])),
    repo: {
      baseCommit: before === "unknown" ? "unknown" : before.head,
      baseTree: before === "unknown" ? "unknown" : before.tree,
      headAtApproval: approval === "none" ? "unknown" : approval.record.target.headCommit,
      headAtGate: before === "unknown" ? "unknown" : before.head,
      headBeforeFirstWrite: record.headBeforeFirstWrite,
      headAfter: proof === "unknown" ? "unknown" : (proof.after?.head ?? "unknown"),
      treeAfter: proof === "unknown" ? "unknown" : (proof.after?.tree ?? "unknown"),
      commitsCreated: commit === "none" ? [] : [commit.commit],
      parentIsBase: commit === "none" || before === "unknown" ? "unknown" : commit.parent === before.head,
      validatedTree: record.validation.find(({ on }) => on === "candidate")?.tree ?? "unknown",
    },
    timeline: timelineOf(record),
    clock: {
      sources: ["CLOCK_REALTIME", "CLOCK_BOOTTIME"],
      ntpSynchronized: "unknown",
      maxSkewMs: LIMITS.clockSkewMaxMs,
      sameBoot: sameBoot(record),
    },
    age: ageOf(record),
    host: { ...host },
    anchors: {
      ledgerCheckpoint: consumption === "none" ? "unknown" : consumption.before,
      lastHumanCheckpoint: approval === "none" ? "unknown" : newest(approval.voices),
      rfc3161: [],
    },
  };
};

const reading = ({ atApproval, atGate, atCommit }: InputReadings): FreshnessProof["inputs"][string] => {
  const all: readonly Known<Digest | "none">[] = [atApproval, atGate, atCommit];
  const equal = all.includes("unknown") ? "unknown" : all.every((one) => one === atApproval);
  return { atApproval, atGate, atCommit, equal };
};

const EVENT_OF: Readonly<Partial<Record<TimelineStep, string>>> = {
  consumption: "approval.consumed",
  "first-write": "backend.started",
  validation: "validation.finished",
  commit: "commit.created",
  seal: "run.finished",
};

const timelineOf = ({ timeline, events }: RunRecord): FreshnessProof["timeline"] => {
  const lines = events.map(readEventLine);
  return TIMELINE_STEPS.map((step) => {
    const at = timeline[step];
    const sequence = lines.find(({ type }) => type === EVENT_OF[step])?.sequence ?? "unknown";
    if (at === "unknown") return { step, realtime: at, boottimeMs: at, bootId: at, sequence };
    return { step, realtime: timeText(at.epochMs), boottimeMs: at.bootMs, bootId: at.bootId, sequence };
  });
};

const sameBoot = ({ timeline }: RunRecord): Known<boolean> => {
  const instants = TIMELINE_STEPS.map((step) => timeline[step]).filter((at): at is Instant => at !== "unknown");
  return instants.length === 0 ? "unknown" : new Set(instants.map(({ bootId }) => bootId)).size === 1;
};

/** As the gate counts it: from the challenge, by both clocks, and by the wall clock alone across a reboot (R048). */
const ageOf = ({ timeline: { challenge: from, consumption: to }, approval }: RunRecord): FreshnessProof["age"] => {
  if (approval === "none") return "unknown";
  const { notBefore, expiresAt } = approval.record.validity;
  const limitMs = Date.parse(expiresAt) - Date.parse(notBefore);
  if (from === "unknown" || to === "unknown")
    return { byRealtimeMs: "unknown", byBoottimeMs: "unknown", limitMs, ok: "unknown" };
  const byRealtimeMs = to.epochMs - from.epochMs;
  const byBoottimeMs = from.bootId === to.bootId ? to.bootMs - from.bootMs : null;
  const ages = byBoottimeMs === null ? [byRealtimeMs] : [byRealtimeMs, byBoottimeMs];
  const isApart = byBoottimeMs !== null && Math.abs(byRealtimeMs - byBoottimeMs) > LIMITS.clockSkewMaxMs;
  return { byRealtimeMs, byBoottimeMs, limitMs, ok: !isApart && ages.every((age) => age >= 0 && age <= limitMs) };
};

const newest = (voices: readonly ApprovalVoice[]): Checkpoint | "unknown" =>
  voices.map(({ record }) => record.ledgerCheckpoint).toSorted((a, b) => b.size - a.size)[0] ?? "unknown";

interface Claim {
  readonly claim: string;
  readonly holds: (facts: Facts) => boolean;
}

const CLAIMS: readonly Claim[] = [
  {
    claim: "order:challenge<approval<consume<first-write<validate<commit<seal",
    holds: ({ timeline }) => isOrdered(timeline),
  },
  { claim: "inputs-unchanged", holds: ({ inputs }) => Object.values(inputs).every(({ equal }) => equal === true) },
  { claim: "base-unchanged", holds: ({ repo }) => isBaseUnchanged(repo) },
  { claim: "single-use-on-this-ledger", holds: ({ consumption }) => consumption !== "unknown" },
  { claim: "signers-not-revoked-at-gate", holds: ({ revocation }) => revocation !== "unknown" },
];

/** Told of each proof whose machine was started again on the way: no second clock bears out the first (R048). */
const RESTARTED = "time passed, by a second clock: the machine was started again between challenge and seal";

const NEVER: readonly string[] = ["absolute wall time", "host not compromised", "no other ledger on another host"];

const isOrdered = (timeline: FreshnessProof["timeline"]): boolean =>
  timeline.every((row, at) => {
    const before = timeline[at - 1];
    if (row.realtime === "unknown" || row.boottimeMs === "unknown") return false;
    if (before === undefined || before.realtime === "unknown" || before.boottimeMs === "unknown") return at === 0;
    return before.bootId === row.bootId
      ? before.boottimeMs <= row.boottimeMs
      : Date.parse(before.realtime) <= Date.parse(row.realtime);
  });

const isBaseUnchanged = (repo: FreshnessProof["repo"]): boolean =>
  repo.parentIsBase === true &&
  [repo.headAtApproval, repo.headAtGate, repo.headBeforeFirstWrite].every((head) => head === repo.baseCommit);
