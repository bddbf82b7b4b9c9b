import { array, assert, constantFrom, property, string, stringMatching } from "fast-check";
import { expect, test } from "vitest";

import { processorClock } from "../../test/fixtures/processor-clock.ts";
import { forbids, judgePath, permits, targetPath, type PathPolicy, type TargetPath } from "./path-rules.ts";

const policy: PathPolicy = {
  allowed: ["src/strings.py", "test_strings.py", "docs/", "lib/**/*.py", "tools/*.sh", "data/**"],
  forbidden: [".env", ".env.*", "secrets/", ".github/workflows/", ".git/", "**/private/*.key"],
};

const path = (raw: string): TargetPath => {
  const made = targetPath(raw);
  if (made === undefined) throw new Error(`not a target path: ${raw}`);
  return made;
};

test.each([
  ["src/strings.py", { kind: "allowed", by: "src/strings.py" }],
  ["test_strings.py", { kind: "allowed", by: "test_strings.py" }],
  ["docs/a/b.md", { kind: "allowed", by: "docs/" }],
  ["lib/a.py", { kind: "allowed", by: "lib/**/*.py" }],
  ["lib/a/b/c.py", { kind: "allowed", by: "lib/**/*.py" }],
  ["lib/.a/b.py", { kind: "allowed", by: "lib/**/*.py" }],
  ["tools/x.sh", { kind: "allowed", by: "tools/*.sh" }],
  ["data/x", { kind: "allowed", by: "data/**" }],
  ["data", { kind: "out-of-scope" }],
  ["docs", { kind: "out-of-scope" }],
  ["tools/deep/x.sh", { kind: "out-of-scope" }],
  ["src/test_strings.py", { kind: "out-of-scope" }],
  ["SRC/strings.py", { kind: "out-of-scope" }],
  ["Docs/a.md", { kind: "out-of-scope" }],
  ["src/strings.py ", { kind: "out-of-scope" }],
  ["src/other.py", { kind: "out-of-scope" }],
  [".gitignore", { kind: "out-of-scope" }],
  [".github/dependabot.yml", { kind: "out-of-scope" }],
  [".env", { kind: "forbidden", by: ".env" }],
  [".ENV", { kind: "forbidden", by: ".env" }],
  ["docs/.env", { kind: "forbidden", by: ".env" }],
  ["docs/.env/x", { kind: "forbidden", by: ".env" }],
  ["app/.env.local", { kind: "forbidden", by: ".env.*" }],
  ["docs/secrets", { kind: "forbidden", by: "secrets/" }],
  ["docs/Secrets/deep/x", { kind: "forbidden", by: "secrets/" }],
  ["docs/secr\u00ADets/x", { kind: "forbidden", by: "secrets/" }],
  ["docs/ｓecrets/x", { kind: "forbidden", by: "secrets/" }],
  ["docs/ſecrets/x", { kind: "forbidden", by: "secrets/" }],
  [".GIT/hooks/pre-commit", { kind: "forbidden", by: ".git/" }],
  ["vendor/x/.git", { kind: "forbidden", by: ".git/" }],
  ["vendor/x/.git/.a/b", { kind: "forbidden", by: ".git/" }],
  ["GIT~1/config", { kind: "forbidden", by: ".git/" }],
  [".git./config", { kind: "forbidden", by: ".git/" }],
  [".git ../config", { kind: "forbidden", by: ".git/" }],
  [".git::$INDEX_ALLOCATION/config", { kind: "forbidden", by: ".git/" }],
  [".g\u200Bit/config", { kind: "forbidden", by: ".git/" }],
  ["．git/config", { kind: "forbidden", by: ".git/" }],
  [".github/workflows/.x/ci.yml", { kind: "forbidden", by: ".github/workflows/" }],
  ["docs/.GitHub/Workflows/ci.yml", { kind: "forbidden", by: ".github/workflows/" }],
  ["docs/.hidden/private/a.key", { kind: "forbidden", by: "**/private/*.key" }],
  ["private/.key", { kind: "forbidden", by: "**/private/*.key" }],
])("R087 R088 %s → %o", (raw, verdict) => {
  expect(judgePath(policy, path(raw))).toEqual(verdict);
});

test.each(["", "/etc/passwd", "../out", "src/../.git/config", "src//x", "./x", "a\\b", "a\0b", "a/", "."])(
  "%j is not a path inside the target",
  (raw) => {
    expect(targetPath(raw)).toBeUndefined();
  },
);

const anyPath = array(stringMatching(/^[a-zA-Z.~_ é]{1,6}$/), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join("/"))
  .filter((raw) => targetPath(raw) !== undefined)
  .map(path);
const anyRule = array(constantFrom("a", ".env", "*", "**", "a*", "*.b", "?", "git~1", "Src", "é"), {
  minLength: 1,
  maxLength: 4,
}).chain((parts) => constantFrom(parts.join("/"), `${parts.join("/")}/`));

test("R088 adding a forbidden pattern never clears a path", () => {
  assert(
    property(anyPath, array(anyRule), array(anyRule), anyRule, (file, allowed, forbidden, more) => {
      const before = judgePath({ allowed, forbidden }, file).kind;
      const after = judgePath({ allowed, forbidden: [...forbidden, more] }, file).kind;
      expect(after === before || after === "forbidden").toBe(true);
    }),
  );
});

test("R088 what a pattern permits it also forbids, at every depth and in every case", () => {
  assert(
    property(anyPath, anyRule, (file, rule) => {
      if (!permits(rule, file)) return;
      expect(forbids(rule, file)).toBe(true);
      expect(forbids(rule, `deep/${file.toUpperCase()}`)).toBe(true);
      expect(forbids(rule, `${file}/beneath`)).toBe(true);
    }),
  );
});

test("no text crashes the rules", () => {
  assert(
    property(string({ unit: "binary" }), string({ unit: "binary" }), (rule, raw) => {
      expect([true, false]).toContain(forbids(rule, raw));
      const file = targetPath(raw);
      if (file !== undefined) expect([true, false]).toContain(permits(rule, file));
    }),
  );
});

test("a pattern of many wildcards is judged in time that grows with its length only", () => {
  const rule = `${"**/a*a*a*a*a*a*b/".repeat(50)}x`;
  const spentMs = processorClock();
  forbids(rule, `${"a".repeat(200)}/`.repeat(64));
  expect(spentMs()).toBeLessThan(5_000);
});
