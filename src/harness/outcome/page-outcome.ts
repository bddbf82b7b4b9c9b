import type { RunId } from "../../workflow/ids.ts";
import { OUTCOME_NAMESPACE, readOutcomeRecord, type OutcomeRecord } from "../../workflow/outcome/outcome-record.ts";
import { lineOfWords } from "../../workflow/policy/shims.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { pageOf } from "../approval/approver.ts";
import { draftObject, signatureIn, signersOf, type GivenSignature } from "../approval/signers-of.ts";
import { refuseAll } from "../home/read-facts.ts";
import { refusalObject } from "../objects/refusal-object.ts";
import type { DraftObject, OutcomeSigning, OutcomeTick, RecordedOutcome, TickGiven } from "../objects/signing.ts";
import type { World } from "../world.ts";
import { leftToOwner, readOutcomeGround, sentenceFor, toAcknowledge, type OutcomeGround } from "./outcome-ground.ts";
import { nothingToDecide, objectionsToSaid, prepareOver, type OutcomeSaid } from "./prepare-outcome.ts";
import { recordOutcome } from "./record-outcome.ts";
import { refusedOutcome } from "./refused-outcome.ts";

/** What a page shows before anybody decides, over the evidence as it verifies now. */
export const outcomeSigning = async (world: World, run: RunId): Promise<Result<OutcomeSigning, Refusal>> => {
  const read = await readOutcomeGround(world, run);
  if (!read.ok) return read;
  const ground = read.value;
  const { row, report, commit, base, owner, trust, minimum } = ground;
  const named = report === undefined ? [] : toAcknowledge(report);
  const rejecting = { run, outcome: "rejected", reason: "any", acknowledged: [], notes: [], words: undefined } as const;
  const [objection] = objectionsToSaid(ground, rejecting);
  if (objection !== undefined) return refuseAll([objection]);
  const sentence = sentenceFor(row);
  if (commit === undefined || base === undefined || owner === undefined || sentence === undefined)
    return refuseAll([nothingToDecide(ground)]);
  const accepting = { ...rejecting, outcome: "accepted", acknowledged: named, notes: "implied" } as const;
  return ok({
    run,
    work: row.work,
    commit,
    base,
    sentence,
    evidence: ground.evidence,
    locked: [...objectionsToSaid(ground, accepting)].map(refusalObject),
    ticks: ticksOf(ground),
    minimum,
    signers: signersOf(trust, [owner], OUTCOME_NAMESPACE, world.clock.now().epochMs),
    commands: {
      accept: acceptCommand(run, named),
      reject: rejectCommand(run, "what is wrong"),
    },
  });
};

const acceptCommand = (run: RunId, named: readonly string[]): string =>
  lineOfWords(["cto", "outcome", run, "--accept", ...named.flatMap((code) => ["--acknowledge", code]), "--key", "KEY"]);

const rejectCommand = (run: RunId, reason: string): string =>
  lineOfWords(["cto", "outcome", run, "--reject", "--reason", reason, "--key", "KEY"]);

const ticksOf = ({ report }: OutcomeGround): readonly OutcomeTick[] => {
  if (report === undefined) return [];
  const eye = leftToOwner(report).map((id): OutcomeTick => {
    const text = report.criteria.find((criterion) => criterion.id === id)?.text ?? id;
    return { id, kind: "eye", label: text, needsNote: true };
  });
  const named = toAcknowledge(report).map((id): OutcomeTick => {
    const isDenied = id.startsWith("denied/");
    const says = report.findings.find(({ code }) => code === id)?.says ?? id;
    const label = isDenied ? `${id.slice("denied/".length)} was attempted and denied` : says;
    return { id, kind: isDenied ? "denied" : "finding", label, needsNote: false };
  });
  return [...eye, ...named];
};

/** What the owner says of a run on a page. */
export type DecisionOnPage =
  | {
      readonly outcome: "accepted";
      readonly sentence: string;
      readonly key: string;
      readonly ticks: readonly TickGiven[];
    }
  | { readonly outcome: "rejected"; readonly reason: string; readonly key: string };

