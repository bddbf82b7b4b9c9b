import type { EarlierProof, WholeProof } from "./schemas/owned-repo.ts";

type Told<T> = Omit<T, "claims" | "notClaimed">;

/** A proof before it is said what it claims. */
export type OwnedRepoFacts = Told<WholeProof> | Told<EarlierProof>;

interface Claim {
  readonly claim: string;
  readonly holds: (facts: OwnedRepoFacts) => boolean;
}

/** What a proof may claim, and by which of its fields. An earlier form is held to the fields that it has. */
export const OWNED_REPO_CLAIMS: readonly Claim[] = [
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
  { claim: "no-redirects", holds: (facts) => facts.redirects === "none" && (isEarlier(facts) || leadsNowhere(facts)) },
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
    holds: (facts) =>
      facts.change !== "unknown" &&
      facts.admitted !== "unknown" &&
      facts.change.wrong.length === 0 &&
      facts.change.refsChanged.every((ref) => ref === headOf(facts)) &&
      (isEarlier(facts) || refsBearOut(facts)),
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
    holds: (facts) =>
      facts.before !== "unknown" &&
      facts.change !== "unknown" &&
      facts.change.commits.length === 0 &&
      facts.change.manifestAfterSha256 === facts.before.manifestSha256 &&
      facts.change.controlPlaneAfterSha256 === facts.before.controlPlaneSha256 &&
      (isEarlier(facts) || facts.after === "unknown" || (refsBearOut(facts) && facts.remotes.equal === true)),
  },
];

const isEarlier = (facts: OwnedRepoFacts): facts is Told<EarlierProof> => !("execution" in facts);

const headOf = ({ admitted }: OwnedRepoFacts): string =>
  admitted === "unknown" ? "unknown" : `refs/heads/${admitted.branch}`;

/** The git directory is the target's own, shared with nobody, and its configuration is one file. */
const leadsNowhere = ({ identity, execution }: Told<WholeProof>): boolean =>
  identity.gitDir === `${identity.realpath}/.git` &&
  identity.gitCommonDir === identity.gitDir &&
  execution.includes.length === 0;

/** Refs differ where one is told to have moved, and nowhere else; the stash is what it was. */
const refsBearOut = ({ before, after, change }: Told<WholeProof>): boolean =>
  after !== "unknown" &&
  change !== "unknown" &&
  (before.refsSha256 === after.refsSha256) === (change.refsChanged.length === 0) &&
  before.stashCount === after.stashCount;
