import { spawnSync } from "node:child_process";
import { lstat, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { workId } from "../../src/workflow/ids.ts";
import { packetPath, writePacket } from "../../src/workflow/packet/write-packet.ts";
import { packetFields } from "../journeys/ground.ts";
import { jsonOf, runCto, type Said } from "./cli.ts";

let root = "";
let home = "";
beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "cto-hook-")));
  home = path.join(root, "home");
  await makeKey(path.join(root, "owner"), "owner");
  await mkdir(path.join(root, "bin"));
  const program = path.join(import.meta.dirname, "../journeys/cto.ts");
  await writeFile(path.join(root, "bin/cto"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, {
    mode: 0o755,
  });
  await mkdir(home);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const HOOK = ".git/hooks/pre-commit";
const at = (file: string): string => path.join(home, file);
const init = (...flags: readonly string[]): Promise<Said> =>
  runCto(["init", "home", "--owner", "jp", "--key", "owner.pub", ...flags], { cwd: root });

/** git as a person has it, with or without cto on the PATH. */
const git = (argv: readonly string[], ctoOn: "path" | "nowhere" = "path") => {
  const PATH = ctoOn === "path" ? `${path.join(root, "bin")}:/usr/bin:/bin` : "/usr/bin:/bin";
  const { status, stdout, stderr } = spawnSync("git", ["-C", home, ...argv], {
    encoding: "utf8",
    env: { PATH, HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
  });
  return { status, said: `${stdout}${stderr}` };
};
const commit = (ctoOn: "path" | "nowhere" = "path") =>
  git(["-c", "user.name=jp", "-c", "user.email=jp@x", "commit", "-q", "-m", "m"], ctoOn);

const packetText = (): string => {
  const work = workId("CTO-WORK-001");
  if (work === undefined) throw new Error("an id");
  return writePacket({ ...packetFields(path.join(root, "target"), work), name: "cto-one-approval-packet" });
};
const PACKET = packetPath("cto-one-approval-packet");

test("with --hook a commit of a packet with an error is stopped, and one that lints is made", async () => {
  git(["init", "-q"]);
  expect(jsonOf(await init("--hook", "--json"))["written"]).toContainEqual({
    path: HOOK,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await stat(at(HOOK))).mode & 0o777).toBe(0o755);

  const broken = packetText().replace("- `src/strings.py`", "- `../x`");
  await writeFile(at(PACKET), broken);
  git(["add", "-A"]);
  const stopped = commit();
  expect(stopped.said).toContain("packet/path-climbs");
  expect(stopped.status).not.toBe(0);

  // Mended on disk alone: what would be committed is still the other one.
  await writeFile(at(PACKET), packetText());
  expect(commit()).toMatchObject({ status: 1, said: expect.stringContaining("staged otherwise than its file") });
  git(["add", "-A"]);
  expect(commit("nowhere")).toMatchObject({ status: 1, said: expect.stringContaining("no cto on the PATH") });
  const made = commit();
  expect(made.said).toContain("0 errors");
  expect(made.status).toBe(0);

  await writeFile(at("README.md"), "x");
  git(["add", "-A"]);
  expect(commit("nowhere")).toMatchObject({ status: 0 });
  git(["rm", "-q", PACKET]);
  expect(commit("nowhere")).toMatchObject({ status: 0 });
});

test("no name of a staged file is a word of the shell or a flag", async () => {
  git(["init", "-q"]);
  await init("--hook");
  for (const name of ["$(touch ran)", "`touch ran`", "a\nb; touch ran;", "--fix", "a b", "'"])
    await writeFile(at(`.sot/03-PROTOCOLS/${name}-APPROVAL-PACKET.md`), "x\n");
  git(["add", "-A"]);
  const said = commit();
  expect(said.status).not.toBe(0);
  expect(said.said).toContain("6 errors, 0 warnings in 6 packets");
  expect(await readdir(home)).not.toContain("ran");
});

test.each<readonly [what: string, lay: () => Promise<unknown>]>([
  ["another hook", () => writeFile(at(HOOK), "#!/bin/sh\nexit 0\n", { mode: 0o700 })],
  ["a dangling link", () => symlink(path.join(root, "nowhere"), at(HOOK))],
  ["a link out of the home", () => symlink(path.join(root, "owner"), at(HOOK))],
  ["a folder", () => mkdir(at(HOOK))],
])("%s in the place of the hook stays, and it is said what it does not do", async (_, lay) => {
  git(["init", "-q"]);
  await mkdir(at(".git/hooks"), { recursive: true });
  await lay();
  const before = await lstat(at(HOOK));
  const owner = await readFile(path.join(root, "owner"), "utf8");
  const said = await init("--hook");
  expect(said).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^kept +\.git\/hooks\/pre-commit .*xargs -0 -r cto packet lint$/m),
  });
  const after = await lstat(at(HOOK));
  expect([after.ino, after.mode, after.mtimeMs]).toEqual([before.ino, before.mode, before.mtimeMs]);
  expect(await readFile(path.join(root, "owner"), "utf8")).toBe(owner);
  expect((await readdir(at(".git/hooks"))).filter((name) => name.startsWith("pre-commit.new"))).toEqual([]);
  expect(await readdir(root)).not.toContain("nowhere");
});

test.each<readonly [what: string, lay: () => Promise<unknown>]>([
  ["no repository", () => Promise.resolve()],
  ["a file .git, as of a worktree", () => writeFile(at(".git"), "gitdir: ../elsewhere\n")],
  ["a link .git", () => symlink(path.join(root, "bin"), at(".git"))],
  ["hooks that are a link", () => mkdir(at(".git")).then(() => symlink(path.join(root, "bin"), at(".git/hooks")))],
  ["hooks that are a file", () => mkdir(at(".git")).then(() => writeFile(at(".git/hooks"), ""))],
])("with %s --hook is a usage error, and nothing at all is written", async (_, lay) => {
  await lay();
  const before = await readdir(home, { recursive: true });
  const outside = await readdir(root);
  expect(await init("--hook")).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining("git init") });
  expect(await readdir(home, { recursive: true })).toEqual(before);
  expect(await readdir(root)).toEqual(outside);
});

test("without --hook no hook is laid, and with it a home that is made already gets one, also where no hooks folder is", async () => {
  git(["init", "-q", "--template="]);
  expect(await init()).toMatchObject({ exit: 0, stdout: expect.not.stringContaining("pre-commit") });
  await expect(lstat(at(HOOK))).rejects.toMatchObject({ code: "ENOENT" });
  const said = await init("--hook");
  expect(said.stdout).toMatch(/^wrote {2}\.git\/hooks\/pre-commit +[0-9a-f]{8}$/m);
  expect(said.stdout).toContain("unless core.hooksPath names another folder");
});
