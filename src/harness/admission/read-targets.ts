import { objectionsToPlace, objectionsToRisk } from "../../workflow/admission/admission-objections.ts";
import { readAdmissionRecord, signaturePathOf } from "../../workflow/admission/admission-record.ts";
import { admissionSigner, objectionsToSignature } from "../../workflow/admission/admission-signature.ts";
import type { AdmissionRecord } from "../../workflow/admission/admission.ts";
import type { Observation } from "../../workflow/admission/observation.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { refusalsOf, type Result } from "../../workflow/result.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { allRefusals, REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";

/** One Admission record of the home, as far as it can be read. */
export interface AdmissionReading {
  readonly source: SourceDocument;
  readonly read: Result<AdmissionRecord, Refusal>;
}

export const readAdmissions = async (world: World): Promise<readonly AdmissionReading[]> =>
  (await world.home.list("admission")).map((source) => ({ source, read: readAdmissionRecord(source.bytes) }));

/** A target beside its admission. */
export interface TargetCheck {
  readonly observation: Observation | "not-plain";
  /** Everything by which the target, the record or its signature is not what was admitted. */
  readonly drift: readonly Refusal[];
  /** Fingerprint of the key that signed, where the signature holds. */
  readonly signedBy: string | null;
}

/** Looks at the target now and holds it against its record. Writes nothing; a packet's claims are the gate's business. */
export const checkTarget = async (
  world: World,
  source: SourceDocument,
  record: AdmissionRecord,
): Promise<TargetCheck> => {
  const now = world.clock.now();
  const authority = readPolicy(await world.home.read(POLICY_PATH));
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  const document = await world.home.read(signaturePathOf(source.path));
  const signature = document === "absent" ? document : document.bytes;
  const signer =
    trust.ok && signature !== "absent" ? admissionSigner(record, source, signature, trust.value, now) : "unknown";
  const observed = await world.target.observe(record.path);
  const drift = [
    ...objectionsToStatus(record, now.epochMs),
    ...objectionsToSignature(record, source, signature, signer),
    ...(authority.ok ? objectionsToRisk(record, authority.value) : authority.refusals),
    ...refusalsOf(trust),
    ...(observed.ok ? objectionsToPlace(record, observed.value) : observed.refusals),
  ];
  return {
    observation: observed.ok ? observed.value : "not-plain",
    drift: allRefusals(drift),
    signedBy: signer !== "unknown" && signer.ok ? signer.value.keyFingerprint : null,
  };
};

function* objectionsToStatus({ status, reason, expiresAt }: AdmissionRecord, nowMs: number): Iterable<Refusal> {
  const why = { reason: reason === "" ? "no reason was given" : reason };
  if (status === "proposed") yield refusal("admission/proposed", {});
  if (status === "suspended") yield refusal("admission/suspended", why);
  if (status === "revoked") yield refusal("admission/revoked", why);
  if (nowMs >= Date.parse(expiresAt)) yield refusal("admission/expired", { expiresAt });
}
