import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { runId, workId } from "../../workflow/ids.ts";
import { forgetRun, forgetWorkspace } from "./forget-run.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cto-forget-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const work = workId("CTO-WORK-049");
if (work === undefined) throw new Error("no work id");

test("a sealed run leaves no contents and no workspaces, and every other run keeps its own", async () => {
  for (const name of ["R-049-01-agent-aa", "R-049-01-validation-bb", "R-049-011-agent-cc", "R-049-02-agent-dd"]) {
    for (const shelf of ["contents", "workspaces"]) {
      mkdirSync(join(folder, shelf, name), { recursive: true });
      writeFileSync(join(folder, shelf, name, "x"), "");
    }
  }
  await forgetRun(folder, runId(work, 1));
  for (const shelf of ["contents", "workspaces"]) {
    expect(readdirSync(join(folder, shelf)).sort()).toEqual(["R-049-011-agent-cc", "R-049-02-agent-dd"]);
  }
  await forgetRun(folder, runId(work, 1));
});

test("a run that came to no workspace leaves nothing to forget", async () => {
  await forgetRun(join(folder, "nowhere"), runId(work, 1));
  expect(readdirSync(folder)).toEqual([]);
});

test("what one workspace leaves is removed, and nothing of another one of the same run", async () => {
  for (const name of ["R-049-00-agent-aa", "R-049-00-agent-aab"])
    for (const shelf of ["contents", "workspaces"]) mkdirSync(join(folder, shelf, name), { recursive: true });
  await forgetWorkspace(folder, "R-049-00-agent-aa");
  for (const shelf of ["contents", "workspaces"])
    expect(readdirSync(join(folder, shelf))).toEqual(["R-049-00-agent-aab"]);
});
