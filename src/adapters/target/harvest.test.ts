import { execFileSync } from "node:child_process";
import { linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { filesIn } from "../../../test/repositories/confine.ts";
import { openOverlay, overlayHere, type Overlay } from "../../../test/repositories/overlay.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import type { StageFiles } from "../../seams/sandbox.ts";
import { digestOf } from "../../workflow/digest.ts";
import { parseOid, runId, workId, type Oid } from "../../workflow/ids.ts";
import type { Changes } from "../../workflow/policy/changes.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import { GIT_NOT_FINISHED } from "./disagreements.ts";
import { openDoor } from "./door.ts";
import { harvest } from "./harvest.ts";
import { importCommit, initialise } from "./ledger-clone.ts";
import { blobOf } from "./manifest.ts";
import { parseGitChanges } from "./second-detector.ts";
import { manifestOf } from "./workspace-digest.ts";
import { layPrivate, openWorkspace } from "./workspace.ts";

type Mode = "a folder" | "an overlay";

let folder = "";
let ledger = "";
let target: ScratchRepository;
let workspace: Workspace;
let files: StageFiles;
let overlay: Overlay | undefined;

const oid = (text: string): Oid => {
  const parsed = parseOid(text.trim());
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

beforeAll(async () => {
  target = scratchRepository();
  target.sh("ln -s README.md link; printf '* text=auto\\n' > .gitattributes; git add -A; git commit -qm links");
  ledger = join(target.folder, "ledger.git");
  await initialise(ledger);
  const door = await openDoor(target.path, "main");
  await importCommit(ledger, door.gitDir, oid(target.git("rev-parse", "HEAD")));
  await door.close();
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new Error("no work id");
  const tree = oid(target.git("rev-parse", "HEAD^{tree}"));
  workspace = await openWorkspace(ledger, runId(work, 1), tree, "agent");
});
afterAll(() => target.remove());

const prepare = async (mode: Mode): Promise<void> => {
  folder = mkdtempSync(join(tmpdir(), "cto-harvest-"));
  const laid = await layPrivate(workspace, join(folder, "workspaces"), process.getuid?.() ?? 0);
  if (mode === "an overlay") overlay = await openOverlay({ base: laid.folder, ledger, room: folder });
  files = overlay?.files ?? filesIn(laid.folder, ledger);
};
afterEach(() => {
  overlay?.close();
  overlay = undefined;
  if (folder !== "") rmSync(folder, { recursive: true, force: true });
  folder = "";
});

const contents = (): string => join(folder, "contents");
const reap = (): Promise<Changes> => harvest(workspace, files, contents());
const agent = (script: string): void => {
  if (overlay !== undefined) return overlay.run(script);
  execFileSync("/bin/bash", ["-ec", script], {
    cwd: files.folder,
    stdio: "pipe",
    env: { PATH: "/usr/bin:/bin", HOME: folder },
  });
};
const lines = ({ changes }: Changes): string[] => changes.map(({ path, kind }) => `${kind} ${path}`);

type Row = readonly [what: string, script: string, changes: readonly string[]];

const AGREED: readonly Row[] = [
  ["a new file", "echo 1 > src/extra.py", ["added src/extra.py"]],
  ["a new file in new folders", "mkdir -p a/b; echo 1 > a/b/c", ["added a/b/c"]],
  ["a deletion", "rm src/other.py", ["deleted src/other.py"]],
  [
    "a rename, as a deletion and an addition",
    "mv src/other.py src/moved.py",
    ["added src/moved.py", "deleted src/other.py"],
  ],
  ["a folder that is gone", "rm -r deploy", ["deleted deploy/run.sh"]],
  [
    "everything gone",
    "rm -rf -- * .gitattributes",
    [
      "deleted .gitattributes",
      "deleted README.md",
      "deleted deploy/run.sh",
      "deleted link",
      "deleted src/other.py",
      "deleted src/strings.py",
    ],
  ],
  ["an executable bit", "chmod +x README.md", ["mode README.md"]],
  ["a mode that git does not hold", "chmod 600 README.md; chmod 1755 src", ["mode README.md", "mode src"]],
  ["a set-id bit", "chmod u+s README.md", ["mode README.md"]],
  [
    "a file that became a link",
    "cp README.md /tmp/x-$$; ln -sf src/other.py README.md; rm /tmp/x-$$",
    ["retyped README.md"],
  ],
  ["a link that became a file", "rm link; echo x > link", ["retyped link"]],
  ["a link that leads elsewhere", "ln -sf /etc/passwd link", ["modified link"]],
  [
    "a folder that became a link",
    "mv src /tmp/src-$$; ln -s /tmp/src-$$ src",
    ["retyped src", "deleted src/other.py", "deleted src/strings.py"],
  ],
  [
    "a file that became a folder",
    "rm README.md; mkdir README.md; echo x > README.md/x",
    ["retyped README.md", "added README.md/x"],
  ],
  ["a hard link", "ln src/other.py src/twin.py", ["modified src/other.py", "added src/twin.py"]],
  ["an empty folder", "mkdir -p e/f", ["added e", "added e/f"]],
  ["a folder with a sticky bit", "mkdir -m 1777 s; echo x > s/x", ["added s", "added s/x"]],
  ["a named pipe", "mkfifo pipe", ["added pipe"]],
  ["a socket", "perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0); bind(S, sockaddr_un(\"sock\"))'", ["added sock"]],
  [
    "files hidden by a new ignore file",
    "printf '*\\n' > src/.gitignore; echo x > src/evil",
    ["added src/.gitignore", "added src/evil"],
  ],
  [
    "a repository of the agent at the root",
    "git init -q; rm -rf .git/[a-z]*; echo x >> README.md",
    ["added .git/HEAD", "modified README.md"],
  ],
  [
    "a case twin",
    "echo x > src/Strings.py; echo x > 'src/strings.py '",
    ["added src/Strings.py", "added src/strings.py "],
  ],
  ["names that are not UTF-8", "echo x > $'a\\377'; echo x > $'b\\nc'", ["added a\\xff", "added b\nc"]],
  ["line endings under text=auto", "printf '# Sample\\r\\n' > README.md", ["modified README.md"]],
  [
    "attributes with a filter and ident",
    "printf '* filter=x ident\\n' > .gitattributes; printf '$Id: x $' > README.md",
    ["modified .gitattributes", "modified README.md"],
  ],
];

const DISAGREED: readonly Row[] = [
  [
    "a nested repository with a commit",
    "git init -q n; cd n; echo x > y; git add y; git -c user.name=a -c user.email=a@b commit -qm x",
    ["n", "n/y"],
  ],
  ["a nested repository without a commit", "git init -q n; echo x > n/y", [GIT_NOT_FINISHED]],
  ["a tracked file that became a named pipe", "rm README.md; mkfifo README.md", [GIT_NOT_FINISHED]],
  ["a disguise of .git", "echo x > 'git~1'", [GIT_NOT_FINISHED]],
];

const room = mkdtempSync(join(tmpdir(), "cto-overlay-"));
const here = await overlayHere({ base: room, ledger: room, room });
rmSync(room, { recursive: true, force: true });
const MODES: readonly Mode[] = here === "there is one" ? ["a folder", "an overlay"] : ["a folder"];

test.each(MODES.includes("an overlay") ? [] : [here])("NOTHING of the harvest by journal is tried here: %s", (why) => {
  expect(why).toMatch(/^no overlay here: /);
});

describe.each(MODES)("over %s", (mode) => {
  beforeEach(() => prepare(mode));

  test("an untouched workspace has no change, and both detectors say so", async () => {
    const changes = await reap();
    // Over a checkout that nobody can have written there is nothing to read.
    const read = mode === "a folder" ? 5 : 0;
    expect(changes).toMatchObject({ changes: [], disagreements: [], files: read, contents: contents() });
    expect(changes.harvest).toBe(digestOf(`tree ${workspace.tree}\0`));
    expect(readdirSync(contents())).toEqual([]);
  });

  test("a changed file is told of before and after, its new content kept by digest", async () => {
    agent("printf 'new\\n' > src/strings.py");
    const { changes, disagreements } = await reap();
    const was = "def slugify(text):\n    return text\n";
    const both = { path: "src/strings.py", utf8: true, type: "f", mode: 0o644, nlink: 1 };
    expect(disagreements).toEqual([]);
    expect(changes).toEqual([
      {
        path: "src/strings.py",
        utf8: true,
        kind: "modified",
        before: { ...both, size: was.length, sha256: digestOf(was), blob: blobOf(Buffer.from(was)) },
        after: { ...both, size: 4, sha256: digestOf("new\n"), blob: blobOf(Buffer.from("new\n")) },
      },
    ]);
    expect(readdirSync(contents())).toEqual([digestOf("new\n")]);
    expect(readFileSync(join(contents(), digestOf("new\n")), "utf8")).toBe("new\n");
  });

  test.each(AGREED)("%s is seen, and git agrees where it can see (R089, R090)", async (_, script, expected) => {
    agent(script);
    const changes = await reap();
    expect(lines(changes)).toEqual(expected);
    expect(changes.disagreements).toEqual([]);
  });

  test("git's own flags, times and monitors hide nothing, since the ledger's index knows none of them", async () => {
    const was = readFileSync(join(files.folder, "src/other.py"));
    agent("cp -p src/other.py ../stamp; printf 'EVIL_ = 1\\n' > src/other.py; touch -r ../stamp src/other.py");
    expect(readFileSync(join(files.folder, "src/other.py")).length).toBe(was.length);
    expect(lines(await reap())).toEqual(["modified src/other.py"]);
  });

  test.each(DISAGREED)("%s sets the detectors at odds, which clears nothing", async (_, script, expected) => {
    agent(script);
    const { changes, disagreements } = await reap();
    expect(disagreements).toEqual(expected);
    expect(changes.length).toBeGreaterThan(0);
  });

  test("nothing of a repository that the agent made runs while it is looked at", async () => {
    const ran = join(folder, "ran");
    agent(`git init -q; git config core.fsmonitor 'touch ${ran}'; git config filter.x.clean 'touch ${ran}'; printf '* filter=x\\n' > .gitattributes
    for h in post-index-change pre-commit fsmonitor-watchman; do printf '#!/bin/sh\\ntouch ${ran}\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done`);
    const changes = await reap();
    expect(changes.disagreements).toEqual([]);
    expect(lines(changes)).toContain("added .git/config");
    expect(readdirSync(folder)).not.toContain("ran");
  });

  test("git can write nothing but its stage: ledger and workspace stay as they are", async () => {
    agent("head -c 100000 /dev/urandom > big");
    const objects = (): string => execFileSync("/usr/bin/find", [ledger, "-type", "f"], { encoding: "utf8" });
    const before = [objects(), await manifestOf(files)];
    await reap();
    expect([objects(), await manifestOf(files)]).toEqual(before);
  });

  test.each([
    ["manifest-depth", "for i in $(seq 70); do mkdir d; cd d; done"],
    ["manifest-file-bytes", "truncate -s 300M huge"],
    ["manifest-total-bytes", "for i in 1 2 3 4 5 6 7 8 9; do truncate -s 256M huge$i; done"],
    ["manifest-path-bytes", "n=$(printf 'n%.0s' $(seq 250)); mkdir -p $n/$n/$n/$n/$n"],
    ["harvest-changes", "for i in $(seq 5100); do : > f$i; done"],
  ])("a harvest that meets %s says so by name and tells of nothing else", async (limit, script) => {
    agent(script);
    expect(await reap()).toMatchObject({ limit, changes: [], disagreements: [] });
  });

  test("a detector that is silent because its confinement ended is no answer", async () => {
    agent("echo x > src/strings.py");
    const silent = await harvest(workspace, { ...files, examine: async () => new Uint8Array() }, contents());
    expect(silent.disagreements).toEqual([GIT_NOT_FINISHED]);
  });

  test("a change that git tells of and the manifest does not is a disagreement", async () => {
    const row = `:100644 100644 ${"a".repeat(40)} ${"b".repeat(40)} M\0README.md\0ended 0`;
    const { disagreements } = await harvest(workspace, { ...files, examine: async () => Buffer.from(row) }, contents());
    expect(disagreements).toEqual(["README.md"]);
  });
});

test("a hard link to a file outside the workspace is seen by its link count", async () => {
  await prepare("a folder");
  writeFileSync(join(folder, "secret"), "x");
  linkSync(join(folder, "secret"), join(files.folder, "src/extra.py"));
  const { changes } = await reap();
  expect(changes).toMatchObject([{ path: "src/extra.py", kind: "added", after: { nlink: 2 } }]);
});

test.each([
  ["nothing", ""],
  ["an error", "ended 128"],
  ["a row without its end", ":100644 100644 " + "a".repeat(40) + " " + "b".repeat(40) + " M\0x\0"],
  ["a row that is none", "x\0y\0ended 0"],
  [
    "a status that git does not make here",
    ":100644 100644 " + "a".repeat(40) + " " + "b".repeat(40) + " R100\0x\0ended 0",
  ],
  ["a word after the end", "ended 0 "],
])("%s is no answer of the second detector", (_, output) => {
  expect(parseGitChanges(Buffer.from(output))).toBe("not-finished");
});
