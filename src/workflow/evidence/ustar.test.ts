import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import { tarEnd, tarHeader, tarPadding } from "./ustar.ts";

const LONG = `bundles/R-049-01/${"deep/".repeat(20)}${"n".repeat(90)}`;
const FILES = new Map<string, string>([
  ["SHA256SUMS", "x"],
  ["a/empty", ""],
  ["a/block", "b".repeat(512)],
  [LONG, "long\n"],
]);

test("the system's tar unpacks what was written, byte for byte, plain and without an owner or a time", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "cto-ustar-"));
  try {
    const parts = [...FILES].flatMap(([name, text]) => {
      const bytes = Buffer.from(text);
      return [tarHeader({ path: name, size: bytes.length }), bytes, tarPadding(bytes.length)];
    });
    writeFileSync(path.join(folder, "x.tar"), Buffer.concat([...parts, tarEnd()]));
    execFileSync("tar", ["-xf", "x.tar"], { cwd: folder });
    for (const [name, text] of FILES) expect(readFileSync(path.join(folder, name), "utf8")).toBe(text);
    const listed = execFileSync("tar", ["-tvf", "x.tar", "--utc", "--numeric-owner"], {
      cwd: folder,
      encoding: "utf8",
    });
    for (const line of listed.trimEnd().split("\n")) expect(line).toMatch(/^-rw-r--r-- 0\/0 +\d+ 1970-01-01 00:00/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each(["", "a\n", "ä", "n".repeat(101), `${"d".repeat(156)}/n`])(
  "a name that no tar of ours can hold is a bug: %j",
  (name) => {
    expect(() => tarHeader({ path: name, size: 0 })).toThrow(TypeError);
  },
);
