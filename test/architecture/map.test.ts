import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";

import { expect, test } from "vitest";

import { STAGES } from "../../src/workflow/stages.ts";
import { ROOT } from "./source.ts";

const page = readFileSync(posix.join(ROOT, "ARCHITECTURE.md"), "utf8");

/** Words in backticks that begin where something of the house could begin. */
const named = [...new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, word = ""]) => word))].filter((word) =>
  /^(?:src|test|docs|script|tools|bin|bench)\/|^[A-Z]+\.md$/.test(word),
);

test("the map names the house", () => {
  expect(named.length).toBeGreaterThan(50);
});

test.each(named)("%s, which the map names, exists", (path) => {
  expect(existsSync(posix.join(ROOT, path))).toBe(true);
});

const foldersIn = (folder: string): readonly string[] =>
  readdirSync(posix.join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${folder}/${name}/`);

const seams = readdirSync(posix.join(ROOT, "src/seams")).map((name) => `src/seams/${name}`);

test.each([...foldersIn("src"), ...foldersIn("src/workflow"), ...foldersIn("src/adapters"), ...seams])(
  "%s has its place on the map",
  (path) => {
    expect(named).toContain(path);
  },
);

test("the map draws the line in its order", () => {
  expect(page).toContain(STAGES.join(" -> "));
});

test("every test file that the map calls upon is one", () => {
  const kept = [...page.matchAll(/^\|[^|]+\|([^|]+)\|$/gm)].flatMap(([, cell = ""]) => [
    ...cell.matchAll(/`(test\/[^`]+|[^`]+\.test\.ts)`/g),
  ]);
  expect(kept.length).toBeGreaterThan(20);
  for (const [, path = ""] of kept) expect(path).toMatch(/^(?:src|test)\/.+\.(?:(?:test|engine|newcomer)\.ts|txt)$/);
});
