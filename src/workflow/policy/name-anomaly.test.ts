import { expect, test } from "vitest";

import { nameAnomaly } from "./name-anomaly.ts";

test.each([
  ["src/e\u0301.py", "normal form"],
  ["src/\u200B.py", "zero-width"],
  ["src/a\u202Egpj.py", "bidirectional"],
  ["src/a\nb.py", "control"],
  ["src/\u001B[2J.py", "control"],
  ["src/a\u2028b.py", "control"],
  ["src/\u00AD.py", "zero-width"],
  ["src/\u{E0041}.py", "zero-width"],
  ["src/\uE000.py", "control"],
  ["src/\u0378.py", "control"],
  ["src\\strings.py", "backslash"],
  ["src/strings.py ", "space"],
  [" src/strings.py", "space"],
  ["src /strings.py", "space"],
  ["src/\u00A0a.py", "space"],
  [`src/${"a".repeat(256)}`, "255 bytes"],
  [`src/${"\u00E9".repeat(128)}`, "255 bytes"],
])("R090 %j is told as unusual", (path, says) => {
  expect(nameAnomaly(path)).toContain(says);
});

test.each([
  "src/strings.py",
  ".gitignore",
  "src/\u00E9t\u00E9.py",
  "docs/\u65E5\u672C.md",
  "a b.py",
  "x~1",
  `src/${"a".repeat(255)}`,
])("%j is a usual name", (path) => {
  expect(nameAnomaly(path)).toBeUndefined();
});
