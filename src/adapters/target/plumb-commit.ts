import assert from "node:assert/strict";

import type { Candidate } from "../../workflow/commit/commit.ts";
import { IDENTITY } from "../../workflow/commit/message.ts";
import type { Oid, RunId } from "../../workflow/ids.ts";
import { git } from "./git.ts";
import { oidOf, readRef, treeOf } from "./ledger-clone.ts";

export interface CommitOrder {
  readonly run: RunId;
  readonly tree: Oid;
  readonly parent: Oid;
  readonly epochSeconds: number;
  readonly message: string;
}

/** Where the ledger clone keeps the one commit of a run: the durable intent, written before the target is touched. */
export const runRef = (run: RunId): string => `refs/cto/runs/${run}`;

/** Steps 1 and 3 of git.md 9: the commit of this run, made once. Later calls and losers of a race read the first one's. */
export const makeCandidate = async (ledger: string, order: CommitOrder): Promise<Candidate> => {
  const kept = await candidateOf(ledger, order.run);
  if (kept !== "none") return mustMatch(kept, order);
  const commit = await commitTree(ledger, order);
  await git(ledger, ["update-ref", "--stdin"], { input: `create ${runRef(order.run)} ${commit}\n`, answers: [128] });
  const first = await candidateOf(ledger, order.run);
  assert(first !== "none", "the run's ref was not written");
  return mustMatch(first, order);
};

export const candidateOf = async (ledger: string, run: RunId): Promise<Candidate | "none"> => {
  const commit = await readRef(ledger, runRef(run));
  return commit === undefined ? "none" : describe(ledger, commit);
};

/** A commit object by the Harness: the id depends on the order only. Needs no ref, moves no ref. */
export const commitTree = async (ledger: string, order: CommitOrder): Promise<Oid> => {
  const { tree, parent, epochSeconds, message } = order;
  const made = await git(ledger, ["commit-tree", tree, "-p", parent, "-F", "-"], {
    env: identityAt(epochSeconds),
    input: message,
  });
  return oidOf(made.text);
};

export const identityAt = (epochSeconds: number): Readonly<Record<string, string>> => ({
  GIT_AUTHOR_NAME: IDENTITY.name,
  GIT_AUTHOR_EMAIL: IDENTITY.email,
  GIT_AUTHOR_DATE: `@${epochSeconds} +0000`,
  GIT_COMMITTER_NAME: IDENTITY.name,
  GIT_COMMITTER_EMAIL: IDENTITY.email,
  GIT_COMMITTER_DATE: `@${epochSeconds} +0000`,
});

/** The one parent that a commit's own bytes name. */
export const parentOf = async (gitDir: string, commit: Oid): Promise<Oid> => {
  const [headers = ""] = (await git(gitDir, ["cat-file", "commit", commit])).text.split("\n\n");
  const parents = headers.split("\n").filter((line) => line.startsWith("parent "));
  const [parent, ...more] = parents.map((line) => oidOf(line.slice("parent ".length)));
  if (parent === undefined || more.length > 0) throw new TypeError(`${commit} has ${parents.length} parents, not one`);
  return parent;
};

const describe = async (gitDir: string, commit: Oid): Promise<Candidate> => ({
  commit,
  tree: await treeOf(gitDir, commit),
  parent: await parentOf(gitDir, commit),
});

const mustMatch = (candidate: Candidate, { tree, parent }: CommitOrder): Candidate => {
  assert.equal(candidate.tree, tree, "the run's commit was made of another tree");
  assert.equal(candidate.parent, parent, "the run's commit was made on another base");
  return candidate;
};
