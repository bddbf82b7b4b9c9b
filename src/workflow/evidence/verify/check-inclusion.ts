import { z } from "zod";

import { sameBytes, textIn } from "./bytes.ts";
import { eventsOf } from "./events.ts";
import { signatureOf } from "./note-keys.ts";
import { readLogProof, type LogProof } from "./note.ts";
import { readJson, type Reading } from "./reading.ts";
import { marked, rootFrom } from "./tree.ts";
import { fail, notProven, pass, type Check } from "./verdict.ts";

const ID = "ledger";

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

/** Step 6: what the home's ledger recorded of this run stands in it, in the order challenge, approval, consumption. */
export const checkInclusion = async (reading: Reading): Promise<readonly Check[]> => {
  if (reading.manifest?.reach === "gate") return [pass(ID, "no approval was used")];
  const consumption = await included(reading, "approval/consumption");
  if (!("record" in consumption)) return [consumption];
  const objections = statements(reading, consumption).flatMap(([holds, says]) =>
    holds ? [] : [differs(says, consumption.file)],
  );
  if (objections.length > 0) return objections;
  const { record, proof } = consumption;
  return [pass(ID, `record ${record.seq} of ${proof.note.origin} consumed the approval, signed by the Harness`)];
};

const differs = (says: string, file: string): Check => fail(ID, "evidence/ledger-differs", says, file);

/** The record and its proof, recomputed up to a signature that the reader trusts; or the row that says why not. */
const included = async (reading: Reading, name: string): Promise<Included | Check> => {
  const { files, tools } = reading;
  const [file, proofFile] = [`${name}.json`, `${name}.tlog-proof`];
  const bytes = files.get(file) ?? new Uint8Array();
  const record = readJson(bytes, recordSchema);
  const proof = readLogProof(textIn(files.get(proofFile) ?? new Uint8Array()) ?? "");
  if (record === undefined) return differs("it does not read as a record of a ledger", file);
  if (proof === undefined) return differs("it does not read as a proof of inclusion", proofFile);
  const { index, hashes, note } = proof;
  const root = await rootFrom(tools, await tools.sha256(marked(bytes)), index, note.size, hashes);
  if (root === undefined || !sameBytes(root, note.root))
    return differs("the record does not stand in the tree of this checkpoint", proofFile);
  if (record.seq !== index + 1) return differs("the record stands at another place than it says", proofFile);
  switch (await signatureOf(reading, note, Date.parse(record.at))) {
    case "signed":
      return { file, record, proof };
    case "nobody":
      return notProven(ID, "its checkpoint is signed by a key that the trust file does not name", proofFile);
    case "not-signed":
      return differs("its checkpoint is signed by no key that was trusted for it at that time", proofFile);
  }
};

const statements = (
  { records, manifest, events, digest, freshness }: Reading,
  { record, proof }: Included,
): readonly (readonly [boolean, string])[] => {
  const [approval] = records.approvals;
  const signed = approval?.record?.predicate;
  const shown = signed?.ledgerCheckpoint;
  const challenge = Number(/^ap-(\d{1,15})$/.exec(signed?.approvalId ?? "")?.[1]);
  const [consumed] = eventsOf(events, "approval.consumed");
  return [
    [record.type === "approval.consumed", "it records something else"],
    [record.run === manifest?.run, "it is of another run"],
    [record.approvalId === signed?.approvalId, "it names another approval"],
    [record.digests?.["record"] === digest(approval?.file ?? ""), "it is of another approval record"],
    [consumed?.data["ledgerIndex"] === record.seq, "the log names another place in the ledger"],
    [
      freshness?.consumption !== "unknown" && freshness?.consumption.ledgerIndex === record.seq,
      "the freshness proof names another place in the ledger",
    ],
    [shown?.origin === proof.note.origin, "the approval was signed over another ledger"],
    // The challenge is the last record that its signer was shown; the approval itself comes between it and its use.
    [challenge === shown?.size, "the approval was not signed over the ledger as it stood at its challenge"],
    [shown !== undefined && shown.size + 1 < record.seq, "it was consumed before it was recorded"],
  ];
};
