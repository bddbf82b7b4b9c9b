import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { openOverlay, overlayHere, type Overlay } from "../../../test/repositories/overlay.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import type { StageFiles } from "../../seams/sandbox.ts";
import { parseOid, runId, workId, type Oid } from "../../workflow/ids.ts";
import type { Changes } from "../../workflow/policy/changes.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import { openDoor } from "./door.ts";
import { harvest } from "./harvest.ts";
import { readJournal, type Journal } from "./journal.ts";
import { importCommit, initialise } from "./ledger-clone.ts";
import { changesByGit } from "./second-detector.ts";
import { layersOf } from "./upper-layer.ts";
import { manifestOf } from "./workspace-digest.ts";
import { layTree, openWorkspace } from "./workspace.ts";

let target: ScratchRepository;
let workspace: Workspace;
let room = "";
let overlay: Overlay;

const oid = (text: string): Oid => {
  const parsed = parseOid(text.trim());
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

beforeAll(async () => {
  target = scratchRepository();
  const ledger = join(target.folder, "ledger.git");
  await initialise(ledger);
  const door = await openDoor(target.path, "main");
  await importCommit(ledger, door.gitDir, oid(target.git("rev-parse", "HEAD")));
  await door.close();
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new Error("no work id");
  workspace = await openWorkspace(ledger, runId(work, 1), oid(target.git("rev-parse", "HEAD^{tree}")), "agent");
});
afterAll(() => target.remove());

const enter = async (): Promise<void> => {
  room = mkdtempSync(join(tmpdir(), "cto-journal-"));
  const base = join(room, "base");
  await layTree(workspace.ledger, workspace.tree, base, process.getuid?.() ?? 0);
  overlay = await openOverlay({ base, ledger: workspace.ledger, room });
};
const leave = (): void => {
  overlay.close();
  rmSync(room, { recursive: true, force: true });
};

const journal = (): Promise<Journal> => {
  const { folder, journal: upper } = overlay.files;
  return readJournal(layersOf(folder, upper ?? ""), workspace.ledger, workspace.tree);
};
const paths = (all: readonly { readonly path: string }[]): readonly string[] => all.map(({ path }) => path).sort();
const places = (all: readonly Buffer[]): readonly string[] => all.map(String).sort();
const reap = (): Promise<Changes> => harvest(workspace, overlay.files, join(room, "contents"));
const kinds = ({ changes }: Changes): readonly string[] => changes.map(({ path, kind }) => `${kind} ${path}`);

const trial = mkdtempSync(join(tmpdir(), "cto-overlay-"));
const here = await overlayHere({ base: trial, ledger: trial, room: trial });
rmSync(trial, { recursive: true, force: true });

test("a journal is read from a real overlay, or this machine has none and says why", () => {
  expect(here).toMatch(/^there is one$|^no overlay here: /);
});

test("more places than a program takes as arguments are no answer, and nothing is started", async () => {
  const files: StageFiles = {
    folder: room,
    journal: undefined,
    examine: () => Promise.reject(new Error("something was started")),
  };
  const places = Array.from({ length: 5000 }, (_, at) => Buffer.from(`${at}-${"long".repeat(60)}`));
  expect(await changesByGit(workspace.tree, files, places)).toBe("not-finished");
});

describe.each(here === "there is one" ? ["a real overlay"] : [])("%s", () => {
  beforeEach(enter);
  afterEach(leave);

  test("an untouched workspace has an empty journal: nothing is walked, nothing is read", async () => {
    expect(await journal()).toEqual({ found: [], base: [], places: [], disagreements: [] });
  });

  test("what was written is found, what is gone is held against the base, all else is left alone", async () => {
    overlay.run("echo x >> src/strings.py; mkdir -p n/m; echo x > n/m/o; rm -r deploy");
    const { found, base, places: told, disagreements } = await journal();
    expect(paths(found)).toEqual(["n", "n/m", "n/m/o", "src", "src/strings.py"]);
    expect(paths(base)).toEqual(["deploy", "deploy/run.sh", "src", "src/strings.py"]);
    expect(places(told)).toEqual(["deploy", "n", "src/strings.py"]);
    expect(disagreements).toEqual([]);
  });

  test("a folder that was removed and made again hides nothing of what was in it", async () => {
    overlay.run("rm -r src; mkdir src; echo x > src/new.py");
    const changes = await reap();
    expect(kinds(changes)).toEqual(["added src/new.py", "deleted src/other.py", "deleted src/strings.py"]);
    expect(changes.disagreements).toEqual([]);
  });

  test("a folder that was moved is a deletion and an addition of all it holds", async () => {
    overlay.run("mv src moved");
    const changes = await reap();
    expect(kinds(changes)).toEqual([
      "added moved/other.py",
      "added moved/strings.py",
      "deleted src/other.py",
      "deleted src/strings.py",
    ]);
    expect(changes.disagreements).toEqual([]);
  });

  test("a file that was only touched is looked at and is no change", async () => {
    overlay.run("touch src/strings.py; chmod 600 README.md; chmod 644 README.md; ln README.md twin; rm twin");
    const changes = await reap();
    expect([kinds(changes), changes.disagreements, changes.files]).toEqual([[], [], 2]);
  });

  test("a file that came and went leaves no change", async () => {
    overlay.run("echo x > src/new.py; rm src/new.py; mkdir e; rmdir e");
    expect(await reap()).toMatchObject({ changes: [], disagreements: [] });
  });

  // Nobody inside a stage reaches the layers; these hold when something of the stage itself is not as it should be.
  test.each([
    ["an entry that the merged view does not show", "umount ws; touch up/planted", ["planted"]],
    [
      "a written file that reads otherwise",
      "echo x > ws/README.md; umount ws; cp -p base/README.md ws/",
      ["README.md"],
    ],
    ["a folder that is a file below", "mkdir ws/n; umount ws; echo x > ws/n", ["n"]],
    ["a whiteout of what is still shown", "rm ws/README.md; umount ws; cp -p base/README.md ws/", ["README.md"]],
  ])("%s is a disagreement, which clears nothing", async (_, script, expected) => {
    overlay.tamper(`${script}; cp -an base/. ws/`);
    const { disagreements } = await journal();
    expect(disagreements).toEqual(expect.arrayContaining(expected));
    expect((await reap()).disagreements.length).toBeGreaterThan(0);
  });

  test.each([
    ["a mode that the journal does not name", "chmod 755 ws/README.md", ["README.md"]],
    ["a type that the journal does not name", "rm ws/README.md; ln -s src ws/README.md", ["README.md"]],
    ["a second name that the journal does not name", "ln ws/README.md twin", ["README.md"]],
    ["a file that neither journal nor base names", "echo x > ws/planted", ["planted"]],
  ])("%s is a disagreement, which clears nothing", async (_, script, expected) => {
    overlay.tamper(`umount ws; cp -a base/. ws/; ${script}`);
    expect((await journal()).disagreements).toEqual(expected);
    expect((await reap()).disagreements).toEqual(expect.arrayContaining(expected));
  });

  test("a path that vanished without a word of the journal is a deletion, never unchanged", async () => {
    overlay.tamper("umount ws; cp -a base/. ws/; rm ws/src/other.py; touch up/README.md; mkdir up/src");
    expect(kinds(await reap())).toContain("deleted src/other.py");
  });

  test.each([
    ["new bytes", "echo x >> README.md"],
    ["a mode", "chmod +x README.md"],
    ["a new name", "mkdir n"],
    ["a missing file", "rm README.md"],
    ["an emptied folder", "rm -r src; mkdir src"],
    ["a file written before and now gone", "rm src/laid.py"],
  ])("the digest of a laid workspace tells of %s", async (_, script) => {
    overlay.run("echo laid > src/laid.py; echo x >> src/strings.py; rm deploy/run.sh");
    const before = await manifestOf(overlay.files);
    expect(await manifestOf(overlay.files)).toBe(before);
    overlay.run(script);
    expect(await manifestOf(overlay.files)).not.toBe(before);
  });

  test("a workspace laid in the same way has the same digest", async () => {
    const lay = "mkdir -p n; echo laid > n/laid.py; rm deploy/run.sh; chmod +x README.md";
    overlay.run(lay);
    const before = await manifestOf(overlay.files);
    leave();
    await enter();
    overlay.run(lay);
    expect(await manifestOf(overlay.files)).toBe(before);
  });

  test("layers that disagree have no digest", async () => {
    overlay.tamper("umount ws; cp -a base/. ws/; touch up/planted");
    await expect(manifestOf(overlay.files)).rejects.toMatchObject({ code: "target/unreadable" });
  });
});
