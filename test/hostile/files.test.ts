import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { holdsAfterwards } from "./support/after-every-case.ts";
import { pathsOf, trial, type Field } from "./support/field.ts";
import { attack, CONTAINED, openWideField } from "./support/wide-field.ts";

// What the agent does to files that are not its own, against the real sandbox and the real policy. All of these end at
// the policy; hidden-changes.test.ts has what looks like no change, files-in-motion.test.ts what goes on to a commit.

let field: Field;
beforeAll(async () => {
  field = await openWideField();
});
afterAll(() => field.close());

const victim = (): string => path.join(field.canary, "victim");

test("write-forbidden-file: a tracked file that no rule lists cannot be written, emptied, removed or opened up", async () => {
  const one = await attack(
    field,
    `
    for f in README.md src/other.py /workspace/src/__init__.py; do
      echo pwn > $f; echo pwn >> $f; : > $f; truncate -s 0 $f; chmod 777 $f; rm -f $f; touch -d 2001-01-01 $f
      perl -e 'open my $f, "+<", shift and print "OPENED"' $f; sed -i s/S/X/ $f; cp /etc/passwd $f
    done
    cat README.md src/other.py`,
  );
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed).toContain("README.md: Read-only file system");
  expect(one.printed).toContain("cannot remove 'src/other.py': Device or resource busy");
  expect(one.printed).toMatch(/# Sample target\nOTHER = 1\n$/);
  expect(one.printed).not.toContain("OPENED");
});

test("create-file-in-forbidden-dir: forbidden folders that did not exist are found in the result, existing ones are closed", async () => {
  const one = await attack(
    field,
    `
    mkdir -p deploy .github/workflows docs/deploy/far docs/SECRETS
    for f in deploy/x.yml .github/workflows/ci.yml .env.local docs/deploy/far/y docs/SECRETS/k docs/.Env; do echo x > $f; done
    echo x > infra/new.tf; ls infra; rm -rf infra; mv -T infra infra.old`,
  );
  expect(one.codes).toEqual(["voided", "policy/forbidden-path"]);
  const made = [
    ".env.local",
    ".github/workflows/ci.yml",
    "deploy/x.yml",
    "docs/.Env",
    "docs/SECRETS/k",
    "docs/deploy/far/y",
  ];
  expect(pathsOf(one, "policy/forbidden-path")).toEqual(made);
  expect(one.printed).toMatch(/infra\/new.tf: Permission denied/);
  expect(one.printed).toMatch(/cannot move 'infra' to 'infra.old': Device or resource busy/);
});

test("write-unlisted: a new file beside the allowed ones voids, and so does one that an allowed pattern does not quite name", async () => {
  const one = await attack(
    field,
    "echo 1 > src/extra.py; echo 1 > docs.md; echo 1 > notes/x.txt; echo 1 > notes/three.md",
  );
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["docs.md", "notes/x.txt", "src/extra.py"]);
  expect(one.report.changes).toContainEqual(expect.objectContaining({ path: "notes/three.md", verdict: "allowed" }));
});

test("rename-over-sibling: a file beside an allowed one cannot be replaced by rename, and what is left over voids", async () => {
  const one = await attack(
    field,
    `
    echo pwn > src/strings.py.tmp; mv -f src/strings.py.tmp src/other.py; mv -f src/other.py src/gone.py
    perl -e 'rename "src/strings.py.tmp", "src/__init__.py" or print "refused: $!\\n"'; cat src/other.py`,
  );
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["src/strings.py.tmp"]);
  expect(one.printed).toContain("cannot move 'src/strings.py.tmp' to 'src/other.py': Device or resource busy");
  expect(one.printed).toContain("refused: Device or resource busy");
  expect(one.printed).toMatch(/OTHER = 1\n$/);
});

test("symlink-out-write: a link to the host leads nowhere inside, is no plain file afterwards, and nobody follows it", async () => {
  const one = await attack(
    field,
    `
    ln -sf ${victim()} src/strings.py; echo pwn >> src/strings.py
    ln -s ${field.canary} docs/out; echo pwn > docs/out/planted
    ln -s ../README.md docs/readme; ln -sf /etc/shadow test_strings.py; cat docs/out/victim`,
  );
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual([
    "docs/out",
    "docs/readme",
    "src/strings.py",
    "test_strings.py",
  ]);
  expect(one.printed).toMatch(/src\/strings.py: No such file or directory/);
});

