import { existsSync, readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { GENERATED_FOLDERS, generatedFiles } from "../../tools/docs/generated.ts";

const drawn = generatedFiles();

test.each([...drawn])("%s is as the code draws it", (path, text) => {
  expect(existsSync(path) ? readFileSync(path, "utf8") : "", "run: npm run docs").toBe(text);
});

test.each(GENERATED_FOLDERS)("nothing but drawn files lies in %s", (folder) => {
  const there = readdirSync(folder).map((name) => `${folder}/${name}`);
  expect(there.toSorted()).toEqual([...drawn.keys()].filter((path) => path.startsWith(`${folder}/`)).toSorted());
});

test("every command of the first page and every code has its place in the reference", () => {
  const text = [...drawn.values()].join("\n");
  for (const heading of [
    "## cto approve\n",
    "## cto packet lint\n",
    "#### gate/env-not-set\n",
    "### CTO_HARNESS_CASE_BIN\n",
  ])
    expect(text).toContain(heading);
});
