import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { targetRun } from "../../../test/repositories/target-run.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

/** What somebody does after the commit, and the sentence of the proof that does not hold. */
const UNPROVEN: readonly (readonly [string, RegExp, (target: ScratchRepository) => void])[] = [
  ["a tag", /refs\/tags\/later loose appeared/, (t) => t.git("tag", "later")],
  ["a hook", /hooks\/pre-push appeared/, (t) => t.write(".git/hooks/pre-push", "#!/bin/sh\n")],
  ["a setting", /file config changed/, (t) => t.git("config", "core.pager", "less")],
  ["a remote", /remotes changed/, (t) => t.git("remote", "add", "origin", "/nowhere")],
  ["a stash", /refs\/stash loose appeared/, (t) => t.sh("echo x >> README.md; git stash -q")],
  ["a stray object", /object .* appeared/, (t) => t.sh("echo stray | git hash-object -w --stdin")],
  ["another line in the reflog", /logs\/HEAD changed/, (t) => t.sh("tail -n 1 .git/logs/HEAD >> .git/logs/HEAD")],
  [
    "an earlier line of the reflog",
    /logs\/HEAD was rewritten/,
    (t) => t.sh("sed -i '1s/a step/b step/' .git/logs/HEAD"),
  ],
  ["a lock", /not clean/, (t) => t.write(".git/index.lock", "")],
  ["an edit", /not clean/, (t) => t.append("README.md", "more\n")],
  ["a commit is taken back", /does not hold/, (t) => t.git("reset", "-q", "--hard", "HEAD~1")],
];

test.each(UNPROVEN)("%s after the commit makes it unproven (R099)", async (_, sentence, after) => {
  const target = scratchRepository();
  cleanups.push(target.remove);
  const run = await targetRun(target);
  const done = await run.target.commit(run.permit, await run.prepare());
  if (!done.ok) throw new Error(JSON.stringify(done.refusals));
  const before = run.permit.admission.observation;
  expect((await run.target.prove(run.permit, before, done.value)).wrong).toEqual([]);
  after(target);
  expect((await run.target.prove(run.permit, before, done.value)).wrong.join("\n")).toMatch(sentence);
});
