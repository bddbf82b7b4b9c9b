import { afterAll, expect, test } from "vitest";

import { failedIds, sampleBundle, sealedOf, textOf, utf8 } from "../../../../test/fixtures/sample-bundle.ts";
import { logNote } from "../../../../test/fixtures/sample-ledger.ts";
import { chained, toldOf } from "../../../../test/fixtures/sample-log.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { parseOid } from "../../ids.ts";
import type { RunRecord } from "../run-record.ts";
import { objectId } from "./git-objects.ts";

const bundle = sampleBundle();
const { record, given } = bundle.world;
afterAll(() => bundle.world.remove());

/** The bundle of a Harness that made this commit of the same tree, told alike in log, record and proof. */
const withCommit = async (raw: Uint8Array): Promise<Map<string, Uint8Array>> => {
  const id = parseOid(await objectId(nodeVerifyTools, "commit", raw));
  if (id === undefined || record.commit === "none" || record.proof === "unknown" || record.proof.after === undefined)
    throw new TypeError("no commit");
  const events = chained(
    record.run,
    toldOf("commit.created", { commit: id })(
      toldOf("commit.proved", { commit: id })(record.events.map((line) => JSON.parse(line))),
    ),
  );
  const told: RunRecord = {
    ...record,
    events,
    commit: { ...record.commit, commit: id },
    proof: {
      ...record.proof,
      commit: id,
      after: { ...record.proof.after, head: id },
      commits: record.proof.commits.map((commit) => ({ ...commit, id })),
    },
  };
  return sealedOf(
    told,
    new Map([...given, ["repo/commit.raw", raw], ["events.checkpoint", utf8(logNote(record.run, events).note)]]),
  );
};

const WHOLE = textOf(given, "repo/commit.raw");
const [HEAD = "", ...REST] = WHOLE.split("\n\n");
const MESSAGE = REST.join("\n\n");
const [TREE = "", PARENT = "", AUTHOR = "", COMMITTER = ""] = HEAD.split("\n");
const raw = (...lines: readonly string[]): string => `${lines.join("\n")}\n\n${MESSAGE}`;
const failing = async (text: string): Promise<readonly string[]> =>
  failedIds(await bundle.verify(await withCommit(Buffer.from(text, "latin1"))));

test("a commit with another message of the same form passes, so that what fails below fails for its form", async () => {
  expect(await failing(`${WHOLE}\nmore words\n`)).toEqual([]);
});

// Git reads a head in one order only: what stands elsewhere it does not see, or sees as another.
test.each([
  ["its parent behind the committer, where git sees none", raw(TREE, AUTHOR, COMMITTER, PARENT)],
  ["two parents", raw(TREE, PARENT, PARENT, AUTHOR, COMMITTER)],
  ["no parent", raw(TREE, AUTHOR, COMMITTER)],
  ["a merge tag", raw(TREE, PARENT, AUTHOR, COMMITTER, `mergetag object ${"0".repeat(40)}`, " type commit")],
  ["an encoding", raw(TREE, PARENT, AUTHOR, COMMITTER, "encoding utf-16")],
  ["a header that nobody knows", raw(TREE, PARENT, AUTHOR, COMMITTER, "HG:extra anything")],
  ["a second author", raw(TREE, PARENT, AUTHOR, COMMITTER, "author jp <jp@example.org> 0 +0000")],
  ["its author behind the committer", raw(TREE, PARENT, COMMITTER, AUTHOR)],
  ["a line before its tree", raw("note first", TREE, PARENT, AUTHOR, COMMITTER)],
  ["a time that is none", raw(TREE, PARENT, `${AUTHOR} or later`, `${COMMITTER} or later`)],
  [
    "a signature and a header behind it",
    raw(TREE, PARENT, AUTHOR, COMMITTER, "gpgsig -----BEGIN-----", " x", "mergetag y"),
  ],
  ["bytes behind the end of its message", `${WHOLE}\0hidden\n`],
])("a commit with %s fails, though everything tells of it", async (_, text) => {
  expect(await failing(text)).toContain("commit");
});
