import { holdersOf } from "../../workflow/allowed-signers.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import { timeText } from "../../workflow/instant.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readPublicKeyLine } from "../../workflow/ssh-public-key.ts";
import {
  judgeTrustRecord,
  TRUST_NAMESPACE,
  TRUST_PATH,
  writeTrustRecord,
  type TrustRecord,
} from "../../workflow/trust-record.ts";
import { readTrustRoot, type TrustRoot } from "../../workflow/trust-root.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";

export interface SignedTrust {
  readonly record: TrustRecord;
  readonly allowedSigners: Digest;
  readonly revokedKeys: Digest | "none";
}

/** Has the owner sign allowed_signers and revoked_keys as they stand, and keeps the record beside them. */
export const signTrust = async (world: World, key: string): Promise<Result<SignedTrust, Refusal>> => {
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (!trust.ok) return trust;
  const now = world.clock.now();
  const line = readPublicKeyLine((await world.keys.publicKeyOf(key)).trim());
  const [owner] = line.ok ? holdersOf(trust.value.signers, line.value.fingerprint, TRUST_NAMESPACE, now.epochMs) : [];
  if (!line.ok || owner === undefined)
    return refuse(
      refusal("approval/no-signer", { problem: `allowed_signers gives this key no role ${TRUST_NAMESPACE} today` }),
    );
  const before = await world.home.read(TRUST_PATH);
  const record: TrustRecord = {
    owner,
    keyFingerprint: line.value.fingerprint,
    decidedAt: timeText(now.epochMs),
    previous: before === "absent" ? null : before.digest,
    ledgerCheckpoint: (await world.store.head()).checkpoint,
  };
  const bytes = new TextEncoder().encode(writeTrustRecord(record, trust.value));
  const signature = await world.keys.askHumanToSign(bytes, TRUST_NAMESPACE, key);
  if (!signature.ok) return signature;
  const judged = judgeTrustRecord(bytes, signature.value, trust.value, world.clock.now());
  if (!judged.ok) return refuse(refusal("approval/signature-invalid", { problem: judged.refusals[0] }));
  const sigBefore = await world.home.read(SIGNATURE_PATH);
  await world.store.transact(async (ledger) =>
    ledger.appendLeaf({
      type: "authority.changed",
      actor: owner,
      channel: "cli",
      digests: {
        record: await ledger.keep("trust-root", bytes),
        signature: await ledger.keep("signature", signature.value),
        signers: trust.value.digest,
      },
      detail: { what: "trust root signed", key: line.value.fingerprint },
    }),
  );
  await world.home.write(TRUST_PATH, bytes, before === "absent" ? "absent" : before.digest);
  await world.home.write(
    SIGNATURE_PATH,
    signature.value,
    sigBefore === "absent" ? "absent" : digestOf(sigBefore.bytes),
  );
  return ok({ record, allowedSigners: trust.value.digest, revokedKeys: trust.value.revoked.digest });
};

const SIGNATURE_PATH = `${TRUST_PATH}.sig`;

/** The signed trust root of the home: its bytes with what they are worth against the files of now. */
export const readSignedTrust = async (
  world: World,
  trust: TrustRoot,
): Promise<
  | {
      readonly bytes: Uint8Array;
      readonly signature: Uint8Array | "absent";
      readonly judged: Result<TrustRecord, string>;
    }
  | "absent"
> => {
  const source = await world.home.read(TRUST_PATH);
  if (source === "absent") return "absent";
  const sig = await world.home.read(SIGNATURE_PATH);
  const signature = sig === "absent" ? "absent" : sig.bytes;
  return {
    bytes: source.bytes,
    signature,
    judged: judgeTrustRecord(source.bytes, signature, trust, world.clock.now()),
  };
};
