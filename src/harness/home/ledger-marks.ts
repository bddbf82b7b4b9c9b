import { APPROVAL_NAMESPACE } from "../../workflow/approval/approval-record.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import { readRevocationRecord, REVOCATION_NAMESPACE } from "../../workflow/approval/revocation-record.ts";
import type { LedgerMark, LedgerTrace } from "../../workflow/audit-ledger.ts";
import { isSignedCheckpoint, noteInProof, readCheckpoint, type Checkpoint } from "../../workflow/checkpoint.ts";
import { digestOf, parseDigest, type Digest } from "../../workflow/digest.ts";
import { SEAL, SUMS } from "../../workflow/evidence/bundle-table.ts";
import type { VouchedKey } from "../../workflow/evidence/judge-handovers.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { LedgerRecord, LedgerType } from "../../workflow/ledger.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { OUTCOME_NAMESPACE, readOutcomeRecord } from "../../workflow/outcome/outcome-record.ts";
import { verifySshSignature } from "../../workflow/ssh-signature.ts";
import { readTrustRecord, TRUST_NAMESPACE, TRUST_PATH } from "../../workflow/trust-record.ts";
import type { TrustRoot } from "../../workflow/trust-root.ts";
import type { World } from "../world.ts";

/** What speaks of the ledger from outside of its rows. */
export interface Beside {
  readonly marks: readonly LedgerMark[];
  readonly traces: readonly LedgerTrace[];
  /** Human records whose signature counts for nobody in the trust root: they seal nothing. */
  readonly unknownSigners: number;
  /** The Harness key that each approval of the ledger names, by the number of its record. */
  readonly vouched: readonly VouchedKey[];
}

export interface BesideOrder {
  readonly records: readonly LedgerRecord[];
  readonly trust: Pick<TrustRoot, "signers" | "revoked">;
  /** Keys that sign checkpoints, 32 bytes each. */
  readonly keys: readonly Uint8Array[];
}

/**
 * What humans signed over the ledger, from its own documents, from sealed bundles and from what was attached to them;
 * the checkpoints that the Harness signed into bundles; the locks and seals that the ledger must tell of.
 */
export const readBeside = async (world: World, { records, trust, keys }: BesideOrder): Promise<Beside> => {
  // By the digest of the signed bytes: the same record in the ledger and in a bundle counts once.
  const humans = new Map<Digest, HumanRecord>();
  const keep = (record: HumanRecord | "absent"): void => {
    if (record !== "absent") humans.set(digestOf(record.bytes), record);
  };
  const vouched: VouchedKey[] = [];
  for (const leaf of records) {
    const record = await inLedger(world, leaf);
    keep(record);
    const named = record === "absent" ? undefined : signedBy(record, trust)?.harnessKey;
    if (named !== undefined) vouched.push({ seq: leaf.seq, fingerprint: named });
  }
  keep(await inHome(world));
  const harness: LedgerMark[] = [];
  const traces: LedgerTrace[] = [];
  for (const run of await world.archive.sealedRuns()) {
    const sums = await world.archive.peek(run, "bundle", SUMS, LIMITS.homeFileBytesMax);
    if (sums === "absent") continue;
    traces.push({ kind: "sealed", run, sums: digestOf(sums) });
    const names = new TextDecoder().decode(sums).matchAll(/^[0-9a-f]{64} {2}(approval\/approval\.[^/\n]+\.json)$/gm);
    for (const [, name = ""] of names) keep(await inFiles(world, run, "bundle", name, "approval"));
    keep(await inFiles(world, run, "bundle", "approval/trust-root.json", "trust-root"));
    keep(await inFiles(world, run, "addenda", "outcome.json", "outcome"));
    harness.push(...(await inProof(world, run, keys)));
  }
  for (const [approvalId, run] of await world.allConsumed()) traces.push({ kind: "spent", approvalId, run });
  const read = [...humans.values()].map((record) => signedBy(record, trust));
  const known = read.flatMap((record) => record ?? []);
  return {
    marks: [...known.map(({ what, checkpoint }) => ({ what, by: "human" as const, checkpoint })), ...harness],
    traces,
    unknownSigners: read.length - known.length,
    vouched,
  };
};

