import type { Admission } from "../../workflow/admission/admission.ts";
import { admit, type Removal } from "../../workflow/admission/admit.ts";
import type { Observation } from "../../workflow/admission/observation.ts";
import type { Authority } from "../../workflow/authority.ts";
import { parseDigest, type Digest } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { refuse, type Result } from "../../workflow/result.ts";
import { readTrustRoot, type TrustRoot } from "../../workflow/trust-root.ts";
import { admittedAgentFiles, type AdmittedAgentFiles } from "../admission/agent-files.ts";
import type { World } from "../world.ts";
import { drawnFrom, packetOf, type Drawn } from "./documents.ts";

export const SIGNERS_PATH = ".sot/authority/allowed_signers";
export const REVOKED_PATH = ".sot/authority/revoked_keys";

/** What stands in the home and the target right now, each part read once and judged as far as it can be alone. */
export interface Facts {
  readonly policySource: SourceDocument | "absent";
  readonly authority: Result<Authority, Refusal>;
  readonly signersSource: SourceDocument | "absent";
  readonly revokedSource: SourceDocument | "absent";
  readonly trust: Result<TrustRoot, Refusal>;
  readonly drawn: Result<Drawn, Refusal>;
  readonly observation: Result<Observation, Refusal>;
  readonly admissionSource: SourceDocument | "absent";
  readonly admissionSignature: Uint8Array | "absent";
  readonly admission: Result<Admission, Refusal>;
  /** The files for agents that stood in the target when this record was made. */
  readonly agentFiles: AdmittedAgentFiles;
}

/** Reads the bytes of now. Changes nothing. */
export const readFacts = async (world: World, work: WorkId): Promise<Facts> =>
  factsOf(world, await drawnFrom(world, await packetOf(world, work)));

/** The same around a contract that may stand in no home yet. */
export const factsOf = async (world: World, drawn: Facts["drawn"]): Promise<Facts> => {
  const { home, target, clock, store } = world;
  const policySource = await home.read(POLICY_PATH);
  const signersSource = await home.read(SIGNERS_PATH);
  const authority = readPolicy(policySource);
  const revokedSource = await home.read(REVOKED_PATH);
  const trust = readTrustRoot(signersSource, revokedSource);
  const read = { policySource, authority, signersSource, revokedSource, trust, drawn };
  if (!drawn.ok)
    return {
      ...read,
      observation: drawn,
      admissionSource: "absent",
      admissionSignature: "absent",
      admission: drawn,
      agentFiles: "unknown",
    };

  const { contract } = drawn.value;
  const { admissionSource: path } = contract.targetRepository;
  const admissionSource = await home.read(path);
  const signature = await home.read(`${path}.sig`);
  const admissionSignature = signature === "absent" ? "absent" : signature.bytes;
  const observation = await target.observe(contract.targetRepository.path);
  const leaves = await store.records({ types: ["target.admitted", "target.suspended", "target.revoked"] });
  const agentFiles = admissionSource === "absent" ? "unknown" : admittedAgentFiles(leaves, admissionSource.digest);
  const admission = admit({
    contract,
    authority,
    trust,
    record: admissionSource,
    signature: admissionSignature,
    removed: removedIn(leaves),
    observation,
    now: clock.now(),
  });
  return { ...read, observation, admissionSource, admissionSignature, admission, agentFiles };
};

const removedIn = (leaves: readonly LedgerRecord[]): ReadonlyMap<Digest, Removal> =>
  new Map(
    leaves.flatMap(({ type, digests, detail }) => {
      const record = parseDigest(digests?.["admission"] ?? "");
      if (record === undefined || (type !== "target.suspended" && type !== "target.revoked")) return [];
      const status = type === "target.suspended" ? "suspended" : "revoked";
      const reason = detail?.["reason"];
      return [[record, { status, reason: typeof reason === "string" ? reason : "" }] as const];
    }),
  );

/** Refusals without repeats: several parts pass on what stopped an earlier one. */
export const allRefusals = (refusals: readonly Refusal[]): readonly Refusal[] => {
  const seen = new Set<string>();
  return refusals.filter((one) => {
    const key = JSON.stringify([one.code, one.facts, one.at]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
};

export const refuseAll = (refusals: readonly Refusal[]): Result<never, Refusal> => {
  const [first, ...rest] = allRefusals(refusals);
  if (first === undefined) throw new TypeError("nothing to refuse");
  return refuse(first, ...rest);
};
