import { OWNED_REPO_CLAIMS, type OwnedRepoFacts } from "./owned-repo-claims.ts";
import type { RunRecord } from "./run-record.ts";
import type { OwnedRepoProof } from "./schemas/owned-repo.ts";
import {
  earlierIdentityOf,
  earlierStateOf,
  executionOf,
  identityOf,
  isWholeObservation,
  remotesOf,
  stateOf,
} from "./target-look.ts";

/** stage5-owned-repo-proof.json: what was seen of the target before and after, and what of it is claimed. */
export const ownedRepoProof = (record: RunRecord): OwnedRepoProof => {
  const facts = factsOf(record);
  const claims = OWNED_REPO_CLAIMS.filter(({ holds }) => holds(facts)).map(({ claim }) => claim);
  const others = OWNED_REPO_CLAIMS.map(({ claim }) => claim).filter((claim) => !claims.includes(claim));
  return { ...facts, claims, notClaimed: [...others, ...NEVER] };
};

const factsOf = (record: RunRecord): OwnedRepoFacts => {
  const { before, proof } = record;
  const after = proof === "unknown" ? undefined : proof.after;
  const head = { schema: "cto/owned-repo/v1", run: record.run } as const;
  const admission = { admitted: admittedOf(record), ownership: ownershipOf(record) };
  const preflight = {
    redirects: before === "unknown" ? ("unknown" as const) : ("none" as const),
    found: before === "unknown" ? [] : before.findings.map(({ finding, where }) => ({ finding, where })),
  };
  const change = { change: changeOf(record), rollback: rollbackOf(record) };
  // A home may hold an observation of before all of it was looked at; what is drawn from it stays what it was.
  if (before === "unknown" || !isWholeObservation(before) || (after !== undefined && !isWholeObservation(after)))
    return {
      ...head,
      identity: before === "unknown" ? "unknown" : earlierIdentityOf(before),
      ...admission,
      before: before === "unknown" ? "unknown" : earlierStateOf(before),
      after: after === undefined ? "unknown" : earlierStateOf(after),
      ...preflight,
      ...change,
    };
  return {
    ...head,
    identity: identityOf(before),
    ...admission,
    before: stateOf(before),
    after: after === undefined ? "unknown" : stateOf(after),
    ...preflight,
    execution: executionOf(before),
    remotes: remotesOf(record, before, after),
    ...change,
  };
};

const admittedOf = ({ admission }: RunRecord): OwnedRepoProof["admitted"] => {
  if (admission === "none") return "unknown";
  const { path, device, inode, rootCommits, branch } = admission.record;
  return { path, dev: device, ino: inode, rootCommits, branch };
};

const ownershipOf = ({ admission, before }: RunRecord): OwnedRepoProof["ownership"] => {
  if (admission === "none" || before === "unknown") return "unknown";
  return {
    uid: before.uid,
    gid: before.gid,
    mode: before.mode,
    owner: admission.record.owner,
    admissionSha256: admission.digest,
    admissionSignatureSha256: admission.signatureDigest,
    ownerKeyFingerprint: admission.keyFingerprint,
  };
};

const changeOf = ({ proof }: RunRecord): OwnedRepoProof["change"] => {
  if (proof === "unknown") return "unknown";
  return {
    refsChanged: proof.refsChanged,
    commits: proof.commits,
    pathsChanged: proof.pathsChanged,
    manifestAfterSha256: proof.manifestAfter,
    controlPlaneAfterSha256: proof.controlPlaneAfter.digest,
    clean: proof.clean,
    wrong: proof.wrong,
  };
};

const rollbackOf = ({ run, rehearsal }: RunRecord): OwnedRepoProof["rollback"] => {
  if (rehearsal === "none") return "unknown";
  return {
    argv: ["cto", "rollback", run],
    rehearsedWith: rehearsal.argv,
    output: rehearsal.output,
    revertTree: rehearsal.revertTree,
    equalsBaseTree: rehearsal.equalsBaseTree,
  };
};

const NEVER: readonly string[] = ["no other copy of the repository", "a uid means consent", "quality of the change"];