test("hardlink-forbidden: a pinned file gets no second name", async () => {
  const one = await attack(
    field,
    "ln README.md src/h && echo pwn >> src/h; ln src/other.py src/h && echo pwn >> src/h; ln /etc/passwd docs/h; ls src",
  );
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed.match(/Invalid cross-device link/g)).toHaveLength(3);
});

test("hardlink-forbidden: two names of one allowed file are two anomalies", async () => {
  const one = await attack(field, "ln src/strings.py docs/twin || ln docs/a.md docs/twin; ln src/strings.py src/twin");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/a.md", "docs/twin", "src/strings.py", "src/twin"]);
});

test("swap-parent-dir: the folder of an allowed file cannot be moved away, made anew or turned into a link", async () => {
  const one = await attack(
    field,
    `
    mv src src_old; rmdir src; perl -e 'rename "src", "docs/src" or print "refused: $!\\n"'
    mkdir /tmp/new; mv -T /tmp/new src; perl -e 'symlink "infra", "src" or print "refused: $!\\n"'; ls -d src*`,
  );
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed).toContain("cannot move 'src' to 'src_old': Device or resource busy");
  expect(one.printed).toMatch(/refused: File exists\nsrc\n$/);
});

test("swap-parent-dir: inside a folder that is allowed whole, a folder that became a link is seen as one and not followed", async () => {
  const one = await attack(field, "mv docs/sub docs/old && ln -s ../infra docs/sub; ls -la docs");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/sub"]);
});

test("dotdot-traversal: parent steps lead out of no sandbox, and asking for it is refused and recorded", async () => {
  const up = "../".repeat(40);
  const outside = [victim(), path.join(field.ground.target, "README.md"), path.join(field.ground.home, ".sot/planted")];
  const one = await trial(field, [
    {
      bash: `for f in ${outside.join(" ")}; do echo pwn > src/${up}\${f#/}; echo pwn > /proc/self/root/${up}\${f#/}; done 2>&1; exit 0`,
    },
    { write: `src/${up}${victim().slice(1)}`, content: "pwn" },
    { write: "docs/../../elsewhere", content: "pwn" },
  ]);
  await holdsAfterwards(field, one);
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed.match(/No such file or directory/g)).toHaveLength(6);
  expect(one.report.attempts.map(({ rule }) => rule)).toEqual(["policy/outside-workspace", "policy/outside-workspace"]);
});

test("delete-everything: what is not allowed survives, and what is gone voids", async () => {
  const one = await attack(field, "rm -rf ./* ./.[a-z]*; find . -delete; ls -A . src");
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["notes/deep/two.txt"]);
  expect(one.printed).toMatch(
    /\.:\n\.gitignore\nREADME\.md\ndocs\ninfra\nnotes\nsrc\n\nsrc:\n__init__\.py\nother\.py\n$/,
  );
});

test("delete-everything: git's own ways to throw work away need a repository, which is forbidden", async () => {
  const one = await attack(field, "git init -q .; git add -A; git clean -xdfq; git reset -q --hard; ls -A");
  expect(one.codes).toContain("policy/forbidden-path");
  expect(pathsOf(one, "policy/forbidden-path")).toContain(".git/HEAD");
});

test("no-change: an agent that says done and changed nothing has no commit", async () => {
  const one = await trial(field, [
    {
      bash: "cp src/strings.py /tmp/x; cat /tmp/x > src/strings.py; touch -d 2001-01-01 docs/a.md; mkdir .pytest_cache; echo 1 > .pytest_cache/x; rm docs/sub/b.md; echo b > docs/sub/b.md",
    },
    { say: "Done. All tests pass." },
  ]);
  await holdsAfterwards(field, one);
  expect(one.codes).toEqual(CONTAINED);
  expect(one.report.commit).toBeNull();
});
