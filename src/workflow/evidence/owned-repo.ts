import type { Observation } from "../admission/observation.ts";
import type { RunRecord } from "./run-record.ts";
import type { OwnedRepoProof, TargetState } from "./schemas/owned-repo.ts";

/** stage5-owned-repo-proof.json: what was seen of the target before and after, and what of it is claimed. */
export const ownedRepoProof = (record: RunRecord): OwnedRepoProof => {
  const facts = factsOf(record);
  const claims = CLAIMS.filter(({ holds }) => holds(facts)).map(({ claim }) => claim);
  return {
    ...facts,
    claims,
    notClaimed: [...CLAIMS.map(({ claim }) => claim).filter((claim) => !claims.includes(claim)), ...NEVER],
  };
};

type Facts = Omit<OwnedRepoProof, "claims" | "notClaimed">;

const factsOf = (record: RunRecord): Facts => ({
  schema: "cto/owned-repo/v1",
  run: record.run,
  identity: record.before === "unknown" ? "unknown" : identityOf(record.before),
  admitted: admittedOf(record),
  ownership: ownershipOf(record),
  before: record.before === "unknown" ? "unknown" : stateOf(record.before),
  after: record.proof === "unknown" || record.proof.after === undefined ? "unknown" : stateOf(record.proof.after),
  redirects: record.before === "unknown" ? "unknown" : "none",
  found: record.before === "unknown" ? [] : record.before.findings.map(({ finding, where }) => ({ finding, where })),
  change: changeOf(record),
  rollback: rollbackOf(record),
});

const identityOf = (seen: Observation): OwnedRepoProof["identity"] => ({
  requestedPath: seen.requestedPath,
  realpath: seen.realPath,
  dev: seen.device,
  ino: seen.inode,
  gitDirIno: seen.gitInode,
  rootCommits: seen.rootCommits,
  objectFormat: "sha1",
});

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

const stateOf = (seen: Observation): TargetState => ({
  headRef: `refs/heads/${seen.branch}`,
  headCommit: seen.head,
  headTree: seen.tree,
  treeSha256: seen.treeSha256,
  manifestSha256: seen.manifest,
  ignoredSha256: seen.ignored,
  controlPlaneSha256: seen.controlPlane.digest,
  remotes: seen.remotes,
});

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

interface Claim {
  readonly claim: string;
  readonly holds: (facts: Facts) => boolean;
}

const CLAIMS: readonly Claim[] = [
  {
    claim: "identity-admitted",
    holds: ({ identity, admitted }) =>
      identity !== "unknown" &&
      admitted !== "unknown" &&
      identity.realpath === admitted.path &&
      identity.dev === admitted.dev &&
      identity.ino === admitted.ino &&
      identity.rootCommits.join(" ") === admitted.rootCommits.join(" "),
  },
  { claim: "owner-signed-admission", holds: ({ ownership }) => ownership !== "unknown" },
  { claim: "no-redirects", holds: ({ redirects }) => redirects === "none" },
  {
    claim: "one-commit",
    holds: ({ before, change }) =>
      before !== "unknown" &&
      change !== "unknown" &&
      change.wrong.length === 0 &&
      change.commits.length === 1 &&
      change.commits.every(({ parents }) => parents.length === 1 && parents[0] === before.headCommit),
  },
  {
    claim: "only-allowed-paths",
    holds: ({ change }) => change !== "unknown" && change.wrong.length === 0 && change.pathsChanged.length > 0,
  },
  {
    claim: "no-other-ref",
    holds: ({ change, admitted }) =>
      change !== "unknown" &&
      admitted !== "unknown" &&
      change.wrong.length === 0 &&
      change.refsChanged.every((ref) => ref === `refs/heads/${admitted.branch}`),
  },
  {
    claim: "rollback-restores-base",
    holds: ({ rollback, before }) =>
      rollback !== "unknown" &&
      before !== "unknown" &&
      rollback.equalsBaseTree &&
      rollback.revertTree === before.headTree,
  },
  {
    claim: "target-byte-identical",
    holds: ({ before, change }) =>
      before !== "unknown" &&
      change !== "unknown" &&
      change.commits.length === 0 &&
      change.manifestAfterSha256 === before.manifestSha256 &&
      change.controlPlaneAfterSha256 === before.controlPlaneSha256,
  },
];

const NEVER: readonly string[] = ["no other copy of the repository", "a uid means consent", "quality of the change"];
