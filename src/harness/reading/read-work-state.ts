import { approvalHistory } from "../../workflow/approval/approval-history.ts";
import { approve } from "../../workflow/approval/approve.ts";
import type { Work } from "../../workflow/contract/fold-work.ts";
import { digestOf } from "../../workflow/digest.ts";
import { runId, type RunId, type WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord, LedgerType } from "../../workflow/ledger.ts";
import type { Packet } from "../../workflow/packet/packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { refusalsOf } from "../../workflow/result.ts";
import { STAGES } from "../../workflow/stages.ts";
import { STATE_WORDS, wordOf, type ShownState, type Tone } from "../../workflow/state-words.ts";
import { wordsBehind } from "../approval/approval-words.ts";
import { reportOf } from "../evidence/read-report.ts";
import { sealHolds } from "../evidence/read-seal.ts";
import { allRefusals, readFacts, type Facts } from "../home/read-facts.ts";
import type { WorkLedger } from "../home/work-ground.ts";
import { ownKeysNow } from "../keys/own-keys-now.ts";
import { detailText } from "./detail-text.ts";
import { viewOfRun, type RunView } from "./read-runs.ts";

/** The one state that a work item shows, its words, and who acts next. */
export interface Shown {
  readonly state: ShownState;
  readonly reason: string | null;
  /** May quote documents and the target: show it escaped. */
  readonly word: string;
  readonly tone: Tone;
  readonly who: "owner" | "operator" | "author" | "auditor" | "nobody";
  readonly next: string;
}

/** The state by the precedence of surface.md 1: the ledger's where it is bound, else what the documents of now say. */
export const shownWork = async (ground: WorkLedger, work: WorkId, packet: Packet | undefined): Promise<Shown> => {
  const { folded } = ground;
  const run = await lastRunOf(ground, folded);
  const state = folded?.state ?? "candidate";
  switch (state) {
    case "executing":
      return run === undefined
        ? shown("executing", { stage: "gate" }, { who: "nobody", next: "cto runs" })
        : ofRun(run);
    case "interrupted":
    case "awaiting_outcome":
    case "accepted":
    case "rejected":
    case "rolled_back":
    case "rollback_failed":
      return ofDecided(ground, await runOf(ground, decidingRun(folded)), state);
    case "superseded":
    case "retired":
      return shown(state, {}, { who: "nobody", next: "" });
    case "approved": {
      // An order is no record of the ledger: until its run begins, the work item stays as approved as it is.
      const [open] = await ground.world.store.runs({ work, open: true });
      const ordered = open === undefined ? undefined : await viewOfRun(ground.world, open);
      return ordered?.state === "queued" || ordered?.state === "stopping"
        ? ofRun(ordered)
        : ofApproved(ground, work, run);
    }
    case "candidate":
      return ofCandidate(ground, work, { folded, run, packet });
  }
};

const shown = (
  state: ShownState,
  facts: Readonly<Record<string, string | number>>,
  { who, next, reason = null }: Pick<Shown, "who" | "next"> & { readonly reason?: string | null },
): Shown => ({ state, reason, word: wordOf(state, facts), tone: STATE_WORDS[state].tone, who, next });

const lastRunOf = (ground: WorkLedger, folded: Work | undefined): Promise<RunView | undefined> =>
  runOf(ground, folded?.lastRun ?? null);

/** The run that brought a work item to its state. One that was refused afterwards changed nothing of it. */
const decidingRun = (folded: Work | undefined): RunId | null =>
  folded?.history.findLast(({ run }) => run !== null)?.run ?? null;

const runOf = async ({ world }: WorkLedger, run: RunId | null): Promise<RunView | undefined> => {
  const row = run === null ? "absent" : await world.store.run(run);
  return row === "absent" ? undefined : viewOfRun(world, row);
};

const ofRun = ({ state, reason, word, next }: RunView): Shown => ({
  state,
  reason,
  word,
  tone: STATE_WORDS[state].tone,
  who: ACTS[state] ?? "owner",
  next,
});

