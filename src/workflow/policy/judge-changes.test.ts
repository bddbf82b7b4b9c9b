import { array, assert, constantFrom, property, stringMatching } from "fast-check";
import { expect, test } from "vitest";

import { digestOf } from "../digest.ts";
import type { Permit } from "../gate/permit.ts";
import type { Change, Changes, ManifestEntry } from "./changes.ts";
import { judgeChanges, judgedRows, type PathGround } from "./judge-changes.ts";

const ground: PathGround = {
  contract: {
    allowedPaths: ["src/strings.py", "test_strings.py"],
    forbiddenPaths: [".env", ".env.*", "secrets/", "deploy/", ".github/workflows/", ".git/"],
  },
  authority: {
    baseForbiddenPaths: [".env", "secrets/"],
    scratchPaths: [".pytest_cache/", "__pycache__/", ".case/"],
  },
  basePaths: ["README.md", "src/strings.py", "strings.py", "test_strings.py"],
  lines: new Map([["src/strings.py", 28]]),
};

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what judgeChanges reads of a Permit
const permit = {
  run: "R-049-01",
  authority: {
    deniedAttempts: "record",
    limits: { changedFilesMax: 4, committedFileBytesMax: 1000, patchBytesMax: 10_000 },
  },
} as unknown as Permit;

const file = (path: string, extra: Partial<ManifestEntry> = {}): ManifestEntry => ({
  path,
  utf8: true,
  type: "f",
  mode: 0o644,
  nlink: 1,
  size: 10,
  sha256: digestOf(path),
  blob: "a".repeat(40),
  ...extra,
});
const added = (path: string, extra: Partial<ManifestEntry> = {}): Change => ({
  path,
  utf8: true,
  kind: "added",
  after: file(path, extra),
});
const modified = (path: string, extra: Partial<ManifestEntry> = {}): Change => ({
  path,
  utf8: true,
  kind: "modified",
  before: file(path),
  after: file(path, { sha256: digestOf("new"), ...extra }),
});
const deleted = (path: string): Change => ({ path, utf8: true, kind: "deleted", before: file(path) });
const changesOf = (...changes: Change[]): Changes => ({
  changes,
  disagreements: [],
  harvest: digestOf("h"),
  files: 1,
  bytes: 1,
  contents: "/contents",
});

const codes = (changes: Changes): readonly string[] => {
  const judged = judgeChanges(permit, ground, changes, { denied: [], secrets: [] });
  return judged.ok ? [] : judged.refusals.map(({ code }) => code);
};

test("R087 a plain change of an allowed file is cleared, with the packet line that allows it", () => {
  const judged = judgeChanges(permit, ground, changesOf(modified("src/strings.py")), { denied: [], secrets: [] });
  expect(judged).toMatchObject({ ok: true, value: { files: [{ path: "src/strings.py", mode: "100644" }] } });
  expect(judgedRows(ground, changesOf(modified("src/strings.py")))[0]).toMatchObject({
    verdict: "allowed",
    packetLine: 28,
  });
});

test("R090 deleting an allowed file is cleared as a deletion", () => {
  expect(
    judgeChanges(permit, ground, changesOf(deleted("test_strings.py")), { denied: [], secrets: [] }),
  ).toMatchObject({
    ok: true,
    value: { files: [{ path: "test_strings.py", content: "deleted" }] },
  });
});

test.each<[string, Change, string]>([
  ["a new forbidden file", added(".env"), "policy/forbidden-path"],
  ["a forbidden file in another case", added(".ENV"), "policy/forbidden-path"],
  ["a forbidden folder at depth", added("src/deploy/x.yml"), "policy/forbidden-path"],
  ["a hook", added(".git/hooks/pre-commit"), "policy/forbidden-path"],
  ["a disguised git folder", added(".gi\u200Bt/config"), "policy/forbidden-path"],
  ["forbidden beats scratch", added("__pycache__/.env"), "policy/forbidden-path"],
  ["an unlisted new file", added("src/extra.py"), "policy/unlisted-path"],
  ["an unlisted ignore file", added(".gitignore"), "policy/unlisted-path"],
  ["an unlisted deletion", deleted("README.md"), "policy/unlisted-path"],
  ["an allowed name elsewhere", added("src/test_strings.py"), "policy/unlisted-path"],
  ["a planted conftest", added("conftest.py"), "policy/unlisted-path"],
  [
    "a link in place of an allowed file",
    { ...modified("src/strings.py", { type: "l" }), kind: "retyped" },
    "policy/anomalous-path",
  ],
  ["a hard link", modified("src/strings.py", { nlink: 2 }), "policy/anomalous-path"],
  [
    "a flipped executable bit",
    { ...modified("src/strings.py", { mode: 0o755 }), kind: "mode" },
    "policy/anomalous-path",
  ],
  ["a set-id bit", modified("src/strings.py", { mode: 0o4644 }), "policy/anomalous-path"],
  ["a named pipe in scratch", added(".pytest_cache/p", { type: "p" }), "policy/anomalous-path"],
  ["a link in scratch", added("__pycache__/l", { type: "l" }), "policy/anomalous-path"],
  ["an empty folder", added("src/empty", { type: "d" }), "policy/anomalous-path"],
  ["a name that is not UTF-8", { ...added("src/\\xff"), utf8: false }, "policy/anomalous-path"],
  ["a name with a trailing space", added("src/strings.py "), "policy/anomalous-path"],
  ["a name with an escape", added("src/\u001B[2J.py"), "policy/anomalous-path"],
  ["a right-to-left name", added("src/\u202Eyp.py"), "policy/anomalous-path"],
  ["a decomposed name", added("src/e\u0301.py"), "policy/anomalous-path"],
  ["a backslash", added("src\\strings.py"), "policy/anomalous-path"],
])("R090 %s voids", (_, change, code) => {
  expect(codes(changesOf(modified("test_strings.py"), change))).toContain(code);
});

