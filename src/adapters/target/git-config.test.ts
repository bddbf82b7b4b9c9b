import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";

import { isOff, parseGitConfig } from "./git-config.ts";

const folder = mkdtempSync(join(tmpdir(), "cto-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

const parsed = (text: string) => parseGitConfig(Buffer.from(text));

const pairs = (text: string): unknown => {
  const config = parsed(text);
  return config.readable ? config.entries.map(({ key, value }) => [key, value]) : `line ${config.line}`;
};

/** What git itself reads: pairs, or undefined where it reads nothing. */
const byGit = (text: string): unknown => {
  const file = join(folder, "config");
  writeFileSync(file, text);
  try {
    const output = execFileSync("/usr/bin/git", ["config", "--file", file, "--no-includes", "--null", "--list"], {
      env: { PATH: "/usr/bin:/bin", HOME: folder, GIT_CONFIG_NOSYSTEM: "1" },
      cwd: "/",
      stdio: "pipe",
      encoding: "utf8",
    });
    const rows = output.split("\0").slice(0, -1);
    return rows.map((row) => {
      const at = row.indexOf("\n");
      return at < 0 ? [row, true] : [row.slice(0, at), row.slice(at + 1)];
    });
  } catch {
    return undefined;
  }
};

const AS_GIT: readonly string[] = [
  "[core]\n\tbare = false\n",
  "[Core]Bare=TRUE\n",
  "[core]\n\tbare\n\tflag = \n",
  '[remote "Origin x"]\n\turl = "a # b" ; comment\n',
  '[remote "a\\"b\\\\c"]\n\turl = x\n',
  "[branch.Main]\n\tmerge = y\n",
  "[a]\n\tb = one \\\n   two\n",
  '[a]\n\tb = one\\ttwo\\n\\"three\\\\\n',
  '[a]\n\tb = "  kept  "   dropped ? \n',
  "\ufeff[a]\r\n\tb = c\r\n",
  "# text\n; text\n[a] # text\n\tb = c# text\n",
  "[a]\n\tb = caf\u00e9\n",
  '[include "x"]\n\tpath = y\n[includeIf "gitdir:/x/"]\n\tpath = z\n',
];

test.each(AS_GIT)("%j is read as git reads it", (text) => {
  expect(pairs(text)).toEqual(byGit(text));
});

const UNREADABLE: readonly string[] = [
  "[core\n",
  "[]\n",
  "core]\n",
  '[a "b]\n',
  '[a "b"\n',
  '[a "b" ]\n',
  "[a b]\n",
  "[a_b]\n",
  "[a]\n\t1b = c\n",
  "[a]\n\tb c\n",
  '[a]\n\tb = "c\n',
  "[a]\n\tb = \\x\n",
  "[a]\n\t= b\n",
  "b = c\n",
  "[a]\n\tb = c\0d\n",
];

test.each(UNREADABLE)("%j is not readable", (text) => {
  expect(pairs(text)).toMatch(/^line \d$/);
});

test("whatever the reader takes, git takes in the same way, and it takes nothing that git does not", () => {
  const piece = fc.constantFrom(
    ...Array.from('[]"\\=#; \t\n\r.ab1-'),
    "[a]\n",
    '[a "b"]\n',
    "b = c\n",
    "include",
    "\\\n",
    "\\n",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join("");
      const ours = pairs(text);
      if (typeof ours !== "string") expect(ours).toEqual(byGit(text));
    }),
    { numRuns: 400 },
  );
});

test.each([
  ["false", true],
  ["No", true],
  ["0", true],
  ["", true],
  ["true", false],
  ["1", false],
  ["maybe", false],
])("the value %j counts as off: %j", (value, off) => {
  expect(isOff(value)).toBe(off);
});

test("a name without a value is on", () => {
  expect(isOff(true)).toBe(false);
});
