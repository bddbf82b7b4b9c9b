import type { SignedRecord } from "../../workflow/evidence/verify/later.ts";
import { OUTCOME_NAMESPACE, readOutcomeRecord, type OutcomeRecord } from "../../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { verifySshSignature } from "../../workflow/ssh-signature.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";

/** The recorded rejection of exactly this run, if the signature of exactly this owner over it counts now (R121). */
export const ownersRejection = async (
  world: Pick<World, "home" | "clock">,
  { record, signature }: SignedRecord,
  of: { readonly run: string; readonly owner: string },
): Promise<Result<OutcomeRecord, Refusal>> => {
  const read = readOutcomeRecord(record);
  if (!read.ok) return read;
  const { outcome, runId, approver } = read.value.record;
  if (outcome !== "rejected" || runId !== of.run)
    return refuse(refusal("outcome/record-unreadable", { says: `it tells that ${runId} was ${outcome}` }));
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (!trust.ok) return trust;
  const { signers, revoked } = trust.value;
  const at = world.clock.now().epochMs;
  const by =
    signature === "absent"
      ? "nobody"
      : nameOf(
          verifySshSignature({
            message: record,
            signature,
            namespace: OUTCOME_NAMESPACE,
            signers,
            revoked,
            at,
            origin: approver.origin,
          }),
          of.owner,
        );
  return by === of.owner ? ok(read.value.record) : refuse(refusal("outcome/not-the-owner", { by, owner: of.owner }));
};

// A key may stand under several names; one that the owner has too is the owner's.
const nameOf = (signer: ReturnType<typeof verifySshSignature>, owner: string): string => {
  if (!signer.ok) return signer.refusals[0].keyFingerprint ?? "an unknown key";
  const { principals } = signer.value;
  return principals.includes(owner) ? owner : principals.join(", ");
};