/** Who acts after a run, by its state. */
export const ACTS: Readonly<Partial<Record<ShownState, Shown["who"]>>> = {
  executing: "nobody",
  stopping: "nobody",
  accepted: "nobody",
  rolled_back: "nobody",
  interrupted: "operator",
  rejected: "operator",
  rollback_failed: "operator",
  failed: "operator",
  "voided(confinement)": "operator",
};

// What was decided, or is to be, rests on a bundle: one that was changed since is told before anything else.
const ofDecided = async (ground: WorkLedger, run: RunView | undefined, state: ShownState): Promise<Shown> => {
  if (run === undefined) return shown(state, {}, { who: "auditor", next: "cto audit verify" });
  // Between the ledger's record of a seal and the rename of its folder a run may be broken off: that is no tampering.
  if (!run.isOpen && !(await sealHolds(ground.world, run.run)))
    return shown("tampered", {}, { who: "auditor", next: `cto verify ${run.run}` });
  return ofRun(run);
};

const ofApproved = async (ground: WorkLedger, work: WorkId, run: RunView | undefined): Promise<Shown> => {
  const { world, leaves } = ground;
  const facts = await readFacts(world, work);
  const leaf = leaves.findLast(({ type }) => type === "approval.recorded");
  const expires = (leaf === undefined ? undefined : detailText(leaf, "expiresAt")) ?? "unknown";
  const refusals = await objectionsToApproval(ground, work, facts, leaf);
  const again = { who: "owner", next: `cto approve ${work} --key KEY` } as const;
  const stale = refusals.find(({ code }) => code === "approval/stale" || code === "admission/head-moved");
  if (stale !== undefined)
    return shown("stale", { moved: stale.facts["moved"] ?? "HEAD" }, { ...again, reason: stale.code });
  const expired = refusals.find(({ code }) => code === "approval/expired");
  if (expired !== undefined)
    return shown("expired", { expired: expired.facts["at"] ?? expires }, { ...again, reason: expired.code });
  const [first] = inLineOrder(refusals);
  if (first !== undefined) return ofBlocked(work, first);
  // What blocked the last run may still be there; the gate says so without starting anything.
  const next = run?.state === "blocked" ? `cto gate ${work}` : `cto run ${work}`;
  return shown("approved", { expires }, { who: "operator", next });
};

const objectionsToApproval = async (
  { world, leaves }: WorkLedger,
  work: WorkId,
  facts: Facts,
  leaf: LedgerRecord | undefined,
): Promise<readonly Refusal[]> => {
  const standing = objectionsOfDocuments(facts);
  if (!facts.drawn.ok) return standing;
  const { contract, packet, checksSource } = facts.drawn.value;
  const judged = approve({
    said: await wordsBehind(world, leaves, leaf ?? "absent"),
    contract,
    packet: packet.source.digest,
    admission: facts.admissionSource === "absent" ? "absent" : facts.admissionSource.digest,
    checks: checksSource === "absent" ? null : checksSource.digest,
    build: world.build.digest,
    harnessKey: (await ownKeysNow(world, facts.trust)).fingerprint,
    authority: facts.authority,
    trust: facts.trust,
    observation: facts.observation,
    history: approvalHistory(leaves),
    run: runId(work, 0),
    now: world.clock.now(),
  });
  return [...standing, ...refusalsOf(judged)];
};

interface Candidate {
  readonly folded: Work | undefined;
  readonly run: RunView | undefined;
  readonly packet: Packet | undefined;
}

const ofCandidate = async (ground: WorkLedger, work: WorkId, { folded, run, packet }: Candidate): Promise<Shown> => {
  const last = folded?.history.findLast(({ cause }) => cause !== "blocked");
  const leaf = ground.leaves.find(({ seq }) => seq === last?.seq);
  const taken = leaf === undefined ? undefined : takenBack(leaf, `cto approve ${work} --key KEY`);
  if (taken !== undefined) return taken;
  const ended = last?.run ?? undefined;
  if (ended !== undefined && run?.run === ended && ENDED.has(run.state) && (await isSamePacket(ground, ended, packet)))
    return ofRun(run);
  return ofDocuments(ground, work);
};

