import { holdersOf } from "../../workflow/allowed-signers.ts";
import { approvalHistory } from "../../workflow/approval/approval-history.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import { REVOCATION_NAMESPACE, writeRevocationRecord } from "../../workflow/approval/revocation-record.ts";
import { transition } from "../../workflow/contract/work-item.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import { verifySshSignature } from "../../workflow/ssh-signature.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { refuseAll, REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { wordsBehind } from "./approval-words.ts";

export interface Withdrawal {
  readonly reason: string;
  /** Path of a key for `revocation@cto-harness`; without one the ledger alone says who did it. */
  readonly key: string | undefined;
}

export interface Withdrawn {
  readonly approvalId: string;
  /** Who signed it, if anybody did. */
  readonly signedBy: string | null;
}

/** Takes an approval back at once: it only removes authority. Spent already, it voids its run (R051). */
export const withdraw = async (world: World, work: WorkId, order: Withdrawal): Promise<Result<Withdrawn, Refusal>> => {
  const leaves = await world.store.records({ work });
  const last = leaves.findLast(({ type }) => type === "approval.recorded" || type === "approval.joined");
  if (last?.approvalId === undefined) return refuseAll([refusal("approval/absent", { work })]);
  const { approvalId } = last;
  const by = approvalHistory(leaves).withdrawn.get(approvalId);
  if (by !== undefined) return refuseAll([refusal("approval/withdrawn", { approval: approvalId, by })]);
  const signed = await signedBy(world, { ...order, work, approvalId, leaves, last });
  if (!signed.ok) return signed;
  const refused = await world.store.transact(async (ledger) => {
    const now = await ledger.work(work);
    const state = now === "absent" ? "candidate" : now.state;
    const spent = state === "executing";
    const waited = last.type === "approval.joined";
    const allowed = transition(state, "withdrawn", "operator");
    if (!spent && !waited && !allowed.ok) return allowed.refusals;
    const { uid, tty, user } = world.operator;
    const { principal = null, key = null, bytes, signature } = signed.value ?? {};
    const digests =
      bytes === undefined || signature === undefined
        ? {}
        : { record: await ledger.keep("revocation", bytes), signature: await ledger.keep("signature", signature) };
    await ledger.appendLeaf({
      type: "approval.withdrawn",
      actor: principal ?? user,
      channel: world.operator.channel,
      work,
      approvalId,
      digests,
      detail: { reason: order.reason, uid, tty, spent, waited, key },
    });
    return [];
  });
  if (refused.length > 0) return refuseAll(refused);
  return ok({ approvalId, signedBy: signed.value?.principal ?? null });
};

interface Asked extends Withdrawal {
  readonly work: WorkId;
  readonly approvalId: string;
  readonly leaves: readonly LedgerRecord[];
  readonly last: LedgerRecord;
}

interface SignedRevocation {
  readonly principal: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}

/** The record signed by one whom the approval named as eligible; undefined where nobody was asked to sign. */
const signedBy = async (world: World, asked: Asked): Promise<Result<SignedRevocation | undefined, Refusal>> => {
  if (asked.key === undefined) return ok(undefined);
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (!trust.ok) return trust;
  const said = await wordsBehind(world, asked.leaves, asked.last);
  const records = said.map(({ record }) => readApprovalRecord(record));
  const eligible = records.flatMap((read) => (read.ok ? read.value.record.quorum.eligible : []));
  const approvals: readonly Digest[] = said.map(({ record }) => digestOf(record));
  const line = readPublicKeyLine((await world.keys.publicKeyOf(asked.key)).trim());
  const now = world.clock.now().epochMs;
  const names = line.ok ? holdersOf(trust.value.signers, line.value.fingerprint, REVOCATION_NAMESPACE, now) : [];
  const principal = names.find((name) => eligible.includes(name));
  if (!line.ok || principal === undefined) return notTheirs(names.join(", "), eligible);
  const bytes = new TextEncoder().encode(
    writeRevocationRecord(
      {
        approvalId: asked.approvalId,
        workId: asked.work,
        reason: asked.reason,
        decidedAt: timeText(now),
        revoker: { principal, keyFingerprint: line.value.fingerprint },
        operator: { uid: world.operator.uid, tty: world.operator.tty },
        authority: { allowedSignersSha256: trust.value.digest },
        ledgerCheckpoint: (await world.store.head()).checkpoint,
      },
      approvals,
    ),
  );
  const signature = await world.keys.askHumanToSign(bytes, REVOCATION_NAMESPACE, asked.key);
  if (!signature.ok) return signature;
  const { signers, revoked } = trust.value;
  const check = {
    message: bytes,
    signature: signature.value,
    namespace: REVOCATION_NAMESPACE,
    signers,
    revoked,
    at: now,
  };
  const signer = verifySshSignature(check);
  if (!signer.ok) return refuse(refusal("approval/signature-invalid", { problem: signer.refusals[0].says }));
  return signer.value.principals.includes(principal)
    ? ok({ principal, key: signer.value.keyFingerprint, bytes, signature: signature.value })
    : notTheirs(signer.value.principals.join(", "), eligible);
};

const notTheirs = (by: string, eligible: readonly string[]): Result<never, Refusal> =>
  refuseAll([
    refusal("approval/revoker-not-eligible", {
      by: by === "" ? "a key without that role" : by,
      eligible: [...new Set(eligible)].join(", "),
    }),
  ]);
