import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { parseOid, runId, workId, type Oid } from "../../workflow/ids.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import { openDoor } from "./door.ts";
import { layOver } from "./lay-over.ts";
import { importCommit, initialise } from "./ledger-clone.ts";
import { takeManifest } from "./manifest.ts";
import { closeWorkspace, layTree, openWorkspace } from "./workspace.ts";

let target: ScratchRepository;
let ledger = "";
let base: Oid;
let folder = "";

const OWN = process.getuid?.() ?? 0;

const oid = (text: string): Oid => {
  const parsed = parseOid(text.trim());
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

const taken = async (): Promise<Oid> => {
  const door = await openDoor(target.path, "main");
  await importCommit(ledger, door.gitDir, oid(target.git("rev-parse", "HEAD")));
  await door.close();
  return oid(target.git("rev-parse", "HEAD^{tree}"));
};

beforeAll(async () => {
  target = scratchRepository();
  target.sh("ln -s README.md link; mkdir -p d/e; echo 1 > d/e/f; echo 2 > d-g; git add -A; git commit -qm more");
  ledger = join(target.folder, "ledger.git");
  await initialise(ledger);
  base = await taken();
});
afterAll(() => target.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cto-over-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const changedBy = async (script: string): Promise<Workspace> => {
  target.sh(
    `git reset -q --hard; git checkout -q -B trial main; ${script}; git add -A; git commit -q --allow-empty -m x`,
  );
  const door = await openDoor(target.path, "trial");
  await importCommit(ledger, door.gitDir, oid(target.git("rev-parse", "HEAD")));
  await door.close();
  const tree = oid(target.git("rev-parse", "HEAD^{tree}"));
  target.sh("git checkout -q main");
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new Error("no work id");
  return openWorkspace(ledger, runId(work, 1), tree, "validation");
};

const manifestDigest = async (of: string): Promise<string> => (await takeManifest(of, { skip: () => false })).digest;

test.each([
  ["new bytes", "echo x >> README.md", []],
  ["a new file in a new folder", "mkdir -p n/m; echo x > n/m/o", []],
  ["a file that is gone", "rm src/other.py", ["src/other.py"]],
  ["a folder that is gone, and its neighbour of a like name", "rm -r d", ["d"]],
  ["a file that became a folder", "rm README.md; mkdir README.md; echo x > README.md/x", ["README.md"]],
  ["a folder that became a file", "rm -r d; echo x > d", ["d"]],
  ["a folder that became a link", "rm -r d; ln -s src d", ["d"]],
  ["a file that became a link", "ln -sf src/other.py README.md", ["README.md"]],
  ["a link that became a file", "rm link; echo x > link", ["link"]],
  ["a link that leads elsewhere", "ln -sf /etc/passwd link", ["link"]],
  ["an executable bit", "chmod +x README.md", ["README.md"]],
  ["a lost executable bit with new bytes", "chmod +x src/other.py; echo x >> src/other.py", ["src/other.py"]],
])("%s comes out of the shared checkout as a private one would hold it", async (_, script, gone) => {
  const workspace = await changedBy(script);
  const over = await layOver(workspace, base, join(folder, "shelf"), OWN);
  if (over === "nothing") throw new Error("something differs");
  expect(over.gone).toEqual(gone);
  const [whole, merged] = [join(folder, "whole"), join(folder, "merged")];
  await layTree(ledger, workspace.tree, whole, OWN);
  await layTree(ledger, base, merged, OWN);
  writeFileSync(join(folder, "gone"), over.gone.map((path) => `${path}\0`).join(""));
  const apply = `umask 022; cd "$1"; xargs -0 -r rm -rf -- < "$2/gone"; cp -RP "$3/." .`;
  execFileSync("/bin/sh", ["-ec", apply, "sh", merged, folder, over.folder]);
  expect(await manifestDigest(merged)).toBe(await manifestDigest(whole));
});

test("what is laid over is as small as the change, and gone when the workspace is closed", async () => {
  const workspace = await changedBy("echo x >> d/e/f");
  const over = await layOver(workspace, base, folder, OWN);
  if (over === "nothing") throw new Error("something differs");
  const { entries } = await takeManifest(over.folder, { skip: () => false });
  expect(entries.map(({ path }) => path)).toEqual(["d", "d/e", "d/e/f"]);
  await closeWorkspace(workspace, folder);
  expect(lstatSync(over.folder, { throwIfNoEntry: false })).toBeUndefined();
});

test("over the base itself nothing is laid", async () => {
  const workspace = { ...(await changedBy("true")), tree: base };
  expect(await layOver(workspace, base, folder, OWN)).toBe("nothing");
});

test("a name that cannot be told to a stage is a failure and never left out", async () => {
  target.sh("printf x > \"$(printf 'b\\377')\"; git add -A; git commit -qm bytes");
  const odd = await taken();
  target.sh("git reset -q --hard HEAD~1");
  const workspace = { ...(await changedBy("true")), tree: base };
  await expect(layOver(workspace, odd, folder, OWN)).rejects.toMatchObject({ code: "target/unreadable" });
});
