import type { Authority } from "../authority.ts";
import type { Contract } from "../contract/contract.ts";
import { digestOf, type Digest } from "../digest.ts";
import type { Instant } from "../instant.ts";
import type { SourceDocument } from "../packet/packet.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { refuse, refusalsOf, unless, type Result } from "../result.ts";
import type { TrustRoot } from "../trust-root.ts";
import {
  objectionsToPlace,
  objectionsToRecord,
  objectionsToRemoved,
  objectionsToRisk,
} from "./admission-objections.ts";
import { readAdmissionRecord } from "./admission-record.ts";
import { admissionSigner, objectionsToSignature } from "./admission-signature.ts";
import type { Admission } from "./admission.ts";
import type { Observation } from "./observation.ts";

/** What took a record's authority away, as the ledger has it. */
export interface Removal {
  readonly status: "suspended" | "revoked";
  readonly reason: string;
}

/** The bytes and sightings of now that an admission is judged by. */
export interface AdmissionFacts {
  readonly contract: Contract;
  readonly authority: Result<Authority, Refusal>;
  readonly trust: Result<TrustRoot, Refusal>;
  readonly record: SourceDocument | "absent";
  readonly signature: Uint8Array | "absent";
  /** Digests of records that were suspended or revoked since, with the reason: laid back, they admit nothing. */
  readonly removed: ReadonlyMap<Digest, Removal>;
  readonly observation: Result<Observation, Refusal>;
  readonly now: Instant;
}

/** A target is admitted by its owner's signed record about exactly this repository, or not at all. */
export const admit = (facts: AdmissionFacts): Result<Admission, Refusal> => {
  const { contract, record: source, authority, trust, observation, signature, now } = facts;
  const unread = [...refusalsOf(authority), ...refusalsOf(trust), ...refusalsOf(observation)];
  if (source === "absent") {
    const { admissionSource, path } = contract.targetRepository;
    return refuse(refusal("admission/absent", { path: admissionSource, target: path }), ...unread);
  }
  const read = readAdmissionRecord(source.bytes);
  if (!read.ok) return refuse(...read.refusals, ...unread);

  const record = read.value;
  const signer =
    trust.ok && signature !== "absent" ? admissionSigner(record, source, signature, trust.value, now) : "unknown";
  const objections = [
    ...objectionsToRecord(record, contract, now),
    ...objectionsToRemoved(facts.removed.get(source.digest)),
    ...(authority.ok ? objectionsToRisk(record, authority.value) : []),
    ...(observation.ok ? objectionsToPlace(record, observation.value) : []),
    ...objectionsToSignature(record, source, signature, signer),
    ...unread,
  ];
  return unless(objections, () => {
    if (!observation.ok || signature === "absent" || signer === "unknown" || !signer.ok)
      throw new TypeError("an admission without objections has an observation and a signature");
    const { keyFingerprint } = signer.value;
    const made = { record, digest: source.digest, signatureDigest: digestOf(signature), keyFingerprint };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place an Admission is made
    return { ...made, observation: observation.value } as Admission;
  });
};
