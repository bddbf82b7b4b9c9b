import { z } from "zod";

import { eventsOf } from "./events.ts";
import { ledgerObjections, shownLedgerSchema, type ShownAfter, type ShownLedger } from "./later-checkpoint.ts";
import { laterFile, readLater, type LaterForm, type LaterRecord } from "./later-signature.ts";
import type { Reading } from "./reading.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "withdrawal";
const FILE = laterFile(ID);

/** Step 12: an approval that was taken back under a signature, where that was given, is the one that this run used. */
export const checkWithdrawal = async (reading: Reading): Promise<readonly Check[]> => {
  const { withdrawal } = reading.later;
  if (withdrawal === undefined) return [];
  const later = await readLater(reading, FORM, withdrawal);
  if ("id" in later) return [later];
  const { read, fingerprint, key } = later;
  const { approvalId, revoker, decidedAt, ledgerCheckpoint } = read.predicate;
  const objections = [
    ...objectionsTo(reading, later),
    ...ledgerObjections(reading, ledgerCheckpoint, approvalOf(reading)),
  ].map((says) => fail(ID, "evidence/later-differs", says, FILE));
  if (objections.length > 0) return objections;
  if (key !== "trusted") return [key];
  const says = `${approvalId} was taken back at ${decidedAt} by ${revoker.principal}, ${fingerprint}`;
  // Between the time that it names and its record in the ledger lies the signing, so a clock does not show who was first.
  const [landed] = eventsOf(reading.events, "commit.created");
  return landed !== undefined && Date.parse(decidedAt) < Date.parse(landed.time)
    ? [notProven(ID, `${says}; the commit of this run is from later, ${landed.time}`, FILE)]
    : [pass(ID, says)];
};

interface Withdrawal {
  readonly subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[];
  readonly predicate: {
    readonly approvalId: string;
    readonly workId: string;
    readonly decidedAt: string;
    readonly revoker: { readonly principal: string; readonly keyFingerprint: string };
    readonly ledgerCheckpoint: ShownLedger;
  };
}

const objectionsTo = (
  { records, manifest, digest }: Reading,
  { read: { subject, predicate }, fingerprint }: LaterRecord<Withdrawal>,
): readonly string[] => {
  const own = records.approvals.map(({ file }) => digest(file));
  const said = records.approvals.flatMap(({ record }) => record?.predicate ?? []);
  const holds: readonly (readonly [boolean, string])[] = [
    [own.length > 0, "the bundle holds no approval that it could take back"],
    [predicate.workId === manifest?.work, "it is about another work item"],
    [said.every(({ approvalId }) => approvalId === predicate.approvalId), "it takes back another approval"],
    [subject.every((one) => own.includes(one.digest.sha256)), "it takes back other approval records"],
    [
      said.every(({ quorum }) => quorum.eligible.includes(predicate.revoker.principal)),
      "it is by somebody who could not approve either",
    ],
    [predicate.revoker.keyFingerprint === fingerprint, "another key signed than it names"],
  ];
  return holds.filter(([held]) => !held).map(([, says]) => says);
};

/** Whoever takes an approval back was shown a ledger that tells of it, so one with more than the approver saw. */
const approvalOf = ({ records }: Reading): ShownAfter | "unknown" => {
  const seen = records.approvals.flatMap(({ record }) => record?.predicate.ledgerCheckpoint.size ?? []);
  return seen.length === 0
    ? "unknown"
    : { size: Math.max(...seen) + 1, what: "the approval that it takes back was recorded" };
};

const text = z.string();

const schema: z.ZodType<Withdrawal> = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  predicateType: z.literal("urn:cto-harness:predicate:revocation:v1"),
  subject: z.array(z.strictObject({ name: z.literal("approval"), digest: z.strictObject({ sha256: text }) })).min(1),
  predicate: z.looseObject({
    approvalId: text,
    workId: text,
    reason: text,
    decidedAt: z.iso.datetime(),
    revoker: z.looseObject({ principal: text, keyFingerprint: text }),
    ledgerCheckpoint: shownLedgerSchema,
  }),
});

const FORM: LaterForm<Withdrawal> = {
  id: ID,
  namespace: "revocation@cto-harness",
  schema,
  signedBy: ({ predicate: { revoker, decidedAt } }) => ({ principal: revoker.principal, at: decidedAt }),
};
