import { z } from "zod";

import { ATTESTATIONS, SEAL, SUMS } from "../bundle-table.ts";
import { base64Bytes, sameBytes, textIn } from "./bytes.ts";
import { canonical } from "./canonical.ts";
import { eventsOf } from "./events.ts";
import { signatureOf } from "./note-keys.ts";
import { readLogProof, type LogProof } from "./note.ts";
import { readJson, type Reading } from "./reading.ts";
import { marked, rootBefore, rootFrom } from "./tree.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const [LEDGER, SEALED] = ["ledger", "seal"] as const;
type Id = typeof LEDGER | typeof SEALED;

/** A ledger record that lies in the bundle, with the proof that it stands in a ledger. */
interface Included {
  readonly file: string;
  readonly record: LedgerRecord;
  readonly proof: LogProof;
}

interface LedgerRecord {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly run: string;
  readonly approvalId?: string | undefined;
  readonly digests?: Readonly<Record<string, string>> | undefined;
}

const recordSchema: z.ZodType<LedgerRecord> = z.looseObject({
  seq: z.int().positive(),
  at: z.iso.datetime(),
  type: z.string(),
  run: z.string(),
  approvalId: z.string().optional(),
  digests: z.record(z.string(), z.string()).optional(),
});

/** Step 6, the first half: the approval was consumed in this ledger, once, after its challenge and its record. */
export const checkInclusion = async (reading: Reading): Promise<readonly Check[]> => {
  if (reading.manifest?.reach === "gate") return [pass(LEDGER, "no approval was used")];
  const consumption = await included(reading, LEDGER, CONSUMPTION);
  if (!("record" in consumption)) return consumption;
  const objections = statements(reading, consumption).flatMap(([holds, says]) =>
    holds ? [] : [differs(LEDGER, says, consumption.file)],
  );
  if (objections.length > 0) return objections;
  const { record, proof } = consumption;
  const before = await rootBefore(reading.tools, proof.index, proof.note.size, proof.hashes);
  const told = reading.freshness?.consumption;
  if (told !== undefined && told !== "unknown" && !sameBytes(base64Bytes(told.rootBefore) ?? NONE, before ?? NONE))
    return [differs(LEDGER, "the freshness proof tells of another ledger right before it", consumption.file)];
  return [pass(LEDGER, `record ${record.seq} of ${proof.note.origin} consumed the approval, signed by the Harness`)];
};

/** The second half: the seal of exactly these digests stands in the same ledger, after the consumption. */
export const checkSeal = async (reading: Reading): Promise<readonly Check[]> => {
  const seal = await included(reading, SEALED, SEAL);
  if (!("record" in seal)) return seal;
  const { record, proof, file } = seal;
  const [signed] = reading.records.approvals;
  const consumed = readJson(reading.files.get(CONSUMPTION.record), recordSchema);
  const isUsed = reading.manifest?.reach !== "gate";
  const must: readonly (readonly [boolean, string])[] = [
    [record.type === "run.sealed", "it records something else"],
    [record.run === reading.manifest?.run, "it is of another run"],
    [canonical(record.digests ?? {}) === canonical(digestsOf(reading)), "it seals other digests than these files have"],
    [!isUsed || (consumed?.seq ?? record.seq) < record.seq, "the run was sealed before its approval was consumed"],
    [
      !isUsed || signed?.record?.predicate.ledgerCheckpoint.origin === proof.note.origin,
      "it was sealed in another ledger than the one that the approval was signed over",
    ],
  ];
  const objections = must.flatMap(([holds, says]) => (holds ? [] : [differs(SEALED, says, file)]));
  if (objections.length > 0) return objections;
  return [pass(SEALED, `record ${record.seq} of ${proof.note.origin} seals these digests, signed by the Harness`)];
};

const NONE = new Uint8Array();

const CONSUMPTION = { record: "approval/consumption.json", proof: "approval/consumption.tlog-proof" } as const;

/** Every byte of the bundle is under one of them: SHA256SUMS holds the digests of all files that none of them is. */
const digestsOf = ({ digest }: Reading): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries({ sums: SUMS, ...ATTESTATIONS }).flatMap(([name, path]) => {
      const found = digest(path);
      return found === undefined ? [] : [[name, found]];
    }),
  );

const differs = (id: Id, says: string, file: string): Check => fail(id, "evidence/ledger-differs", says, file);

/** The record and its proof, recomputed up to a signature that the reader trusts; or the rows that say why not. */
const included = async (
  reading: Reading,
  id: Id,
  { record: file, proof: proofFile }: { readonly record: string; readonly proof: string },
): Promise<Included | readonly Check[]> => {
  const { files, tools } = reading;
  const bytes = files.get(file) ?? new Uint8Array();
  const record = readJson(bytes, recordSchema);
  const proof = readLogProof(textIn(files.get(proofFile) ?? new Uint8Array()) ?? "");
  if (record === undefined) return [differs(id, "it does not read as a record of a ledger", file)];
  if (proof === undefined) return [differs(id, "it does not read as a proof of inclusion", proofFile)];
  const { index, hashes, note } = proof;
  const root = await rootFrom(tools, await tools.sha256(marked(bytes)), index, note.size, hashes);
  if (root === undefined || !sameBytes(root, note.root))
    return [
      differs(id, "it does not stand in the tree of the checkpoint beside it", file),
      differs(id, "it does not lead from the record to the tree of its checkpoint", proofFile),
    ];
  if (record.seq !== index + 1) return [differs(id, "the record stands at another place than it says", proofFile)];
  switch (await signatureOf(reading, note, Date.parse(record.at))) {
    case "signed":
      return { file, record, proof };
    case "nobody":
      return [notProven(id, "its checkpoint is signed by a key that nobody whom the reader trusts names", proofFile)];
    case "not-signed":
      return [differs(id, "its checkpoint is signed by no key that was trusted for it at that time", proofFile)];
  }
};

const statements = (
  { records, manifest, events, digest, freshness }: Reading,
  { record, proof }: Included,
): readonly (readonly [boolean, string])[] => {
  const files = records.approvals.map(({ file }) => digest(file));
  const said = records.approvals.map((approval) => approval.record?.predicate);
  const shown = said.map((one) => one?.ledgerCheckpoint);
  const challenge = Number(/^ap-(\d{1,15})$/.exec(record.approvalId ?? "")?.[1]);
  const [consumed] = eventsOf(events, "approval.consumed");
  const placed = freshness?.consumption === "unknown" ? undefined : freshness?.consumption.ledgerIndex;
  return [
    [record.type === "approval.consumed", "it records something else"],
    [record.run === manifest?.run, "it is of another run"],
    [said.every((one) => one?.approvalId === record.approvalId), "it names another approval"],
    [files.includes(record.digests?.["record"]), "it is of another approval record"],
    [consumed?.data["ledgerIndex"] === record.seq, "the log names another place in the ledger"],
    [placed === record.seq, "the freshness proof names another place in the ledger"],
    [shown.every((one) => one?.origin === proof.note.origin), "the approval was signed over another ledger"],
    // The challenge is the last record that the first to sign was shown; whoever joins later is shown more.
    [
      shown.some((one) => one?.size === challenge) && shown.every((one) => one !== undefined && one.size >= challenge),
      "the approval was not signed over the ledger as it stood at its challenge",
    ],
    // The record of each approval comes between what its signer was shown and its use.
    [shown.every((one) => one !== undefined && one.size + 1 < record.seq), "it was consumed before it was recorded"],
  ];
};
