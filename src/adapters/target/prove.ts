import path from "node:path";

import type { ControlPlane, Observation } from "../../workflow/admission/observation.ts";
import type { Commit, TargetProof } from "../../workflow/commit/commit.ts";
import {
  movesBetween,
  nothingMoved,
  onlyTheBranchMoved,
  reflogLine,
  reflogsOf,
  refsAmong,
} from "../../workflow/commit/nothing-else.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { Oid, RunId } from "../../workflow/ids.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import { openDoor } from "./door.ts";
import { git } from "./git.ts";
import { tipOf } from "./landing.ts";
import { oidOf } from "./ledger-clone.ts";
import { damagedObject } from "./object-check.ts";
import { fingerprint, observe } from "./observe.ts";
import { readPlainFile } from "./plain-file.ts";
import { linesOf, newObjects, treeChanges } from "./tree-changes.ts";

export interface ProofOrder {
  readonly run: RunId;
  readonly repository: string;
  readonly branch: string;
  readonly epochSeconds: number;
  readonly before: Observation;
  /** The commit that is to be there, and the ledger clone that it was built in. */
  readonly built: { readonly commit: Commit; readonly ledger: string } | "none";
}

/** Looks at the target anew and says every statement of git.md 11 that does not hold. Nothing here is remembered. */
export const prove = async (order: ProofOrder): Promise<TargetProof> => {
  const { repository, branch, before, built } = order;
  const seen = await observe(repository);
  const after = seen.ok ? seen.value : undefined;
  const found = after ?? (await fingerprint(repository));
  const door = await openDoor(repository, branch);
  try {
    const commits = await commitsSince(door.gitDir, branch, before.head);
    const unclean = seen.ok ? [] : seen.refusals.map((refused) => `The target is not clean: ${wordsOf(refused).says}`);
    const moved = seen.ok ? identityMoved(before, seen.value) : [];
    const wrong =
      built === "none"
        ? [...nothingMoved(before.controlPlane, found.controlPlane), ...sameManifest(before, found)]
        : await wrongWith(order, built, door.gitDir, found.controlPlane, commits, after);
    return {
      commit: built === "none" ? "none" : built.commit.commit,
      before,
      ...(after === undefined ? {} : { after }),
      controlPlaneAfter: found.controlPlane,
      manifestAfter: found.manifest,
      refsChanged: refsAmong(movesBetween(before.controlPlane, found.controlPlane)),
      pathsChanged: built === "none" ? [] : await pathsOf(built),
      commits,
      clean: seen.ok,
      wrong: [...unclean, ...moved, ...wrong],
    };
  } finally {
    await door.close();
  }
};

type Built = Exclude<ProofOrder["built"], "none">;
type Commits = TargetProof["commits"];

const wrongWith = async (
  order: ProofOrder,
  { commit, ledger }: Built,
  door: string,
  controlPlane: ControlPlane,
  commits: Commits,
  after: Observation | undefined,
): Promise<readonly string[]> => {
  const { run, branch, before, repository, epochSeconds } = order;
  const { parent: from, commit: to } = commit;
  const objects = await newObjects(ledger, from, to);
  const move = { run, branch, from, to, epochSeconds, objects };
  const damaged = await damagedObject(door, objects);
  return [
    ...claim(from === before.head, "The parent of the commit is not the approved base."),
    ...claim(commits.length === 1, `The branch has ${commits.length} new commits, not one.`),
    ...claim(
      commits.some((found) => isExactly(found, commit)),
      "The branch does not hold the commit as it was built.",
    ),
    ...claim(damaged === undefined, `Object ${damaged ?? ""} of the commit is damaged.`),
    ...onlyTheBranchMoved(before.controlPlane, controlPlane, move),
    ...reflogsOf(branch).flatMap((log) =>
      claim(onlyAdded(repository, log, before, reflogLine(move)), `${log} was rewritten.`),
    ),
    ...(after === undefined ? [] : worktreeMoved(before, after, commit)),
  ];
};

const worktreeMoved = (before: Observation, after: Observation, commit: Commit): readonly string[] => [
  ...claim(after.head === commit.commit, "The branch does not end with the commit."),
  // Clean means: the tracked files are the tree's. So with equal ignored files only the changed paths can differ.
  ...claim(after.tree === commit.tree, "The work tree is not the committed tree."),
  ...claim(after.ignored === before.ignored, "Files that git ignores changed."),
];

const identityMoved = (before: Observation, after: Observation): readonly string[] => [
  ...(["realPath", "device", "inode", "gitInode", "uid", "gid", "mode", "branch"] as const).flatMap((part) =>
    claim(before[part] === after[part], `The target's ${part} is not what it was.`),
  ),
  ...claim(before.remotes.join("\n") === after.remotes.join("\n"), "The target's remotes changed."),
];

const sameManifest = (before: Observation, found: Pick<Observation, "manifest">): readonly string[] =>
  claim(before.manifest === found.manifest, "The work tree is not byte for byte what it was.");

const claim = (holds: boolean, otherwise: string): readonly string[] => (holds ? [] : [otherwise]);

const LOG_BYTES_MAX = 67_108_864;

/** Whether a reflog is what it was with exactly this line added; one that was never kept stays away. */
const onlyAdded = (repository: string, log: string, before: Observation, line: string): boolean => {
  const was = before.controlPlane.entries.find(({ name }) => name === `log ${log}`)?.value;
  const [size = "0", digest = ""] = (was ?? `0 ${digestOf("")}`).split(" ");
  const read = readPlainFile(path.join(repository, ".git", log), LOG_BYTES_MAX);
  if (read.is === "absent" && was === undefined) return true;
  if (read.is !== "plain") return false;
  const added = new TextDecoder().decode(read.bytes.subarray(Number(size)));
  return digestOf(read.bytes.subarray(0, Number(size))) === digest && added === `${line}\n`;
};

const pathsOf = async ({ ledger, commit }: Built): Promise<TargetProof["pathsChanged"]> =>
  (await treeChanges(ledger, commit.parent, commit.commit)).map(({ path, oldMode, newMode, oldBlob, newBlob }) => ({
    path,
    mode: newMode === "000000" ? oldMode : newMode,
    oldBlob,
    newBlob,
  }));

const COMMITS_SHOWN = 100;

/** What the branch has that the base has not, newest first. */
const commitsSince = async (door: string, branch: string, base: Oid): Promise<Commits> => {
  const tip = await tipOf(door, branch);
  if (tip === undefined || tip === base) return [];
  const format = "--format=%H%x00%P%x00%T%x00%an <%ae> %at%x00%cn <%ce> %ct";
  const range = [`--max-count=${COMMITS_SHOWN}`, tip, `^${base}`];
  const listed = await git(door, ["rev-list", "--no-commit-header", format, ...range]);
  return linesOf(listed).map((line) => {
    const [id = "", parents = "", tree = "", author = "", committer = ""] = line.split("\0");
    return {
      id: oidOf(id),
      parents: parents.split(" ").filter(Boolean).map(oidOf),
      tree: oidOf(tree),
      author,
      committer,
    };
  });
};

const isExactly = ({ id, parents, tree }: Commits[number], commit: Commit): boolean =>
  id === commit.commit && tree === commit.tree && parents.length === 1 && parents[0] === commit.parent;
