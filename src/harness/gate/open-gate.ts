import type { Ledger, RunRow } from "../../seams/store.ts";
import type { Observation } from "../../workflow/admission/observation.ts";
import { approvalFile } from "../../workflow/approval/approval.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import type { Checkpoint } from "../../workflow/checkpoint.ts";
import { defaultActivationIn } from "../../workflow/default-activation.ts";
import type { GateCheck } from "../../workflow/gate/gate-check.ts";
import { openGate } from "../../workflow/gate/gate.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import type { Instant } from "../../workflow/instant.ts";
import { POLICY_PATH } from "../../workflow/read-policy.ts";
import { refusal, wordsOf, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { sinceAdmission } from "../admission/agent-files.ts";
import { watch, type Watched } from "../commit/watched.ts";
import type { Drawn } from "../home/documents.ts";
import { readSignedTrust } from "../keys/sign-trust.ts";
import type { Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";
import { readStanding, type StandingRead } from "./read-standing.ts";

/** What the gate step leaves for the rest of the run, and for its evidence. */
export interface GateOutput {
  readonly checks: readonly GateCheck[];
  readonly result: Result<Permit, Refusal>;
  readonly drawn: Drawn | "not-drawn";
  readonly before: Observation | "unknown";
  readonly documents: { readonly [name: string]: Uint8Array };
  readonly consumption: Consumption | "none";
  readonly challenge: Uint8Array | "absent";
  readonly tools: StandingRead["tools"];
  readonly watched: Watched;
  readonly defaultActivation: boolean;
  /** When the last of the approval's records was kept, by both clocks. */
  readonly approvedAt: Instant | "unknown";
  readonly at: Instant;
}

/** The ledger's record that spent the approval, and the proof that it stands there. */
interface Consumption {
  readonly approvalId: string;
  readonly ledgerIndex: number;
  readonly text: string;
  readonly proof: string;
  readonly at: string;
  /** The ledger right before it. */
  readonly before: Checkpoint;
}

/** Reads the standing, asks the gate, and on a yes takes the first of the two locks on the approval: its link file. */
export const askGate = async (world: World, row: RunRow, recorder: Recorder, attempt: number): Promise<GateOutput> => {
  const read = await readStanding(world, row.work, row.run, row.epochSeconds);
  const { standing, facts } = read;
  const asked = openGate(standing);
  for (const check of asked.checks) recorder.record(checkedEvent(check));
  const result = asked.result.ok ? await lockApproval(world, row, asked.result.value, attempt) : asked.result;
  recorder.record({
    type: "gate.decided",
    subject: "run",
    trust: "harness-observed",
    data: {
      allowed: result.ok,
      refusals: result.ok ? [] : result.refusals.map(({ code }) => code),
      runtimeDefaultActivation: standing.defaultActivation !== false,
    },
  });
  if (facts.observation.ok)
    for (const found of facts.observation.value.findings) {
      const { finding, where, digest, hides } = found;
      const isForAgents = finding === "agent-config" || finding === "agent-prose";
      const since = isForAgents ? { since: sinceAdmission(facts.agentFiles, found) } : {};
      recorder.record({
        type: "preflight.found",
        subject: `path/${where}`,
        trust: "harness-observed",
        data: { finding, path: where, sha256: digest, severity: "listed", hides, ...since },
      });
    }
  return {
    checks: asked.checks,
    result,
    drawn: facts.drawn.ok ? facts.drawn.value : "not-drawn",
    before: facts.observation.ok ? facts.observation.value : "unknown",
    documents: { ...documentsOf(read), ...(await trustDocuments(world, read)) },
    consumption: "none",
    challenge: await challengeOf(world, read),
    approvedAt: approvedAt(read),
    tools: read.tools,
    watched: await watch(world, facts.authority.ok ? facts.authority.value.coreRoots : []),
    defaultActivation: standing.defaultActivation !== false,
    at: world.clock.now(),
  };
};

/** What stands for the gate where the world broke before it could answer: no permit, and no refusal either. */
export type UnansweredGate = Omit<GateOutput, "result"> & {
  readonly result: { readonly ok: false; readonly refusals: readonly [] };
};

export const unansweredGate = async (world: World): Promise<UnansweredGate> => ({
  checks: [],
  result: { ok: false, refusals: [] },
  drawn: "not-drawn",
  before: "unknown",
  documents: {},
  consumption: "none",
  challenge: "absent",
  approvedAt: "unknown",
  tools: [],
  watched: [],
  defaultActivation: defaultActivationIn(await world.home.read(POLICY_PATH)) !== false,
  at: world.clock.now(),
});

const checkedEvent = (check: GateCheck): Parameters<Recorder["record"]>[0] => ({
  type: "gate.checked",
  subject: `gate/${check.step}`,
  trust: "harness-observed",
  data: {
    step: check.step,
    check: check.name,
    stage: check.stage,
    ok: check.status === "pass",
    status: check.status,
    code: check.refusals[0]?.code,
    reason: check.refusals[0] === undefined ? check.says : wordsOf(check.refusals[0]).says,
    next: check.refusals[0] === undefined ? undefined : wordsOf(check.refusals[0]).next,
  },
});

// A lock that names this run before it ever asked was taken by a run of that id that an older ledger has forgotten.
const lockApproval = async (
  world: World,
  row: RunRow,
  permit: Permit,
  attempt: number,
): Promise<Result<Permit, Refusal>> => {
  const { approvalId } = permit.approval.record;
  const won = await world.consume(approvalId, row.run);
  if (won === "won" || (won === "again" && attempt > 1)) return ok(permit);
  return refuse(refusal("approval/consumed", { approval: approvalId, run: await world.consumedBy(approvalId) }));
};

/** The second lock, in the transaction that records the gate: the claim, its leaf, the item executing, the permit. */
export const spendApproval = async (
  world: World,
  row: RunRow,
  recorder: Recorder,
  ledger: Ledger,
  output: GateOutput,
): Promise<GateOutput> => {
  if (!output.result.ok) return output;
  const { record, digest, voices } = output.result.value.approval;
  const { approvalId } = record;
  if (!(await ledger.claimOnce("approval", approvalId, row.run)))
    throw new TypeError("an approval was linked by this run and claimed by another");
  const about = { actor: `uid:${world.operator.uid}`, channel: "cli", work: row.work, run: row.run } as const;
  const before = (await ledger.head()).checkpoint;
  const leaf = await ledger.appendLeaf({
    ...about,
    type: "approval.consumed",
    approvalId,
    digests: { record: digest },
  });
  await ledger.appendLeaf({ ...about, type: "run.started" });
  await ledger.updateRun(row.run, { state: "executing" });
  const observed = (
    type: "approval.verified" | "approval.consumed" | "permit.issued",
    data: Parameters<Recorder["record"]>[0]["data"],
  ): void => recorder.record({ type, subject: "run", trust: "harness-observed", data });
  for (const { record: said, assurance, signatureDigest } of voices)
    observed("approval.verified", {
      approvalId,
      principal: said.approver.principal,
      keyFingerprint: said.approver.keyFingerprint,
      assurance,
      signatureSha256: signatureDigest,
    });
  observed("approval.consumed", { approvalId, ledgerIndex: leaf.seq, method: "link+claim+unique-index" });
  observed("permit.issued", {
    permitId: row.run,
    digests: { ...output.result.value.digests },
    executeBy: record.validity.executeBy,
  });
  const { seq: ledgerIndex, text, proof, at } = leaf;
  return { ...output, consumption: { approvalId, ledgerIndex, text, proof, at, before } };
};

const documentsOf = ({ facts, said, standing }: StandingRead): GateOutput["documents"] => {
  const files: Record<string, Uint8Array> = {};
  const put = (name: string, bytes: Uint8Array | "absent"): void => {
    if (bytes !== "absent") files[name] = bytes;
  };
  put("approval/policy.yaml", facts.policySource === "absent" ? "absent" : facts.policySource.bytes);
  put("approval/admission.json", facts.admissionSource === "absent" ? "absent" : facts.admissionSource.bytes);
  put("approval/admission.json.sig", facts.admissionSignature);
  put("approval/revoked_keys", facts.revokedSource === "absent" ? "absent" : facts.revokedSource.bytes);
  if (facts.drawn.ok) {
    put("approval/packet.md", facts.drawn.value.packet.source.bytes);
    put(
      "approval/checks.yaml",
      facts.drawn.value.checksSource === "absent" ? "absent" : facts.drawn.value.checksSource.bytes,
    );
  }
  if (standing.contract.ok)
    for (const { record, signature } of said) {
      const name = approvalFile(signerOf(record) ?? standing.contract.value.owner);
      put(name, record);
      put(`${name}.sig`, signature);
    }
  return files;
};

// A record that speaks of other files would only be false evidence: doctor tells of it, no bundle carries it.
const trustDocuments = async (world: World, { facts }: StandingRead): Promise<GateOutput["documents"]> => {
  const signed = facts.trust.ok ? await readSignedTrust(world, facts.trust.value) : "absent";
  if (signed === "absent" || !signed.judged.ok || signed.signature === "absent") return {};
  return { "approval/trust-root.json": signed.bytes, "approval/trust-root.json.sig": signed.signature };
};

// A record that names nobody by a plain name is filed under its owner, whose it is not: the gate has refused it.
const signerOf = (record: Uint8Array): string | undefined => {
  const read = readApprovalRecord(record);
  const principal = read.ok ? read.value.record.approver.principal : "";
  return /^[A-Za-z0-9_][A-Za-z0-9@._+-]{0,99}$/.test(principal) ? principal : undefined;
};

const approvedAt = ({ approvalLeaf: leaf }: StandingRead): Instant | "unknown" => {
  const [bootId, bootMs] = leaf === "absent" ? [] : [leaf.detail?.["bootId"], leaf.detail?.["bootMs"]];
  return leaf !== "absent" && typeof bootId === "string" && typeof bootMs === "number"
    ? { epochMs: Date.parse(leaf.at), bootMs, bootId }
    : "unknown";
};

const challengeOf = async (world: World, { approvalLeaf }: StandingRead): Promise<Uint8Array | "absent"> => {
  const digest = approvalLeaf === "absent" ? undefined : approvalLeaf.digests?.["challenge"];
  return digest === undefined ? "absent" : world.store.document(digest);
};