const wide: PathGround = { ...ground, contract: { ...ground.contract, allowedPaths: ["docs/", "lib/.gitattributes"] } };
const verdicts = (...changes: Change[]): readonly string[] =>
  judgedRows(wide, changesOf(...changes)).map(({ verdict }) => verdict);

test.each<[string, readonly Change[]]>([
  ["submodules", [added("docs/.gitmodules")]],
  ["attributes that only a pattern allows", [added("docs/.GitAttributes")]],
  [
    "a bare repository",
    [added("docs/x/HEAD"), added("docs/x/objects/keep"), added("docs/x/refs/keep"), added("docs/x/hooks/post-update")],
  ],
  ["a repository in another case", [added("docs/x/head"), added("docs/x/Objects/keep"), added("docs/x/REFS/keep")]],
  ["a worktree's git folder", [added("docs/x/HEAD"), added("docs/x/commondir")]],
])("R090 %s in a folder that is allowed whole would steer git and voids", (_, changes) => {
  expect(verdicts(...changes)).toEqual(changes.map(() => "anomalous"));
});

test("R090 what is left of a repository, or attributes that the contract names, steers nothing that was not approved", () => {
  expect(verdicts(added("docs/HEAD"), added("docs/refs/a"), added("lib/.gitattributes"))).toEqual([
    "allowed",
    "allowed",
    "allowed",
  ]);
});

test("R090 a file that completes a repository of the base voids, even by a hook alone", () => {
  const base = { ...wide, basePaths: ["docs/x/HEAD", "docs/x/objects/a", "docs/x/refs/a"] };
  expect(judgedRows(base, changesOf(added("docs/x/hooks/post-update")))).toMatchObject([{ verdict: "anomalous" }]);
});

test("R087 read and write bits are not git's: alone they are no change, beside one they are not committed", () => {
  const opened: Change = {
    ...modified("src/strings.py", { mode: 0o664, sha256: digestOf("src/strings.py") }),
    kind: "mode",
  };
  expect(codes(changesOf(opened))).toEqual(["policy/no-change"]);
  const judged = judgeChanges(permit, ground, changesOf(opened, modified("test_strings.py")), {
    denied: [],
    secrets: [],
  });
  expect(judged).toMatchObject({ ok: true, value: { files: [{ path: "test_strings.py" }] } });
});

test("R090 a case twin of an allowed file collides", () => {
  expect(codes(changesOf(modified("src/strings.py"), added("src/Strings.py")))).toContain("policy/path-collision");
});

test("R087 nothing changed, or nothing but scratch, voids", () => {
  expect(codes(changesOf())).toEqual(["policy/no-change"]);
  expect(codes(changesOf(added("__pycache__", { type: "d" }), added("__pycache__/a.pyc")))).toEqual([
    "policy/no-change",
  ]);
});

test("R069 scratch beside an allowed change is listed and not committed", () => {
  const judged = judgeChanges(permit, ground, changesOf(modified("src/strings.py"), added("src/__pycache__/a.pyc")), {
    denied: [],
    secrets: [],
  });
  expect(judged).toMatchObject({
    ok: true,
    value: { files: [{ path: "src/strings.py" }], judged: [{}, { verdict: "scratch" }] },
  });
});

test("every objection is told at once", () => {
  expect(codes(changesOf(added(".env"), added("a"), added("b"), added("c"), added("d")))).toEqual([
    "policy/forbidden-path",
    "policy/unlisted-path",
    "policy/unlisted-path",
    "policy/unlisted-path",
    "policy/unlisted-path",
    "policy/limit-reached",
  ]);
});

test("a file over the limit, an unfinished harvest and disagreeing detectors clear nothing", () => {
  expect(codes(changesOf(modified("src/strings.py", { size: 1001 })))).toEqual(["policy/limit-reached"]);
  expect(codes({ ...changesOf(modified("src/strings.py")), limit: "entries" })).toEqual(["policy/harvest-limit"]);
  expect(codes({ ...changesOf(modified("src/strings.py")), disagreements: ["x"] })).toEqual([
    "policy/detectors-disagree",
  ]);
});

test("R086 a denied attempt voids only where the policy says so", () => {
  const strict = { ...permit, authority: { ...permit.authority, deniedAttempts: "void" as const } };
  const denied = { denied: [{ action: "push", rule: "forbidden action push" }], secrets: [] };
  expect(judgeChanges(permit, ground, changesOf(modified("src/strings.py")), denied).ok).toBe(true);
  expect(judgeChanges(strict, ground, changesOf(modified("src/strings.py")), denied)).toMatchObject({
    refusals: [{ code: "policy/action-denied" }],
  });
});

test("adding a forbidden pattern never clears a path", () => {
  const segment = stringMatching(/^[a-zA-Z._~ -]{1,6}$/);
  const paths = array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  assert(
    property(paths, constantFrom("secrets/", "*.py", ".env.*"), (path, pattern) => {
      const wider = {
        ...ground,
        contract: { ...ground.contract, forbiddenPaths: [...ground.contract.forbiddenPaths, pattern] },
      };
      const before = judgedRows(ground, changesOf(added(path)))[0]?.verdict;
      const now = judgedRows(wider, changesOf(added(path)))[0]?.verdict;
      if (before !== "allowed") expect(now).not.toBe("allowed");
    }),
  );
});
