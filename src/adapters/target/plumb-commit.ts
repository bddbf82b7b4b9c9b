import assert from "node:assert/strict";

import type { Candidate } from "../../workflow/commit/commit.ts";
import { IDENTITY } from "../../workflow/commit/message.ts";
import type { Oid, RunId } from "../../workflow/ids.ts";
import { git } from "./git.ts";
import { oidOf } from "./ledger-clone.ts";

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
  const { text } = await git(ledger, ["cat-file", "--batch"], { input: `${runRef(run)}^{commit}\n` });
  const [, id, raw] = /^([0-9a-f]{40}) commit \d+\n([^]*)$/.exec(text) ?? [];
  if (id === undefined || raw === undefined) return "none";
  const commit = oidOf(id);
  const [tree = "", ...more] = headersOf(raw, "tree");
  if (more.length > 0) throw new TypeError(`${commit} names ${more.length + 1} trees`);
  return { commit, tree: oidOf(tree), parent: onlyParent(commit, raw) };
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
export const parentOf = async (gitDir: string, commit: Oid): Promise<Oid> =>
  onlyParent(commit, (await git(gitDir, ["cat-file", "commit", commit])).text);

const onlyParent = (commit: Oid, raw: string): Oid => {
  const parents = headersOf(raw, "parent");
  const [parent, ...more] = parents;
  if (parent === undefined || more.length > 0) throw new TypeError(`${commit} has ${parents.length} parents, not one`);
  return oidOf(parent);
};

const headersOf = (raw: string, name: string): readonly string[] => {
  const [headers = ""] = raw.split("\n\n");
  return headers.split("\n").flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
};

const mustMatch = (candidate: Candidate, { tree, parent }: CommitOrder): Candidate => {
  assert.equal(candidate.tree, tree, "the run's commit was made of another tree");
  assert.equal(candidate.parent, parent, "the run's commit was made on another base");
  return candidate;
};
