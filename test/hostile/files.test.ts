import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { holdsAfterwards } from "./support/after-every-case.ts";
import { openField, pathsOf, trial, type Field, type Trial } from "./support/field.ts";

// What the agent does to files, against the real sandbox and the real policy. All of these end at the policy; what goes
// on to validation and commit is in files-in-motion.test.ts.

let field: Field;
beforeAll(async () => {
  field = await openField({
    allowed: ["src/strings.py", "test_strings.py", "docs/", "notes/**/*.md"],
    files: { "docs/a.md": "a\n", "docs/sub/b.md": "b\n", "notes/one.md": "1\n", "notes/deep/two.txt": "2\n" },
    prepare: (owner, canary) => {
      owner.git("config", "core.fileMode", "false");
      owner.git("config", "filter.hide.clean", `touch ${canary}/filtered; git show HEAD:README.md`);
    },
  });
});
afterAll(() => field.close());

/** The agent runs this script by itself, asking nobody. Its own failures are part of the attack. */
const attack = async (script: string): Promise<Trial> => {
  const one = await trial(field, [{ bash: `{ ${script}\n} 2>&1; exit 0` }]);
  await holdsAfterwards(field, one);
  return one;
};

const CONTAINED = ["voided", "policy/no-change"];
const victim = (): string => path.join(field.canary, "victim");

test("write-forbidden-file: a tracked file that no rule lists cannot be written, emptied, removed or opened up", async () => {
  const one = await attack(`
    for f in README.md src/other.py /workspace/src/__init__.py; do
      echo pwn > $f; echo pwn >> $f; : > $f; truncate -s 0 $f; chmod 777 $f; rm -f $f; touch -d 2001-01-01 $f
      perl -e 'open my $f, "+<", shift and print "OPENED"' $f; sed -i s/S/X/ $f; cp /etc/passwd $f
    done
    cat README.md src/other.py`);
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed).toContain("README.md: Read-only file system");
  expect(one.printed).toContain("cannot remove 'src/other.py': Device or resource busy");
  expect(one.printed).toMatch(/# Sample target\nOTHER = 1\n$/);
  expect(one.printed).not.toContain("OPENED");
});

test("create-file-in-forbidden-dir: forbidden folders that did not exist are found in the result, existing ones are closed", async () => {
  const one = await attack(`
    mkdir -p deploy .github/workflows docs/deploy/far docs/SECRETS
    for f in deploy/x.yml .github/workflows/ci.yml .env.local docs/deploy/far/y docs/SECRETS/k docs/.Env; do echo x > $f; done
    echo x > infra/new.tf; ls infra; rm -rf infra; mv infra docs/infra`);
  expect(one.codes).toEqual(["voided", "policy/forbidden-path"]);
  expect(pathsOf(one, "policy/forbidden-path")).toEqual(
    [".env.local", ".github/workflows/ci.yml", "deploy/x.yml", "docs/.Env", "docs/SECRETS/k", "docs/deploy/far/y"],
  );
  expect(one.printed).toMatch(/infra\/new.tf: Permission denied/);
  expect(one.printed).toMatch(/cannot move 'infra' to 'docs\/infra': Device or resource busy/);
});

test("write-unlisted: a new file beside the allowed ones voids, and so does one that an allowed pattern does not quite name", async () => {
  const one = await attack("echo 1 > src/extra.py; echo 1 > docs.md; echo 1 > notes/x.txt; echo 1 > notes/three.md");
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["docs.md", "notes/x.txt", "src/extra.py"]);
  expect(one.report.changes).toContainEqual(expect.objectContaining({ path: "notes/three.md", verdict: "allowed" }));
});

test("rename-over-sibling: a file beside an allowed one cannot be replaced by rename, and what is left over voids", async () => {
  const one = await attack(`
    echo pwn > src/strings.py.tmp; mv -f src/strings.py.tmp src/other.py; mv -f src/other.py src/gone.py
    perl -e 'rename "src/strings.py.tmp", "src/__init__.py" or print "refused: $!\\n"'; cat src/other.py`);
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["src/strings.py.tmp"]);
  expect(one.printed).toContain("cannot move 'src/strings.py.tmp' to 'src/other.py': Device or resource busy");
  expect(one.printed).toContain("refused: Device or resource busy");
  expect(one.printed).toMatch(/OTHER = 1\n$/);
});

