import { readdirSync, readFileSync } from "node:fs";

import type { Command, RouteMap } from "@stricli/core";
import { expect, test } from "vitest";

import { buildApp } from "../../src/cli/app.ts";
import type { Parsing } from "../../src/cli/context.ts";
import { mismatch, stepsOf } from "./tutorial-page.ts";

test.each<readonly [string, string, string, boolean]>([
  ["the same lines", "a\nb\n", "a\nb\n", true],
  ["nothing and nothing", "", "", true],
  ["something where nothing is said", "", "a\n", false],
  ["nothing where something is said", "a\n", "", false],
  ["a word that differs", "PASS here\n", "FAIL here\n", false],
  ["a mark within a line", "took … s\n", "took 3.1 s\n", true],
  ["a mark at the end", "commit …\n", "commit 41475fd\n", true],
  ["a mark that would have to span lines", "a…b\n", "a\nb\n", false],
  ["a line of the mark for many lines", "a\n…\nz\n", "a\nb\nc\nz\n", true],
  ["a line of the mark for none", "a\n…\nz\n", "a\nz\n", true],
  ["another order", "a\nb\n", "b\na\n", false],
  ["a line more at the end", "a\n", "a\nb\n", false],
  ["a line more between", "a\nb\n", "a\nx\nb\n", false],
  ["what a pattern would take for itself", "a.c (x)\n", "abc (x)\n", false],
  ["blanks at the end of a line", "a\n", "a  \n", true],
])("a page is held to what is printed: %s", (_, said, printed, fits) => {
  expect(mismatch(said, printed) === undefined).toBe(fits);
});

test("a page's blocks are its commands, their exit and what they print", () => {
  const page =
    "# T\n\n```sh exit=3\ncto gate\n```\n\n```text\nblock\n```\n\n```sh\ntrue\n```\n\nx\n\n```yaml\na: 1\n```\n";
  expect(stepsOf(page)).toEqual([
    { line: 3, commands: "cto gate\n", exit: 3, expected: "block\n" },
    { line: 11, commands: "true\n", exit: 0, expected: "" },
  ]);
});

type Target = Command<Parsing> | RouteMap<Parsing>;
const root: Target = buildApp().root;

/** Whether the words after `cto` begin with a command. */
const isCommand = (words: readonly string[], target: Target = root): boolean => {
  if (!("getAllEntries" in target)) return true;
  const [word, ...rest] = words;
  const found = target.getAllEntries().find(({ name }) => name.original === word);
  return found !== undefined && isCommand(rest, found.target);
};

const PAGES = readdirSync("docs", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md") && !name.startsWith("adr/"))
  .concat("../README.md");

test("every command that a page gives in its blocks is one of ours", () => {
  const given = PAGES.flatMap((name) =>
    [...readFileSync(`docs/${name}`, "utf8").matchAll(/^ *```(?:sh|console|)[^\n]*\n(.*?)^ *```$/gms)].flatMap(
      ([, block = ""]) =>
        [...block.matchAll(/(?:^|\$ |&& |\| |[A-Z_]+=\S+ )\s*cto ([a-z][a-z -]*)/gm)].map(
          ([, words = ""]) => [name, words] as const,
        ),
    ),
  );
  expect(given.length).toBeGreaterThan(60);
  expect(given.filter(([, words]) => !isCommand(words.trim().split(" ")))).toEqual([]);
  expect(isCommand(["packet", "approve"])).toBe(false);
  expect(isCommand(["aprove"])).toBe(false);
});