interface HumanRecord {
  readonly kind: "approval" | "outcome" | "withdrawal" | "trust-root";
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

const KIND_OF: Readonly<Partial<Record<LedgerType, HumanRecord["kind"]>>> = {
  "approval.joined": "approval",
  "approval.recorded": "approval",
  "approval.withdrawn": "withdrawal",
  "authority.changed": "trust-root",
  "outcome.accepted": "outcome",
  "outcome.rejected": "outcome",
};

const inLedger = async (world: World, { type, digests }: LedgerRecord): Promise<HumanRecord | "absent"> => {
  const kind = KIND_OF[type];
  const [record, signed] = [parseDigest(digests?.["record"] ?? ""), parseDigest(digests?.["signature"] ?? "")];
  if (kind === undefined || record === undefined || signed === undefined) return "absent";
  const [bytes, signature] = [await world.store.document(record), await world.store.document(signed)];
  return bytes === "absent" || signature === "absent" ? "absent" : { kind, bytes, signature };
};

/** The trust root as it is signed now: also where the ledger's own copy of it was taken out. */
const inHome = async (world: World): Promise<HumanRecord | "absent"> => {
  const [record, signature] = [await world.home.read(TRUST_PATH), await world.home.read(`${TRUST_PATH}.sig`)];
  return record === "absent" || signature === "absent"
    ? "absent"
    : { kind: "trust-root", bytes: record.bytes, signature: signature.bytes };
};

const inFiles = async (
  world: World,
  run: RunId,
  from: "bundle" | "addenda",
  name: string,
  kind: HumanRecord["kind"],
): Promise<HumanRecord | "absent"> => {
  const bytes = await world.archive.peek(run, from, name, LIMITS.outcomeRecordBytesMax);
  const signature = await world.archive.peek(run, from, `${name}.sig`, LIMITS.signatureBytesMax);
  return bytes === "absent" || signature === "absent" ? "absent" : { kind, bytes, signature };
};

/** What a human record says, if anybody whom the trust root knows signed it in its role at its time. */
const signedBy = (
  { kind, bytes, signature }: HumanRecord,
  { signers, revoked }: BesideOrder["trust"],
): ReadRecord | undefined => {
  const read = READERS[kind](bytes);
  if (read === undefined) return undefined;
  const { at, namespace, page: origin } = read;
  const check = { message: bytes, signature, namespace, signers, revoked, at: Date.parse(at), origin };
  const signed = verifySshSignature(check);
  return signed.ok ? read : undefined;
};

interface ReadRecord {
  readonly what: string;
  readonly at: string;
  readonly checkpoint: Checkpoint;
  readonly namespace: string;
  /** The fingerprint of the Harness's key that its signer saw. */
  readonly harnessKey?: string;
  /** The page on which a passkey was asked. */
  readonly page?: string | undefined;
}

const readApproval = (bytes: Uint8Array): ReadRecord | undefined => {
  const read = readApprovalRecord(bytes);
  if (!read.ok) return undefined;
  const { approvalId, challenge, ledgerCheckpoint: checkpoint, harness, approver } = read.value.record;
  const what = `approval ${approvalId}`;
  const { origin: page } = approver;
  const named = { what, at: challenge.issuedAt, checkpoint, namespace: APPROVAL_NAMESPACE, page };
  return harness.keyFingerprint === null ? named : { ...named, harnessKey: harness.keyFingerprint };
};

const readOutcome = (bytes: Uint8Array): ReadRecord | undefined => {
  const read = readOutcomeRecord(bytes);
  if (!read.ok) return undefined;
  const { runId, decidedAt: at, ledgerCheckpoint: checkpoint } = read.value.record;
  return { what: `the outcome of ${runId}`, at, checkpoint, namespace: OUTCOME_NAMESPACE };
};

const readWithdrawal = (bytes: Uint8Array): ReadRecord | undefined => {
  const read = readRevocationRecord(bytes);
  if (!read.ok) return undefined;
  const { approvalId, decidedAt: at, ledgerCheckpoint: checkpoint } = read.value.record;
  return { what: `the withdrawal of ${approvalId}`, at, checkpoint, namespace: REVOCATION_NAMESPACE };
};

const readTrust = (bytes: Uint8Array): ReadRecord | undefined => {
  const read = readTrustRecord(bytes);
  if (!read.ok) return undefined;
  const { decidedAt: at, ledgerCheckpoint: checkpoint } = read.value;
  return { what: `the trust root signed at ${at}`, at, checkpoint, namespace: TRUST_NAMESPACE };
};

const READERS: Readonly<Record<HumanRecord["kind"], (bytes: Uint8Array) => ReadRecord | undefined>> = {
  approval: readApproval,
  outcome: readOutcome,
  withdrawal: readWithdrawal,
  "trust-root": readTrust,
};

const PROOFS: readonly string[] = ["approval/consumption.tlog-proof", SEAL.proof];

/** The checkpoints of a bundle's proofs, as far as the Harness signed them. */
const inProof = async (world: World, run: RunId, keys: readonly Uint8Array[]): Promise<readonly LedgerMark[]> => {
  const marks: LedgerMark[] = [];
  for (const name of PROOFS) {
    const proof = await world.archive.peek(run, "bundle", name, LIMITS.approvalRecordBytesMax);
    const note = proof === "absent" ? "" : noteInProof(new TextDecoder().decode(proof));
    const checkpoint = readCheckpoint(note);
    if (checkpoint !== undefined && keys.some((key) => isSignedCheckpoint(note, checkpoint, key)))
      marks.push({ what: `the bundle of ${run}`, by: "harness", checkpoint });
  }
  return marks;
};
