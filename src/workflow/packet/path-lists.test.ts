import { expect, test } from "vitest";

import { changed, refusalsOf, told } from "../../../test/fixtures/refused-packet.ts";

const allowed = (path: string): string => changed("- `test_strings.py`", `- \`${path}\``);

test.each([
  ["/etc/x", "packet/path-absolute"],
  ["//etc/x", "packet/path-absolute"],
  ["../x", "packet/path-climbs"],
  ["src/../x", "packet/path-climbs"],
  ["src/**/../../deploy/*", "packet/path-climbs"],
  ["src/..", "packet/path-climbs"],
  ["~/x", "packet/path-not-allowed-form"],
  ["a~1", "packet/path-not-allowed-form"],
  ["src\\x", "packet/path-not-allowed-form"],
  ["C:x", "packet/path-not-allowed-form"],
  ["C:/x", "packet/path-not-allowed-form"],
  ["src//x", "packet/path-not-allowed-form"],
  ["./x", "packet/path-not-allowed-form"],
  ["src/.", "packet/path-not-allowed-form"],
  [".", "packet/path-not-allowed-form"],
  [" x", "packet/path-not-allowed-form"],
  ["x ", "packet/path-not-allowed-form"],
  ["src /x", "packet/path-not-allowed-form"],
  ["src./x", "packet/path-not-allowed-form"],
  ["**", "packet/path-not-allowed-form"],
  ["*", "packet/path-not-allowed-form"],
  ["**/", "packet/path-not-allowed-form"],
  ["**/*", "packet/path-not-allowed-form"],
  ["*/**/*.*", "packet/path-not-allowed-form"],
  ["src**", "packet/path-not-allowed-form"],
  ["src/[ab].py", "packet/path-not-allowed-form"],
  ["src/{a,b}.py", "packet/path-not-allowed-form"],
  ["a".repeat(256), "packet/path-not-allowed-form"],
  [`${"a/".repeat(600)}x`, "packet/path-not-allowed-form"],
  ["src/strіngs2.py", "packet/confusable"],
  ["ｓrc/x.py", "packet/confusable"],
  [".env", "packet/allowed-is-forbidden"],
  [".ENV", "packet/allowed-is-forbidden"],
  ["app/.env", "packet/allowed-is-forbidden"],
  [".env.local", "packet/allowed-is-forbidden"],
  [".env*", "packet/allowed-is-forbidden"],
  [".env.l*", "packet/allowed-is-forbidden"],
  ["**/.env", "packet/allowed-is-forbidden"],
  ["deploy/x.yml", "packet/allowed-is-forbidden"],
  ["app/Deploy/x.yml", "packet/allowed-is-forbidden"],
  ["deploy", "packet/allowed-is-forbidden"],
  ["secrets/", "packet/allowed-is-forbidden"],
  ["sec*/x", "packet/allowed-is-forbidden"],
  [".github/", "packet/allowed-is-forbidden"],
  ["app/.github/", "packet/allowed-is-forbidden"],
  [".github/**", "packet/allowed-is-forbidden"],
  [".github/**/ci.yml", "packet/allowed-is-forbidden"],
  [".github/workflows/ci.yml", "packet/allowed-is-forbidden"],
  [".git/hooks/pre-commit", "packet/allowed-is-forbidden"],
  ["vendor/.git", "packet/allowed-is-forbidden"],
])("R029 the allowed path %j is refused as %s, in its own line and column", (path, code) => {
  expect(told(allowed(path))).toBe(`${code.replace("packet/", "")} 29:4`);
});

test("R029 an allowed folder that holds a forbidden one names the lines of both", () => {
  const text = allowed("src/").replace("- `.git/`", "- `.git/`\n- `src/secrets/`");
  expect(told(text)).toBe("allowed-is-forbidden 29:4");
  expect(refusalsOf(text)[0]?.facts).toEqual({ path: "src/", rule: "src/secrets/", line: 50 });
});

test.each([
  "src/",
  "docs/**",
  "src/*.py",
  "**/*.py",
  "lib/**/test_*.py",
  ".github/dependabot.yml",
  ".gitignore",
  "a-b_c.d",
  "été/x",
  "日本/x.py",
  "environment/x",
])("R029 the path %s may be allowed", (path) => {
  expect(refusalsOf(allowed(path))).toEqual([]);
});
