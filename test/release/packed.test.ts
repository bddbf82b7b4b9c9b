import { expect, test } from "vitest";

import { objectionsToPackage, PACKAGE_BOUNDS, type PackedFile } from "../../tools/packed.mjs";

const file = (path: string, size = 100): PackedFile => ({ path, size });

const GOOD: readonly PackedFile[] = [
  "bin/cto.mjs",
  "dist/build.json",
  "dist/index.js",
  "dist/index.d.ts",
  "dist/verifier/verify.js",
  "dist/verify.html",
  "dist/web/index.html",
  "integrations/hermes/mcp.yaml",
  "CHANGELOG.md",
  "LICENSE",
  "package.json",
  "README.md",
].map((path) => file(path));

test("a package of what a user runs and reads may be published", () => {
  expect(objectionsToPackage(GOOD, 1000)).toEqual([]);
});

test.each([
  ["dist/cli/main.test.js", "is a test"],
  ["dist/test/fakes/clock.js", "is a test"],
  ["dist/cli/main.ts", "is a source"],
  ["dist/web/main.tsx", "is a source"],
  ["dist/index.js.map", "is of the build"],
  ["dist/.env", "is hidden"],
  ["integrations/.npmrc", "is hidden"],
  ["dist/node_modules/left-pad/index.js", "is another package"],
  ["dist/harness.key", "is a key, a log or a store"],
  ["dist/id_ed25519", "is a key, a log or a store"],
  ["dist/ledger.db", "is a key, a log or a store"],
  ["src/index.js", "has no place in the package"],
  ["script/test", "has no place in the package"],
  ["docs/notes.md", "has no place in the package"],
])("a package with %s is refused", (path, why) => {
  expect(objectionsToPackage([...GOOD, file(path)], 1000)).toContain(`${path}: ${why}`);
});

test.each(["bin/cto.mjs", "dist/build.json", "dist/verifier/verify.js", "dist/web/index.html", "LICENSE"])(
  "a package without %s is refused",
  (path) => {
    const others = GOOD.filter((one) => one.path !== path);
    expect(objectionsToPackage(others, 1000)).toEqual([`${path}: is missing`]);
  },
);

test("a package that weighs too much is refused, packed and unpacked", () => {
  expect(objectionsToPackage(GOOD, PACKAGE_BOUNDS.packed + 1)).toEqual([
    `it weighs ${PACKAGE_BOUNDS.packed + 1} bytes packed`,
  ]);
  const heavy = [...GOOD, file("dist/large.js", PACKAGE_BOUNDS.unpacked)];
  expect(objectionsToPackage(heavy, 1000)).toEqual([`it weighs ${PACKAGE_BOUNDS.unpacked + 1200} bytes unpacked`]);
});
