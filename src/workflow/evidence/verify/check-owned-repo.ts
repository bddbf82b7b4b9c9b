import { isWhole, type OwnedRepoProof } from "../schemas/owned-repo.ts";
import { claimRows, proofRows, type ProvenClaim } from "./check-claims.ts";
import { pathText } from "./check-paths.ts";
import type { Reading } from "./reading.ts";
import { leadsNowhere, lookStatements, refsBearOut } from "./target-look.ts";
import { fail, type Check } from "./verdict.ts";

const ID = "owned-repo";
const FILE = "stage5-owned-repo-proof.json";
/** Commits of others may appear while a run lasts; the Harness's own are in the bundle or it lies. */
const HARNESS = "CTO Harness <cto-harness@localhost> ";

/** Step 9: the target is the admitted one, and what changed in it is the commit and the patch that lie here. */
export const checkOwnedRepo = (reading: Reading): readonly Check[] => {
  const proof = reading.ownedRepo;
  if (proof === undefined) return [fail(ID, "evidence/proof-contradicted", "it does not read as owned-repo/v1", FILE)];
  const claims = claimRows(ID, FILE, proof, claimsOf(reading, proof));
  const looks = isWhole(proof) ? lookStatements(reading, proof) : [];
  const says = `claims ${proof.claims.join(", ") || "nothing"}${isWhole(proof) || proof.before === "unknown" ? "" : EARLIER}`;
  return proofRows(ID, FILE, [...statements(reading, proof), ...looks], claims, says);
};

const EARLIER = "; of an earlier form, which tells nothing of refs, stash, flags, locks, execution and network";

const statements = (reading: Reading, proof: OwnedRepoProof): readonly (readonly [boolean, string])[] => {
  const { manifest, records, digest, commit, base } = reading;
  const { admission } = records;
  const { ownership, admitted, change, before } = proof;
  const [told] = change === "unknown" ? [] : change.commits;
  return [
    [proof.run === manifest?.run, "it is of another run"],
    [
      admitted === "unknown" ||
        admission === undefined ||
        (admitted.path === admission.path &&
          admitted.dev === admission.device &&
          admitted.ino === admission.inode &&
          admitted.branch === admission.branch &&
          admitted.rootCommits.join(" ") === admission.rootCommits.join(" ")),
      "it tells another admission than the one that lies here",
    ],
    [
      ownership === "unknown" ||
        (ownership.admissionSha256 === digest("approval/admission.json") &&
          ownership.admissionSignatureSha256 === digest("approval/admission.json.sig")),
      "it names another admission",
    ],
    [
      before === "unknown" || base === undefined || (before.headCommit === base.id && before.headTree === base.tree),
      "it starts from another base",
    ],
    [
      commit === undefined ||
        change === "unknown" ||
        (change.commits.length === 1 &&
          told?.id === commit.id &&
          told.tree === commit.tree &&
          told.parents.join(" ") === commit.parents.join(" ")),
      "it tells of another commit",
    ],
    [
      commit === undefined || change === "unknown" || isPatchedPaths(reading, change.pathsChanged),
      "its paths are not the patch's",
    ],
    [
      commit !== undefined ||
        change === "unknown" ||
        manifest?.reach === "commit" ||
        change.commits.every(({ committer }) => !committer.startsWith(HARNESS)),
      "it tells of a commit of the Harness that is not here",
    ],
    [
      proof.rollback === "unknown" || proof.rollback.equalsBaseTree === (proof.rollback.revertTree === base?.tree),
      "the rehearsal is told otherwise than its tree",
    ],
  ];
};

const isPatchedPaths = (
  { patch }: Reading,
  told: readonly { readonly path: string; readonly oldBlob: string; readonly newBlob: string }[],
): boolean => {
  if (patch === undefined || typeof patch === "string") return false;
  const line = (path: string, oldBlob: string, newBlob: string): string => `${path}\0${oldBlob}\0${newBlob}`;
  const made = patch.map(({ path, oldBlob, newBlob }) => line(pathText(path) ?? path, oldBlob, newBlob)).sort();
  return (
    made.join("\n") ===
    told
      .map(({ path, oldBlob, newBlob }) => line(path, oldBlob, newBlob))
      .sort()
      .join("\n")
  );
};

const claimsOf = ({ files, commit, base }: Reading, proof: OwnedRepoProof): readonly ProvenClaim[] => {
  const { identity, admitted, ownership, before, change, rollback, redirects } = proof;
  const isProven = change !== "unknown" && change.wrong.length === 0;
  return [
    {
      claim: "identity-admitted",
      holds:
        identity !== "unknown" &&
        admitted !== "unknown" &&
        identity.realpath === admitted.path &&
        identity.dev === admitted.dev &&
        identity.ino === admitted.ino &&
        identity.rootCommits.join(" ") === admitted.rootCommits.join(" "),
    },
    { claim: "owner-signed-admission", holds: ownership !== "unknown" && files.has("approval/admission.json.sig") },
    {
      claim: "no-redirects",
      holds: redirects === "none" && before !== "unknown" && (!isWhole(proof) || leadsNowhere(proof)),
    },
    {
      claim: "one-commit",
      holds: isProven && change.commits.length === 1 && commit !== undefined && commit.parents.join(" ") === base?.id,
    },
    { claim: "only-allowed-paths", holds: isProven && change.pathsChanged.length > 0 && files.has("patch.diff") },
    {
      claim: "no-other-ref",
      holds:
        isProven &&
        admitted !== "unknown" &&
        change.refsChanged.every((ref) => ref === `refs/heads/${admitted.branch}`) &&
        (!isWhole(proof) || refsBearOut(proof)),
    },
    {
      claim: "rollback-restores-base",
      holds:
        rollback !== "unknown" &&
        before !== "unknown" &&
        rollback.equalsBaseTree &&
        rollback.revertTree === before.headTree,
    },
    {
      claim: "target-byte-identical",
      holds:
        before !== "unknown" &&
        change !== "unknown" &&
        change.commits.length === 0 &&
        change.refsChanged.length === 0 &&
        change.manifestAfterSha256 === before.manifestSha256 &&
        change.controlPlaneAfterSha256 === before.controlPlaneSha256 &&
        (!isWhole(proof) || proof.after === "unknown" || (refsBearOut(proof) && proof.remotes.equal === true)),
    },
  ];
};
