import { approvalHistory, type ApprovalHistory } from "../../workflow/approval/approval-history.ts";
import type { Approval } from "../../workflow/approval/approval.ts";
import { approve, type SignedWords } from "../../workflow/approval/approve.ts";
import type { Contract } from "../../workflow/contract/contract.ts";
import { defaultActivationIn } from "../../workflow/default-activation.ts";
import type { Standing } from "../../workflow/gate/standing.ts";
import { switchesOf, type SwitchReadings } from "../../workflow/gate/switches.ts";
import type { RunId, WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { POLICY_PATH } from "../../workflow/read-policy.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { isModelKey } from "../../workflow/relay-policy.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { admissionFileAt } from "../admission/admission-file.ts";
import { targetIdOf } from "../admission/target-id.ts";
import { wordsBehind } from "../approval/approval-words.ts";
import { shortSecrets } from "../backend/redactor.ts";
import { readFacts, REVOKED_PATH, SIGNERS_PATH, type Facts } from "../home/read-facts.ts";
import { keysInReach, ownKeysNow } from "../keys/own-keys-now.ts";
import type { World } from "../world.ts";
import { lockOf } from "./lock-of.ts";
import { priorStageOf } from "./prior-stage.ts";
import { secretsInDocuments } from "./secrets-in-documents.ts";

/** The standing with the documents that it was read from. */
export interface StandingRead {
  readonly standing: Standing;
  readonly facts: Facts;
  readonly said: readonly SignedWords[];
  readonly approvalLeaf: LedgerRecord | "absent";
  readonly tools: Awaited<ReturnType<World["sandbox"]["probe"]>>["tools"];
}

/** Everything that the gate judges, read now. Changes nothing and consumes nothing (R054). */
export const readStanding = async (
  world: World,
  work: WorkId,
  run: RunId,
  epochSeconds: number,
): Promise<StandingRead> => {
  // The probe waits for processes most of its time, and needs nothing that is read here.
  const [read, probed] = await Promise.allSettled([readFacts(world, work), world.sandbox.probe()]);
  if (read.status === "rejected") throw read.reason;
  if (probed.status === "rejected") throw probed.reason;
  const facts = read.value;
  const protections = probed.value;
  const { drawn, authority, trust, observation, admission, admissionSource } = facts;
  const contract: Result<Contract, Refusal> = drawn.ok ? ok(drawn.value.contract) : drawn;
  const leaves = await world.store.records({ work });
  const approvalLeaf = leaves.findLast(({ type }) => type === "approval.recorded") ?? "absent";
  const said = await wordsBehind(world, leaves, approvalLeaf);
  const own = await ownKeysNow(world, trust);
  const checks = drawn.ok && drawn.value.checksSource !== "absent" ? drawn.value.checksSource.digest : null;
  const now = world.clock.now();
  const approval: Result<Approval, Refusal> = drawn.ok
    ? approve({
        said,
        contract: drawn.value.contract,
        packet: drawn.value.packet.source.digest,
        admission: admissionSource === "absent" ? "absent" : admissionSource.digest,
        checks,
        build: world.build.digest,
        harnessKey: own.fingerprint,
        authority,
        trust,
        observation,
        history: await historyOf(world, leaves, approvalLeaf),
        run,
        now,
      })
    : drawn;
  const { confinement, tools } = protections;
  const standing: Standing = {
    run,
    epochSeconds,
    nowMs: now.epochMs,
    build: world.build.digest,
    policy: authority,
    trust,
    writableByOthers: await writableByOthers(world),
    secretsInDocuments: secretsInDocuments(world.environment, facts),
    shortSecrets: authority.ok ? shortSecrets(world.environment, authority.value) : [],
    ledgerBreaks: await world.store.check(),
    packet: drawn.ok ? ok(drawn.value.packet) : drawn,
    contract,
    checks,
    observation,
    admission,
    admissionRecord: admissionSource === "absent" ? "absent" : admissionSource.digest,
    approval,
    workState: await workStateFor(world, work, run, drawn.ok),
    switches: await readSwitches(world, contract),
    backend: await probeBackend(world, facts),
    unkeyed: unkeyedUpstream(world, facts),
    sandbox: { confinement, failed: protections.checks.filter((check) => !check.ok) },
    keysInReach: keysInReach(world, authority),
    ownKeys: own,
    lock: await lockOn(world, contract, run),
    diskFreeBytes: await world.host.diskFree(),
    defaultActivation: defaultActivationIn(facts.policySource),
    priorStage:
      authority.ok && authority.value.requirePriorStage && contract.ok
        ? await priorStageOf(world, contract.value)
        : "absent",
  };
  return { standing, facts, said, approvalLeaf, tools };
};

// The link file outlives a restored database: what it says counts as much as the ledger.
const historyOf = async (
  world: World,
  leaves: readonly LedgerRecord[],
  leaf: LedgerRecord | "absent",
): Promise<ApprovalHistory> => {
  const history = approvalHistory(leaves);
  const approvalId = leaf === "absent" ? undefined : leaf.approvalId;
  if (approvalId === undefined || history.consumed.has(approvalId)) return history;
  const by = await world.consumedBy(approvalId);
  return by === "nobody" ? history : { ...history, consumed: new Map([...history.consumed, [approvalId, by]]) };
};

// A run that goes on after a crash finds its own work item executing: for that run it still counts as approved.
// A packet lists its work item, though nothing is written about it before the first run or approval (W01).
const workStateFor = async (
  world: World,
  work: WorkId,
  run: RunId,
  isProposed: boolean,
): Promise<Standing["workState"]> => {
  const row = await world.store.work(work);
  if (row === "absent") return isProposed ? "candidate" : "unlisted";
  return row.state === "executing" && row.lastRun === run ? "approved" : row.state;
};

const writableByOthers = async (world: World): Promise<readonly string[]> => {
  const guarded = [];
  for (const file of [POLICY_PATH, SIGNERS_PATH, REVOKED_PATH])
    if ((await world.home.guard(file)) === "group-or-world-writable") guarded.push(file);
  return guarded;
};

const readSwitches = async (world: World, contract: Result<Contract, Refusal>): Promise<SwitchReadings> => {
  if (!contract.ok) return { env: {}, admissionFile: "unreadable" };
  const names = Object.values(switchesOf(contract.value.executionGate.backend));
  const env = Object.fromEntries(names.map((name) => [name, world.environment[name]]));
  const given = env[switchesOf(contract.value.executionGate.backend).admissionFile];
  const found = given === undefined || given === "" ? "unreadable" : await admissionFileAt(world.home, given);
  return {
    env,
    admissionFile: found === "unreadable" ? found : { path: found.path, digest: found.digest },
  };
};

const probeBackend = async (world: World, { drawn, authority }: Facts): Promise<Standing["backend"]> => {
  if (!drawn.ok) return drawn;
  if (!authority.ok) return authority;
  const kind = drawn.value.contract.executionGate.backend;
  const backend = world.backendOf(kind, authority.value);
  if (backend === undefined) return refuse(refusal("backend/not-configured", { kind }));
  const probe = await backend.probe();
  return probe.ok ? ok({ kind, probe: probe.value }) : probe;
};

const unkeyedUpstream = ({ environment }: World, { drawn, authority }: Facts): Standing["unkeyed"] => {
  if (!drawn.ok || !authority.ok) return "none";
  const { backends, relay } = authority.value;
  const upstream = backends[drawn.value.contract.executionGate.backend]?.upstream;
  const variable = upstream === undefined ? undefined : relay?.upstreams[upstream]?.keyVariable;
  if (upstream === undefined || variable === undefined || isModelKey(environment[variable] ?? "")) return "none";
  return { upstream, variable };
};

const lockOn = async (world: World, contract: Result<Contract, Refusal>, run: RunId): Promise<Standing["lock"]> => {
  if (!contract.ok) return "free";
  const targetId = targetIdOf(contract.value.targetRepository.path);
  const open = (await world.store.runs({ open: true })).find((row) => row.targetId === targetId && row.run !== run);
  return open === undefined ? "free" : lockOf(world, open);
};