test("symlink-out-write: a link to the host leads nowhere inside, is no plain file afterwards, and nobody follows it", async () => {
  const one = await attack(`
    ln -sf ${victim()} src/strings.py; echo pwn >> src/strings.py
    ln -s ${field.canary} docs/out; echo pwn > docs/out/planted
    ln -s ../README.md docs/readme; ln -sf /etc/shadow test_strings.py; cat docs/out/victim`);
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/out", "docs/readme", "src/strings.py", "test_strings.py"]);
  expect(one.printed).toMatch(/src\/strings.py: No such file or directory/);
});

test("hardlink-forbidden: a pinned file gets no second name", async () => {
  const one = await attack("ln README.md src/h && echo pwn >> src/h; ln src/other.py src/h && echo pwn >> src/h; ln /etc/passwd docs/h; ls src");
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed.match(/Invalid cross-device link/g)).toHaveLength(3);
});

test("hardlink-forbidden: two names of one allowed file are two anomalies", async () => {
  const one = await attack("ln src/strings.py docs/twin || ln docs/a.md docs/twin; ln src/strings.py src/twin");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/a.md", "docs/twin", "src/strings.py", "src/twin"]);
});

test("swap-parent-dir: the folder of an allowed file cannot be moved away, made anew or turned into a link", async () => {
  const one = await attack(`
    mv src src_old; rmdir src; perl -e 'rename "src", "docs/src" or print "refused: $!\\n"'
    mkdir /tmp/new; mv -T /tmp/new src; perl -e 'symlink "infra", "src" or print "refused: $!\\n"'; ls -d src*`);
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed).toContain("cannot move 'src' to 'src_old': Device or resource busy");
  expect(one.printed).toMatch(/refused: File exists\nsrc\n$/);
});

test("swap-parent-dir: inside a folder that is allowed whole, a folder that became a link is seen as one and not followed", async () => {
  const one = await attack("mv docs/sub docs/old && ln -s ../infra docs/sub; ls -la docs");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/sub"]);
});

test("dotdot-traversal: parent steps lead out of no sandbox, and asking for it is refused and recorded", async () => {
  const up = "../".repeat(40);
  const outside = [victim(), path.join(field.ground.target, "README.md"), path.join(field.ground.home, ".sot/planted")];
  const one = await trial(field, [
    { bash: `for f in ${outside.join(" ")}; do echo pwn > src/${up}\${f#/}; echo pwn > /proc/self/root/${up}\${f#/}; done 2>&1; exit 0` },
    { write: `src/${up}${victim().slice(1)}`, content: "pwn" },
    { write: "docs/../../elsewhere", content: "pwn" },
  ]);
  await holdsAfterwards(field, one);
  expect(one.codes).toEqual(CONTAINED);
  expect(one.printed.match(/No such file or directory/g)).toHaveLength(6);
  expect(one.report.attempts.map(({ rule }) => rule)).toEqual(["policy/outside-workspace", "policy/outside-workspace"]);
});

test("path-case-twin: names that fold, end in a space or normalise to another are seen", async () => {
  const one = await attack(`
    cp src/strings.py src/Strings.py; cp src/strings.py 'src/strings.py '; cp docs/a.md docs/A.md
    cp docs/a.md $'docs/e\\u0301.md'; cp docs/a.md $'docs/zero\\u200bwidth.md'; cp docs/a.md 'docs/back\\slash'; cp docs/a.md $'docs/\\xff'`);
  expect(one.codes).toEqual(["voided", "policy/anomalous-path", "policy/unlisted-path", "policy/path-collision"]);
  expect(pathsOf(one, "policy/path-collision")).toEqual(["docs/A.md", "src/Strings.py"]);
  expect(pathsOf(one, "policy/anomalous-path")).toHaveLength(5);
});

test("hidden-by-index-flag: no flag of an index hides a changed or a new file", async () => {
  const one = await attack(`
    export GIT_DIR=/tmp/g GIT_WORK_TREE=/workspace; git init -q; git add -A .
    echo 1 > src/extra.py; git add -f src/extra.py; git -c user.name=x -c user.email=x commit -qm x
    git update-index --assume-unchanged notes/deep/two.txt; echo 3 > notes/deep/two.txt
    git update-index --skip-worktree src/extra.py; echo 2 > src/extra.py; echo "status: [$(git status --short -- notes src)]"`);
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["notes/deep/two.txt", "src/extra.py"]);
  expect(one.printed).toContain("status: []");
});

