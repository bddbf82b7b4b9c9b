import type { Observation } from "../admission/observation.ts";
import type { Authority } from "../authority.ts";
import { contractDigest, type Contract } from "../contract/contract.ts";
import { canonicalJson, type Digest } from "../digest.ts";
import { refusal, type Refusal } from "../refusal.ts";
import type { Result } from "../result.ts";
import type { TrustRoot } from "../trust-root.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import { BOUND, type Binding } from "./approval.ts";
import type { ReadApproval } from "./read-approval-record.ts";

/** The state of the world that a consent is compared with. */
export interface BoundFacts {
  readonly contract: Contract;
  readonly packet: Digest;
  readonly admission: Digest | "absent";
  /** Digest of the owner's checks file beside the packet, if there is one. */
  readonly checks: Digest | null;
  readonly build: Digest;
  /** Fingerprint of the key that would sign the run; one that cannot be read is refused by the gate itself. */
  readonly harnessKey: string | undefined;
  readonly authority: Result<Authority, Refusal>;
  readonly trust: Result<TrustRoot, Refusal>;
  readonly observation: Result<Observation, Refusal>;
}

/** Whatever moved is named; a part that cannot be read now is refused elsewhere, by the stage that could not read it. */
export function* objectionsToBinding(read: ReadApproval, facts: BoundFacts): Iterable<Refusal> {
  const then = bindingOf(read);
  const now = bindingNow(facts);
  if (now.head !== undefined && now.head !== then.head)
    yield refusal("admission/head-moved", { approved: then.head, found: now.head });

  const { contract } = facts;
  const moved: string[] = BOUND.filter((part) => now[part] !== undefined && now[part] !== then[part]);
  if (read.record.workId !== contract.workItem) moved.unshift("work item");
  if (moved.length > 0) yield refusal("approval/stale", { moved: moved.join(", ") });
  // Another contract's words are stale, not contradictory.
  if (now.contract === then.contract) yield* contradictions(read.record, contract);
}

/** What a record is bound to that is something else now, with both. */
export interface Moved {
  readonly what: string;
  readonly given: string;
  readonly now: string;
}

export const movedSince = (read: ReadApproval, facts: BoundFacts): readonly Moved[] => {
  const [then, now] = [bindingOf(read), bindingNow(facts)];
  return BOUND.flatMap((what) => {
    const found = now[what];
    return found === undefined || found === then[what] ? [] : [{ what, given: then[what], now: found }];
  });
};

/** What a record says it is bound to. */
const bindingOf = ({ record, subjects }: ReadApproval): Binding => ({
  packet: subjects.packet,
  contract: subjects.contract,
  admission: subjects.admission,
  policy: subjects.policy,
  signers: record.authority.allowedSignersSha256,
  checks: record.packet.checksSha256 ?? "none",
  build: record.harness.buildSha256,
  "harness key": record.harness.keyFingerprint ?? "none",
  path: record.target.realpath,
  branch: record.target.headRef,
  head: record.target.headCommit,
  tree: record.target.headTree,
});

/** The part of the contract that a record repeats in words. */
export const scopeOf = (contract: Contract): ApprovalRecord["scope"] => ({
  allowedPaths: contract.allowedPaths,
  forbiddenPaths: contract.forbiddenPaths,
  ...(contract.allowedHosts === undefined ? {} : { allowedHosts: contract.allowedHosts }),
  forbiddenActions: contract.forbiddenActions,
  validation: contract.validation.argv,
  maxCommits: contract.commits,
  backend: contract.executionGate.backend,
  stage: contract.executionGate.stage,
  runtimeDefaultActivation: contract.runtimeDefaultActivation,
});

export const headRefOf = (branch: string): string => `refs/heads/${branch}`;

const bindingNow = ({ contract, authority, trust, observation, ...digests }: BoundFacts): Partial<Binding> => ({
  packet: digests.packet,
  contract: contractDigest(contract),
  admission: digests.admission,
  checks: digests.checks ?? "none",
  build: digests.build,
  ...(digests.harnessKey === undefined ? {} : { "harness key": digests.harnessKey }),
  ...(authority.ok ? { policy: authority.value.digest } : {}),
  ...(trust.ok ? { signers: trust.value.digest } : {}),
  ...(observation.ok
    ? {
        path: observation.value.realPath,
        branch: headRefOf(observation.value.branch),
        head: observation.value.head,
        tree: observation.value.tree,
      }
    : {}),
});

function* contradictions(record: ApprovalRecord, contract: Contract): Iterable<Refusal> {
  const { admissionSource, riskClassification } = contract.targetRepository;
  const said = { ...record.scope, "admission path": record.admission.path, "risk class": record.admission.riskClass };
  const drawn = { ...scopeOf(contract), "admission path": admissionSource, "risk class": riskClassification };
  const inRecord = new Map(Object.entries(said));
  const inContract = new Map(Object.entries(drawn));
  // Either may have what the other has not.
  for (const field of new Set([...inRecord.keys(), ...inContract.keys()]))
    if (canonicalJson(inRecord.get(field) ?? null) !== canonicalJson(inContract.get(field) ?? null))
      yield refusal("approval/contradicts-contract", { field });
}
