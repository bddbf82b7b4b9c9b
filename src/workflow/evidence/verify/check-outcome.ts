import { z } from "zod";

import { ATTESTATIONS, SEAL, SUMS } from "../bundle-table.ts";
import { isAtLeast } from "./assurance.ts";
import { sealedTime } from "./attestation.ts";
import { ledgerObjections, shownLedgerSchema, type ShownAfter, type ShownLedger } from "./later-checkpoint.ts";
import { laterFile, readLater, type LaterForm, type LaterRecord } from "./later-signature.ts";
import { readJson, type Reading } from "./reading.ts";
import type { Level } from "./records.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "outcome";
const FILE = laterFile(ID);

/** Step 12: the owner's accepted or rejected, where it was given, is signed by him and about exactly this bundle. */
export const checkOutcome = async (reading: Reading): Promise<readonly Check[]> => {
  const { outcome } = reading.later;
  if (outcome === undefined) return [];
  const later = await readLater(reading, FORM, outcome);
  if ("id" in later) return [later];
  const { read, fingerprint, level, key } = later;
  const { predicate } = read;
  const objections = [
    ...objectionsTo(reading, later),
    ...wordsObjections(reading, predicate),
    ...ledgerObjections(reading, predicate.ledgerCheckpoint, sealOf(reading)),
  ].map((says) => fail(ID, "evidence/later-differs", says, FILE));
  if (objections.length > 0) return objections;
  if (key !== "trusted") return [key];
  if (reading.commit === undefined)
    return [notProven(ID, "the bundle holds no commit, so which one was decided is not shown", FILE)];
  const { ledgerCheckpoint, approver, decidedAt } = predicate;
  // Whoever has a key that ended may write any time into a record; the order of times alone is no proof of it either.
  if (Date.parse(decidedAt) < Date.parse(sealedTime(reading)))
    return [notProven(ID, `it says that it was decided at ${decidedAt}, before the run ended`, FILE)];
  return [
    pass(
      ID,
      `${predicate.outcome} by ${approver.principal}, ${level}, ${fingerprint}, over ${ledgerCheckpoint.size} records of the ledger`,
    ),
  ];
};

interface Outcome {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicate: {
    readonly outcome: "accepted" | "rejected";
    readonly runId: string;
    readonly workId: string;
    readonly commit: string;
    readonly base: string;
    readonly reason: string;
    readonly acknowledged: readonly string[];
    readonly judged: readonly string[];
    readonly sentence: string | null;
    readonly decidedAt: string;
    readonly approver: {
      readonly principal: string;
      readonly assurance: Level;
      readonly origin?: string | undefined;
    };
    readonly ledgerCheckpoint: ShownLedger;
  };
}

const objectionsTo = (reading: Reading, { read, level }: LaterRecord<Outcome>): readonly string[] => {
  const { manifest, records, digest, base, commit } = reading;
  const { subject, predicate } = read;
  const statement = digest(ATTESTATIONS.run);
  const subjects = [
    { name: SUMS, digest: { sha256: digest(SUMS) } },
    ...(statement === undefined ? [] : [{ name: ATTESTATIONS.run, digest: { sha256: statement } }]),
  ];
  const [approval] = records.approvals;
  const minimum = approval?.record?.predicate.authority.minimumAssurance ?? "A3";
  const isDecidable =
    manifest?.ending === "awaiting_outcome" || (manifest?.ending === "interrupted" && predicate.outcome === "rejected");
  const holds: readonly (readonly [boolean, string])[] = [
    [predicate.runId === manifest?.run && predicate.workId === manifest.work, "it is about another run"],
    [
      JSON.stringify(subject) === JSON.stringify(subjects),
      "it is about another bundle: other sums or another statement",
    ],
    [commit === undefined || predicate.commit === commit.id, "it is about another commit"],
    [base === undefined || predicate.base === base.id, "it is about a commit on another base"],
    [isDecidable, `a run that ended as ${manifest?.ending ?? "nobody knows"} has no such outcome`],
    [predicate.approver.principal === records.contract?.owner, "it is by another than the owner"],
    [isAtLeast(level, minimum), `${level} is below the minimum ${minimum}`],
    [
      predicate.approver.assurance === "A2" || predicate.approver.assurance === level,
      `it says ${predicate.approver.assurance} of a signature that is ${level}`,
    ],
  ];
  return holds.filter(([held]) => !held).map(([, says]) => says);
};

/** Yes is one sentence, and names what it accepts; no has a reason. */
const wordsObjections = ({ report }: Reading, said: Outcome["predicate"]): readonly string[] => {
  if (said.outcome === "rejected")
    return [
      ...(said.reason.trim() === "" ? ["it is a rejection without a reason"] : []),
      ...(said.sentence === null ? [] : ["it is a rejection with a sentence that accepts"]),
    ];
  const words = `I accept the outcome of ${said.workId} run ${said.runId} at commit ${said.commit.slice(0, 7)}.`;
  const judged = report?.criteria.filter(({ status }) => status === "owner-judged").map(({ id }) => id);
  const named = [
    ...(report?.findings.map(({ code }) => code) ?? []),
    ...(report?.attempts.map(({ action }) => `denied/${action}`) ?? []),
  ];
  const silent = [...new Set(named)].filter((name) => !said.acknowledged.includes(name));
  return [
    ...(said.sentence === words ? [] : ["its sentence is not the one that accepts this run"]),
    ...(JSON.stringify(said.judged) === JSON.stringify(judged)
      ? []
      : ["it judges other criteria than the report left to the owner"]),
    ...(silent.length === 0 ? [] : [`it does not name ${silent.join(", ")}, which the report shows`]),
  ];
};

/** An outcome judges sealed evidence, so its signer was shown a ledger that tells of the seal. */
const sealOf = ({ files }: Reading): ShownAfter | "unknown" => {
  const seq = readJson(files.get(SEAL.record), z.looseObject({ seq: z.int().positive() }))?.seq;
  return seq === undefined ? "unknown" : { size: seq, what: `record ${seq} sealed the run` };
};

const text = z.string();
const subject = z.strictObject({ name: text, digest: z.strictObject({ sha256: text }) });

const schema: z.ZodType<Outcome> = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  predicateType: z.literal("urn:cto-harness:predicate:outcome:v1"),
  subject: z.array(subject).min(1).max(2),
  predicate: z.looseObject({
    outcome: z.enum(["accepted", "rejected"]),
    runId: text,
    workId: text,
    commit: text,
    base: text,
    reason: text,
    acknowledged: z.array(text),
    judged: z.array(text),
    sentence: text.nullable(),
    decidedAt: z.iso.datetime(),
    approver: z.looseObject({
      principal: text,
      method: z.literal("sshsig"),
      assurance: z.enum(["A0", "A1", "A2", "A3"]),
      origin: text.optional(),
    }),
    ledgerCheckpoint: shownLedgerSchema,
  }),
});

const FORM: LaterForm<Outcome> = {
  id: ID,
  namespace: "outcome@cto-harness",
  schema,
  signedBy: ({ predicate: { approver, decidedAt } }) => ({
    principal: approver.principal,
    at: decidedAt,
    origin: approver.origin,
  }),
};