const takenBack = (leaf: LedgerRecord, next: string): Shown | undefined => {
  const { type, actor, at } = leaf;
  const states: Readonly<Partial<Record<LedgerType, () => Shown>>> = {
    "approval.stale": () => shown("stale", { moved: detailText(leaf, "moved") ?? "unknown" }, { who: "owner", next }),
    "approval.expired": () => shown("expired", { expired: at }, { who: "owner", next }),
    "approval.withdrawn": () => shown("withdrawn", { by: actor }, { who: "owner", next }),
  };
  return states[type]?.();
};

const ENDED: ReadonlySet<ShownState> = new Set([
  "voided(policy)",
  "voided(validation)",
  "voided(confinement)",
  "voided(no-change)",
  "failed",
  "stopped",
  "interrupted",
]);

// The end of a run is shown until the packet's bytes change; without a report nothing says that they did.
const isSamePacket = async ({ world }: WorkLedger, run: RunId, packet: Packet | undefined): Promise<boolean> => {
  const then = (await reportOf(world, run))?.digests["packet"] ?? null;
  return then === null || packet === undefined || then === digestOf(packet.source.bytes);
};

const ofDocuments = async ({ world }: WorkLedger, work: WorkId): Promise<Shown> => {
  const facts = await readFacts(world, work);
  const [first] = objectionsOfDocuments(facts);
  if (first?.code === "contract/packet-absent")
    return shown("candidate", {}, { who: "author", next: "cto packet lint" });
  return ofBlocked(work, first ?? refusal("approval/absent", { work }));
};

const objectionsOfDocuments = ({ drawn, authority, trust, observation, admission }: Facts): readonly Refusal[] =>
  inLineOrder(allRefusals([drawn, observation, admission, authority, trust].flatMap(refusalsOf)));

const inLineOrder = (refusals: readonly Refusal[]): readonly Refusal[] =>
  refusals.toSorted((a, b) => placeOf(a) - placeOf(b));

const placeOf = ({ code }: Refusal): number => STAGES.findIndex((stage) => code.startsWith(`${stage}/`));

const ofBlocked = (work: WorkId, { code, facts }: Refusal): Shown => {
  const { word, who, next } = blockedBy(work, code);
  const command = next.replace("PATH", String(facts["target"] ?? "PATH"));
  return shown("blocked", { reason: BLOCKED_BY[code] ?? word }, { who, next: command, reason: code });
};

/** Who acts on what blocks a work item; the path of its target stands open. */
export const blockedBy = (work: WorkId, code: string): { readonly word: string } & Pick<Shown, "who" | "next"> => {
  const [stage = ""] = code.split("/");
  const { word, who, next } = BLOCKED_AT[stage] ?? { word: code, who: "operator", next: "cto gate WORK" };
  return { word, who, next: next.replace("WORK", work) };
};

const BLOCKED_AT: Readonly<Record<string, { readonly word: string } & Pick<Shown, "who" | "next">>> = {
  packet: { word: "packet does not lint", who: "author", next: "cto packet lint" },
  contract: { word: "contract is not complete", who: "author", next: "cto packet lint" },
  admission: { word: "target is not as admitted", who: "owner", next: "cto target admit PATH --key KEY" },
  approval: { word: "needs approval", who: "owner", next: "cto approve WORK --key KEY" },
  gate: { word: "the home is not ready", who: "operator", next: "cto gate WORK" },
};

const BLOCKED_BY: Readonly<Record<string, string>> = {
  "admission/absent": "target not admitted",
  "admission/suspended": "target not admitted: suspended",
  "admission/revoked": "target not admitted: revoked",
  "admission/expired": "target not admitted: expired",
  "admission/not-signed": "target not admitted: not signed",
  "approval/no-signer": "nobody can approve",
};
