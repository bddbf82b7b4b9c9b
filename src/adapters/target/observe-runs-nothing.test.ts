import { chmodSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { codesAt, seen } from "../../../test/repositories/observed.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { fingerprint, observe } from "./observe.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

test("whatever a repository plants to be run is listed and never runs (R041, R091)", async () => {
  const target = repository();
  const program = `sh -c "${target.marker.replaceAll('"', '\\"')}"`;
  for (const hook of [
    "pre-commit",
    "post-checkout",
    "reference-transaction",
    "post-index-change",
    "fsmonitor-watchman",
  ]) {
    target.write(`.git/hooks/${hook}`, `#!/bin/sh\n${target.marker}\n`);
    chmodSync(join(target.path, ".git/hooks", hook), 0o755);
  }
  const planted: Readonly<Record<string, string>> = {
    "core.hooksPath": "../hooks",
    "core.fsmonitor": program,
    "core.pager": program,
    "core.editor": program,
    "core.sshCommand": program,
    "core.askPass": program,
    "core.alternateRefsCommand": program,
    "core.gitProxy": program,
    "credential.helper": `!${program}`,
    "diff.external": program,
    "diff.x.textconv": program,
    "diff.x.command": program,
    "merge.x.driver": program,
    "filter.x.clean": program,
    "filter.x.smudge": program,
    "filter.x.process": program,
    "alias.ls-files": `!${program}`,
    "alias.cat-file": `!${program}`,
    "gpg.program": program,
    "commit.gpgSign": "true",
    "uploadpack.packObjectsHook": program,
    "url.ext::sh.insteadOf": "https://",
    "remote.origin.url": `ext::${program}`,
    "remote.origin.uploadpack": program,
    "sequence.editor": program,
    "interactive.diffFilter": program,
  };
  target.write(".gitattributes", "* diff=x merge=x text=auto\n");
  target.commit();
  target.sh("rm -f ../ran");
  for (const [key, value] of Object.entries(planted)) target.git("config", key, value);
  target.sh("rm -f ../ran");

  const { findings, remotes } = await seen(target.path);
  await fingerprint(target.path);
  expect(target.ran()).toBe(false);
  expect(remotes).toEqual([`origin ext::${program}`]);
  const listed = findings.map(({ finding, where }) => `${finding} ${where}`);
  expect(new Set(findings.map(({ finding }) => finding))).toEqual(
    new Set(["hook", "fsmonitor", "driver", "credential", "alias", "signing", "url-rewrite", "remote"]),
  );
  expect(listed).toContain("hook .git/hooks/pre-commit");
  const unlisted = Object.keys(planted).filter(
    (key) => !listed.some((line) => line.toLowerCase().endsWith(` ${key.toLowerCase()}`)),
  );
  expect(unlisted).toEqual([]);
  target.sh("git status || true");
  expect(target.ran(), "the human's git would have run it").toBe(true);
});

test.each([
  ["an include inside the tree", "include.path", "../evil"],
  ["a worktree configuration", "extensions.worktreeConfig", "true"],
])("a program that %s names does not run, and the repository is refused", async (_, key, value) => {
  const target = repository();
  target.write("evil", `[core]\n\tfsmonitor = "${target.marker}"\n`);
  target.sh("cp evil .git/config.worktree");
  target.commit();
  target.git("config", key, value);
  target.sh("rm -f ../ran");
  expect((await observe(target.path)).ok).toBe(false);
  expect(target.ran()).toBe(false);
});

test("a filter named in the attributes does not run, and the repository is refused", async () => {
  const target = repository();
  target.write(".gitattributes", "* filter=x\n");
  target.commit();
  for (const way of ["clean", "smudge", "process"]) target.git("config", `filter.x.${way}`, target.marker);
  target.append("README.md", "x");
  expect(await codesAt(target.path)).toEqual(expect.arrayContaining(["admission/filter", "admission/dirty"]));
  expect(target.ran()).toBe(false);
});