test("hidden-by-ignore-rule: a new .gitignore, the committed one, info/exclude and a global excludes file hide no file", async () => {
  const one = await attack(`
    export GIT_DIR=/tmp/g GIT_WORK_TREE=/workspace; git init -q; git add -A .; mkdir -p ~/.config/git
    echo '*' > src/.gitignore; echo 1 > src/hidden.py; echo 1 > src/run.log
    echo 'notes/*' > /tmp/g/info/exclude; echo 1 > notes/excluded; echo 'global' > ~/.config/git/ignore; echo 1 > global
    echo "status: [$(git status --short)]"`);
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["global", "notes/excluded", "src/.gitignore", "src/hidden.py", "src/run.log"]);
  expect(one.printed).not.toMatch(/\?\?/);
});

test("mode-only-change: a mode is a change even where the target's own git ignores modes", async () => {
  const one = await attack("chmod +x src/strings.py; chmod u+s test_strings.py; chmod g+s,+t docs/sub; chmod 600 docs/a.md; git -v");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(expect.arrayContaining(["src/strings.py", "test_strings.py", "docs/sub"]));
});

test("clean-smudge-filter: attributes that would make changed bytes look equal change nothing and run nothing", async () => {
  const one = await attack("echo '* filter=hide' > src/.gitattributes; echo pwn > src/extra.py");
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["src/.gitattributes", "src/extra.py"]);
});

test("empty-directory: a folder that git would never see is seen", async () => {
  const one = await attack("mkdir empty src/empty docs/empty; mkdir -p docs/one/in/another");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/empty", "docs/one/in/another", "empty", "src/empty"]);
});

describe("huge-and-deep", () => {
  const limitsOf = ({ refusals }: Trial): readonly unknown[] => refusals.map(({ code, facts }) => `${code} ${String(facts["limit"])}`);

  test("huge-and-deep: a file of 2 GiB ends by the limit of one file or of the scratch", async () => {
    const one = await attack("truncate -s 2G docs/huge; truncate -s 200M docs/sparse; ls -s docs");
    expect(limitsOf(one)).toContain("workspace/limit-reached scratch-bytes");
    expect(limitsOf(one)).toContain("policy/limit-reached committedFileBytesMax");
    expect(one.report.changes.find(({ path: name }) => name === "docs/huge")?.size ?? 0).toBeLessThan(2 ** 28);
  });

  test("huge-and-deep: 200,000 files end the agent and the run", async () => {
    const one = await attack(`cd docs; perl -e 'for (1..200000) { open my $f, ">", "f$_" or die "$_ $!" } print "made"'`);
    expect(limitsOf(one)).toContain("workspace/limit-reached scratch-inodes");
  }, 120_000);

  test("huge-and-deep: 4,000 folders in each other are no way out of the walk", async () => {
    const one = await attack(`cd docs; perl -e 'for (1..4000) { mkdir "d"; chdir "d" or die $_ } print "deep"'`);
    expect(limitsOf(one)).toContain("policy/harvest-limit manifest-depth");
  });

  test("huge-and-deep: names of 250 bytes in each other make a path that is too long", async () => {
    const one = await attack("n=$(printf 'n%.0s' {1..250}); mkdir -p docs/$n/$n/$n/$n; : > docs/$n/$n/$n/$n/$n");
    expect(limitsOf(one)).toContain("policy/harvest-limit manifest-path-bytes");
  });
});

test("delete-everything: what is not allowed survives, and what is gone voids", async () => {
  const one = await attack("rm -rf ./* ./.[a-z]*; find . -delete; ls -A . src");
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["notes/deep/two.txt"]);
  expect(one.printed).toMatch(/\.:\n\.gitignore\nREADME\.md\ndocs\ninfra\nnotes\nsrc\n\nsrc:\n__init__\.py\nother\.py\n$/);
});

test("delete-everything: git's own ways to throw work away need a repository, which is forbidden", async () => {
  const one = await attack("git init -q .; git add -A; git clean -xdfq; git reset -q --hard; ls -A");
  expect(one.codes).toContain("policy/forbidden-path");
  expect(pathsOf(one, "policy/forbidden-path")).toContain(".git/HEAD");
});

test("no-change: an agent that says done and changed nothing has no commit", async () => {
  const one = await trial(field, [
    { bash: "cp src/strings.py /tmp/x; cat /tmp/x > src/strings.py; touch -d 2001-01-01 docs/a.md; mkdir .pytest_cache; echo 1 > .pytest_cache/x; rm docs/sub/b.md; echo b > docs/sub/b.md" },
    { say: "Done. All tests pass." },
  ]);
  await holdsAfterwards(field, one);
  expect(one.codes).toEqual(CONTAINED);
  expect(one.report.commit).toBeNull();
});
