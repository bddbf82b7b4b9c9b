import { requiredSentenceMatch } from "../../workflow/approval/sentence.ts";
import type { Checkpoint } from "../../workflow/checkpoint.ts";
import type { RunId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import { objectionsTo } from "../../workflow/outcome/judge-outcome.ts";
import {
  readOutcomeRecord,
  writeOutcomeRecord,
  type JudgedNote,
  type OutcomeRecord,
} from "../../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import type { World } from "../world.ts";
import { leftToOwner, readOutcomeGround, sentenceFor, toAcknowledge, type OutcomeGround } from "./outcome-ground.ts";
import { refusedOutcome } from "./refused-outcome.ts";

/** What the owner says of one run. */
export interface OutcomeSaid {
  readonly run: RunId;
  readonly outcome: "accepted" | "rejected";
  readonly reason: string;
  readonly acknowledged: readonly string[];
  /** What he saw of each criterion that is his to judge; "implied" at the command line, where the sentence says it. */
  readonly notes: readonly JudgedNote[] | "implied";
  /** The words, for accepting. */
  readonly words: Uint8Array | undefined;
  /** The page on which a passkey is going to be asked. */
  readonly origin?: string;
}

/** The exact bytes that are to be signed. Nothing is decided by them. */
export interface PreparedOutcome {
  readonly record: OutcomeRecord;
  readonly bytes: Uint8Array;
}

/** Verifies the evidence now and draws the record that asks for the owner's signature, or says everything that is in its way. */
export const prepareOutcome = async (world: World, said: OutcomeSaid): Promise<Result<PreparedOutcome, Refusal>> => {
  const read = await readOutcomeGround(world, said.run);
  return read.ok ? prepareOver(world, read.value, said) : read;
};

/** The same over a ground that was read already. */
export const prepareOver = async (
  world: World,
  ground: OutcomeGround,
  said: OutcomeSaid,
): Promise<Result<PreparedOutcome, Refusal>> => {
  const objections = [...objectionsToSaid(ground, said), ...wordsObjections(said, ground)];
  if (objections.length > 0) return refusedOutcome(world, ground.row, objections);
  const decidedAt = timeText(world.clock.now().epochMs);
  const drawn = drawOutcome(ground, said, { decidedAt, checkpoint: (await world.store.head()).checkpoint });
  if (drawn === "nothing") return refusedOutcome(world, ground.row, [nothingToDecide(ground)]);
  // Nobody is asked to sign what nobody could read later: a reason beyond every bound, for instance.
  const readable = readOutcomeRecord(drawn.bytes);
  return readable.ok ? ok(drawn) : refusedOutcome(world, ground.row, readable.refusals);
};

/** All but the words: they stand in the record as the sentence that they are. */
export function* objectionsToSaid(ground: OutcomeGround, said: OutcomeSaid): Iterable<Refusal> {
  const { row, report } = ground;
  const objections = [
    ...objectionsTo({
      outcome: said.outcome,
      reason: said.reason,
      acknowledged: said.acknowledged,
      run: {
        id: said.run,
        state: row.ending ?? row.state,
        criteria: report?.criteria ?? [],
        toAcknowledge: report === undefined ? [] : toAcknowledge(report),
      },
      evidence: ground.evidence,
      alreadyRecorded: ground.alreadyRecorded,
    }),
  ];
  yield* objections;
  const isDecided = objections.some(({ code }) => ENDS.has(code));
  if (said.outcome === "rejected" || said.notes === "implied" || isDecided) return;
  const { notes, run } = said;
  for (const id of leftToOwner(report)) {
    const note = notes.find((each) => each.id === id);
    if (note === undefined) yield refusal("outcome/not-judged", { run, id, what: "it is not ticked" });
    else if (note.note.trim() === "") yield refusal("outcome/not-judged", { run, id, what: "nothing is said of it" });
  }
}

const ENDS: ReadonlySet<string> = new Set(["outcome/already-recorded", "outcome/nothing-to-decide"]);

export const nothingToDecide = ({ row }: OutcomeGround): Refusal =>
  refusal("outcome/nothing-to-decide", { run: row.run, state: row.ending ?? row.state });

/** The same record from the same ground and the same words, byte for byte. */
export const drawOutcome = (
  ground: OutcomeGround,
  said: OutcomeSaid,
  at: { readonly decidedAt: string; readonly checkpoint: Checkpoint },
): PreparedOutcome | "nothing" => {
  const { row, commit, base, owner, trust, report } = ground;
  if (commit === undefined || base === undefined || owner === undefined) return "nothing";
  const isAccepted = said.outcome === "accepted";
  const left = leftToOwner(report);
  const noted =
    said.notes === "implied" ? [] : left.flatMap((id) => (said.notes === "implied" ? [] : noteOf(said.notes, id)));
  const record: OutcomeRecord = {
    outcome: said.outcome,
    runId: row.run,
    workId: row.work,
    commit,
    base,
    reason: said.reason,
    acknowledged: said.acknowledged,
    judged: isAccepted ? left : [],
    ...(isAccepted && noted.length > 0 ? { notes: noted } : {}),
    sentence: isAccepted ? (sentenceFor(row) ?? null) : null,
    decidedAt: at.decidedAt,
    approver: {
      principal: owner,
      method: "sshsig",
      assurance: "A2",
      ...(said.origin === undefined ? {} : { origin: said.origin }),
    },
    authority: { allowedSignersSha256: trust.digest },
    ledgerCheckpoint: at.checkpoint,
  };
  return { record, bytes: new TextEncoder().encode(writeOutcomeRecord(record, ground.judged)) };
};

const noteOf = (notes: readonly JudgedNote[], wanted: string): readonly JudgedNote[] => {
  const found = notes.find(({ id }) => id === wanted);
  return found === undefined ? [] : [{ id: found.id, note: found.note }];
};

function* wordsObjections({ outcome, words }: OutcomeSaid, { row }: OutcomeGround): Iterable<Refusal> {
  const sentence = sentenceFor(row);
  if (outcome === "rejected" || sentence === undefined) return;
  const match = requiredSentenceMatch(sentence, words ?? new Uint8Array());
  if (match.ok) return;
  const { at, expected, got } = match.refusals[0].facts;
  yield refusal("outcome/not-exact", { at: at ?? 1, expected: expected ?? "", got: got ?? "", sentence });
}