/** Verifies the evidence now and draws the record that asks for the owner's signature. */
export const draftDecision = async (
  world: World,
  run: RunId,
  said: DecisionOnPage,
): Promise<Result<DraftObject, Refusal>> => {
  const read = await readOutcomeGround(world, run);
  if (!read.ok) return read;
  const { trust, owner, report, row } = read.value;
  if (owner === undefined) return refusedOutcome(world, row, [nothingToDecide(read.value)]);
  const signers = signersOf(trust, [owner], OUTCOME_NAMESPACE, world.clock.now().epochMs);
  if (!signers.some(({ key }) => key === said.key))
    return refusedOutcome(world, row, [refusal("outcome/not-the-owner", { by: said.key, owner })]);
  const page = pageOf(world, trust, said.key);
  const isAccepted = said.outcome === "accepted";
  const decision: OutcomeSaid = {
    run,
    outcome: said.outcome,
    reason: isAccepted ? "" : said.reason,
    ...(isAccepted ? ticksIn(said.ticks, leftToOwner(report)) : { acknowledged: [], notes: [] }),
    words: isAccepted ? new TextEncoder().encode(said.sentence) : undefined,
    ...page,
  };
  const prepared = await prepareOver(world, read.value, decision);
  if (!prepared.ok) return prepared;
  const command = isAccepted ? acceptCommand(run, decision.acknowledged) : rejectCommand(run, said.reason);
  const draft = { bytes: prepared.value.bytes, namespace: OUTCOME_NAMESPACE, key: said.key, command };
  return ok(draftObject(world, trust, draft));
};

const ticksIn = (ticks: readonly TickGiven[], eye: readonly string[]): Pick<OutcomeSaid, "acknowledged" | "notes"> => ({
  acknowledged: ticks.map(({ id }) => id).filter((id) => !eye.includes(id)),
  notes: ticks.filter(({ id }) => eye.includes(id)).map(({ id, note = "" }) => ({ id, note })),
});

/** What came back from a page. */
export interface DecisionSigned {
  readonly record: string;
  readonly signature: GivenSignature;
  readonly ticks: readonly TickGiven[];
}

/** Records what was signed of this run, or refuses it; nothing of it is believed. */
export const recordDecision = async (
  world: World,
  run: RunId,
  given: DecisionSigned,
): Promise<Result<RecordedOutcome, Refusal>> => {
  const bytes = new TextEncoder().encode(given.record);
  const read = readOutcomeRecord(bytes);
  if (!read.ok) return read;
  const { record } = read.value;
  const row = await world.store.run(run);
  if (row === "absent") return refuse(refusal("outcome/run-unknown", { run }));
  const differing = record.runId === run ? (saysSame(record, given.ticks) ? undefined : "ticks") : "runId";
  if (differing !== undefined)
    return refusedOutcome(world, row, [refusal("outcome/not-as-drafted", { field: differing })]);
  const done = await recordOutcome(world, bytes, ({ trust, owner = "" }) => {
    const now = world.clock.now().epochMs;
    const keys = signersOf(trust, [owner], OUTCOME_NAMESPACE, now).map(({ key }) => key);
    const asked = { message: bytes, namespace: OUTCOME_NAMESPACE, keys, page: world.operator.page ?? "no page" };
    const signature = signatureIn(given.signature, trust, asked, now);
    return signature.ok ? signature : refuse(refusal("outcome/signature-invalid", { problem: signature.refusals[0] }));
  });
  if (!done.ok) return done;
  const { assurance, seq } = done.value;
  const { outcome, approver } = record;
  const next = outcome === "accepted" ? `cto show ${run}` : `cto rollback ${run}`;
  return ok({ outcome, run, by: approver.principal, assurance, seq, next });
};

/** What is ticked on the page when it posts is what was signed. */
const saysSame = ({ outcome, acknowledged, notes = [] }: OutcomeRecord, ticks: readonly TickGiven[]): boolean => {
  const signed = outcome === "rejected" ? [] : [...acknowledged.map((id) => ({ id })), ...notes];
  return written(signed) === written(ticks);
};

const written = (ticks: readonly TickGiven[]): string =>
  JSON.stringify(ticks.map(({ id, note }) => [id, note ?? ""]).toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
