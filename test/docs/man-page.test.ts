import { spawnSync } from "node:child_process";

import { expect, test } from "vitest";

import { buildApp } from "../../src/cli/app.ts";
import { manPage } from "../../tools/docs/man-page.ts";

const root = buildApp().root;
const NAMES = "getAllEntries" in root ? root.getAllEntries().map(({ name }) => name.original) : [];

test("the man page names every command, exit code and variable", () => {
  const text = manPage();
  for (const name of NAMES) expect(text).toMatch(new RegExp(`^\\.SS cto ${name.replaceAll("-", "\\\\-")}`, "m"));
  expect(text).toMatch(/\.B 130\nStopped/);
  expect(text).toContain(".B CTO_HARNESS_ALLOW_CASE\n");
  expect(text).not.toContain("undefined");
});

test("man renders the page of the package without a warning", () => {
  const found = spawnSync("man", ["--warnings", "-E", "UTF-8", "-l", "-P", "cat", "man/cto.1"], {
    encoding: "utf8",
    env: { ...process.env, MANWIDTH: "120", LC_ALL: "C.UTF-8" },
  });
  if (found.error !== undefined) {
    process.stderr.write("SKIPPED  the man page as man renders it: there is no man here\n");
    return;
  }
  expect(found).toMatchObject({ status: 0, stderr: "" });
  expect(found.stdout).toContain("cto packet lint");
  expect(found.stdout).toContain("cto approve CTO-WORK-049 --key ~/.ssh/id_ed25519_sk");
});
