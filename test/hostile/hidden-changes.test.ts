import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { pathsOf, type Field, type Trial } from "./support/field.ts";
import { attack, openWideField } from "./support/wide-field.ts";

// Changes that somebody's git, file system or patience would not see.

let field: Field;
beforeAll(async () => {
  field = await openWideField();
});
afterAll(() => field.close());

test("path-case-twin: names that fold, end in a space or normalise to another are seen", async () => {
  const one = await attack(
    field,
    `
    cp src/strings.py src/Strings.py; cp src/strings.py 'src/strings.py '; cp docs/a.md docs/A.md
    cp docs/a.md $'docs/e\\u0301.md'; cp docs/a.md $'docs/zero\\u200bwidth.md'; cp docs/a.md 'docs/back\\slash'; cp docs/a.md $'docs/\\xff'`,
  );
  expect(one.codes).toEqual(["voided", "policy/anomalous-path", "policy/unlisted-path", "policy/path-collision"]);
  expect(pathsOf(one, "policy/path-collision")).toEqual(["docs/A.md", "src/Strings.py"]);
  expect(pathsOf(one, "policy/anomalous-path")).toHaveLength(5);
});

test("hidden-by-index-flag: no flag of an index hides a changed or a new file", async () => {
  const one = await attack(
    field,
    `
    export GIT_DIR=/tmp/g GIT_WORK_TREE=/workspace; git init -q; git add -A .
    echo 1 > src/extra.py; git add -f src/extra.py; git -c user.name=x -c user.email=x commit -qm x
    git update-index --assume-unchanged notes/deep/two.txt; echo 3 > notes/deep/two.txt
    git update-index --skip-worktree src/extra.py; echo 2 > src/extra.py; echo "status: [$(git status --short -- notes src)]"`,
  );
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["notes/deep/two.txt", "src/extra.py"]);
  expect(one.printed).toContain("status: []");
});

test("hidden-by-ignore-rule: a new .gitignore, the committed one, info/exclude and a global excludes file hide no file", async () => {
  const one = await attack(
    field,
    `
    export GIT_DIR=/tmp/g GIT_WORK_TREE=/workspace; git init -q; git add -A .; mkdir -p ~/.config/git
    echo '*' > src/.gitignore; echo 1 > src/hidden.py; echo 1 > src/run.log
    echo 'notes/*' > /tmp/g/info/exclude; echo 1 > notes/excluded; echo 'global' > ~/.config/git/ignore; echo 1 > global
    echo "status: [$(git status --short)]"`,
  );
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual([
    "global",
    "notes/excluded",
    "src/.gitignore",
    "src/hidden.py",
    "src/run.log",
  ]);
  expect(one.printed).not.toMatch(/\?\?/);
});

test("mode-only-change: a mode is a change even where the target's own git ignores modes", async () => {
  const one = await attack(field, "chmod +x src/strings.py; chmod u+s test_strings.py; chmod g+s,+t docs/sub");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(
    expect.arrayContaining(["src/strings.py", "test_strings.py", "docs/sub"]),
  );
});

test("clean-smudge-filter: attributes that would make changed bytes look equal change nothing and run nothing", async () => {
  const one = await attack(field, "echo '* filter=hide' > src/.gitattributes; echo pwn > src/extra.py");
  expect(one.codes).toEqual(["voided", "policy/unlisted-path"]);
  expect(pathsOf(one, "policy/unlisted-path")).toEqual(["src/.gitattributes", "src/extra.py"]);
});

test("empty-directory: a folder that git would never see is seen", async () => {
  const one = await attack(field, "mkdir empty src/empty docs/empty; mkdir -p docs/one/in/another");
  expect(one.codes).toEqual(["voided", "policy/anomalous-path"]);
  expect(pathsOf(one, "policy/anomalous-path")).toEqual(["docs/empty", "docs/one/in/another", "empty", "src/empty"]);
});

describe("huge-and-deep", () => {
  const limitsOf = ({ refusals }: Trial): readonly unknown[] =>
    refusals.map(({ code, facts }) => `${code} ${String(facts["limit"])}`);

  test("huge-and-deep: a file of 2 GiB ends by the limit of one file or of the scratch", async () => {
    const one = await attack(field, "truncate -s 2G docs/huge; truncate -s 200M docs/sparse; ls -s docs");
    // Holes take no space of an overlay's quota; where there is none they are counted as what they claim to be.
    expect(limitsOf(one)).toContain("policy/limit-reached committedFileBytesMax");
    expect(one.report.changes.find(({ path: name }) => name === "docs/huge")?.size ?? 0).toBeLessThan(2 ** 28);
  });

  test("huge-and-deep: 200,000 files end the agent and the run", async () => {
    const one = await attack(
      field,
      `cd docs; perl -e 'for (1..200000) { open my $f, ">", "f$_" or die "$_ $!" } print "made"'`,
    );
    expect(limitsOf(one)).toContain("workspace/limit-reached scratch-inodes");
  }, 120_000);

  test("huge-and-deep: 4,000 folders in each other are no way out of the walk", async () => {
    const one = await attack(field, `cd docs; perl -e 'for (1..4000) { mkdir "d"; chdir "d" or die $_ } print "deep"'`);
    expect(limitsOf(one)).toContain("policy/harvest-limit manifest-depth");
  });

  test("huge-and-deep: names of 250 bytes in each other make a path that is too long", async () => {
    const one = await attack(field, "n=$(printf 'n%.0s' {1..250}); mkdir -p docs/$n/$n/$n/$n; : > docs/$n/$n/$n/$n/$n");
    expect(limitsOf(one)).toContain("policy/harvest-limit manifest-path-bytes");
  });
});
