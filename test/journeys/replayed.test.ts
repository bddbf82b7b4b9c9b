import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { fingerprint } from "../../src/adapters/host/fingerprint.ts";
import { renderings } from "../../src/workflow/evidence/bundle-files.ts";
import { REPLAY_LEVELS } from "../../src/workflow/evidence/schemas/replay-levels.ts";
import { reportSchema } from "../../src/workflow/evidence/schemas/report.ts";
import { runId } from "../../src/workflow/ids.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { jsonOf, runCto, type Said } from "../cli/cli.ts";
import { admit, approveBy, endOf, HONEST_STEPS, makeGround, POLICY, runOnce, type Ground } from "./ground.ts";

// A denied write, a command and a wish that is nobody's: so that a session has every kind of decision in it.
const STEPS = [
  { say: "I begin." },
  { ask: { kind: "edit", path: ".env" } },
  ...HONEST_STEPS,
  { run: "ls src" },
  { say: "Done." },
];
// Prints the report of the runner as well, so that the run has one.
const RUNNER = '#!/bin/sh\npython3 -m "$1" -q --junitxml=/tmp/j.xml\ncode=$?\ncat /tmp/j.xml\nexit $code\n';

let ground: Ground;
let run: string;
let tool: string;
let bundle: string;
const temporary = process.env["TMPDIR"];

beforeAll(async () => {
  ground = await makeGround({ validation: ["run-tests", "pytest"] });
  tool = path.join(ground.root, "tools/bin/run-tests");
  await mkdir(path.dirname(tool), { recursive: true });
  await layTool(RUNNER);
  await ground.edit(POLICY, "toolchains: []", `toolchains: [${path.join(ground.root, "tools")}]`);
  await ground.plays(STEPS);
  const world = await ground.open();
  try {
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  } finally {
    await world.store.close();
  }
  run = runId(ground.work, 1);
  bundle = path.join(ground.root, "moved");
  await cp(path.join(ground.home, ".cto/runs", run), bundle, { recursive: true });
  execFileSync("/bin/chmod", ["-R", "u+w", bundle]);
}, 120_000);
afterEach(async () => {
  if (temporary === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = temporary;
  await layTool(RUNNER);
});
afterAll(async () => {
  execFileSync("/bin/chmod", ["-R", "u+w", ground.root]);
  await ground.close();
});

const layTool = async (content: string): Promise<void> => {
  await writeFile(tool, content);
  await chmod(tool, 0o755);
};

const replay = (of: string, level: string, home?: string): Promise<Said> =>
  runCto(["replay", of, "--level", level, "--json"], { cwd: ground.root, ...(home === undefined ? {} : { home }) });

/** What a ledger's reader leaves beside it while it reads is no change of the home. */
const isReaders = (name: string): boolean => /ledger\.db-(?:wal|shm)$/.test(name);

test("R124 each level says that the same came out, in a copied home and another TMPDIR, and writes to neither home nor target", async () => {
  const home = path.join(ground.root, "home-elsewhere");
  await cp(ground.home, home, { recursive: true, preserveTimestamps: true });
  const scratch = path.join(ground.root, "tmp");
  await mkdir(scratch);
  process.env["TMPDIR"] = scratch;
  const state = async (): Promise<readonly string[]> =>
    Promise.all([home, ground.home, ground.target].map((place) => fingerprint(place, isReaders)));
  const before = await state();
  for (const level of REPLAY_LEVELS.filter((one) => one !== "cassette")) {
    const said = await replay(run, level, home);
    expect(jsonOf(said)).toMatchObject({ ok: true, run, level, same: true, differences: [] });
  }
  expect(await state()).toEqual(before);
  // What stands ready for git's next question goes with the shell that keeps it, once nobody asked for a while.
  await expect.poll(() => readdir(scratch), { timeout: 4 * LIMITS.gitLaneIdleMs }).toEqual([]);
}, 60_000);

test.each(["patch", "render", "normalize"])("R123 %s needs the bundle alone: no home, no target", async (level) => {
  expect(jsonOf(await replay(bundle, level))).toMatchObject({ ok: true, level, same: true });
});

test.each(["validation", "session"])(
  "R123 %s of a moved bundle says what it needs, and is the same where it has it",
  async (level) => {
    const alone = await replay(bundle, level);
    expect(alone.exit).toBe(3);
    expect(jsonOf(alone)).toMatchObject({ refusals: [{ code: "replay/needs-home" }] });
    expect(jsonOf(await replay(bundle, level, ground.home))).toMatchObject({ ok: true, same: true });
  },
);

interface Drift {
  readonly level: string;
  readonly what: string;
  readonly file: string;
  readonly edit: (text: string) => string;
  readonly where: RegExp;
  /** Only the digest of an input tells of it, or something else besides. */
  readonly home?: true;
}

const swapped =
  (from: string, to: string) =>
  (text: string): string => {
    expect(text).toContain(from);
    return text.replace(from, () => to);
  };
const FRAMES = "backend/frames.jsonl";
const LOG = "events.normalized.jsonl";

const withoutLine =
  (word: string) =>
  (text: string): string => {
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.includes(word));
    expect(at).toBeGreaterThan(0);
    return lines.toSpliced(at, 1).join("\n");
  };

const DRIFTS: readonly Drift[] = [
  { level: "patch", what: "the patch", file: "patch.diff", edit: swapped("a  b", "a  c"), where: /^tree$/ },
  {
    level: "patch",
    what: "the patch, so that it does not fit",
    file: "patch.diff",
    edit: swapped("replace", "rePlace"),
    where: /^tree$/,
  },
  {
    level: "patch",
    what: "the base",
    file: "repo/base-commit.raw",
    edit: swapped("author", "Author"),
    where: /^base$/,
  },
  {
    level: "patch",
    what: "the objects of the base",
    file: "repo/base.pack",
    edit: (text) => text.slice(0, -30),
    where: /^tree$/,
  },
  {
    level: "patch",
    what: "the commit",
    file: "repo/commit.raw",
    edit: swapped("CTO-Run", "CTO-Ran"),
    where: /^commit$/,
  },
  {
    level: "render",
    what: "the page",
    file: "report.md",
    edit: swapped("Changed lines", "Changed Lines"),
    where: /^report\.md line \d+$/,
  },
  {
    level: "render",
    what: "the report",
    file: "report.json",
    edit: swapped("Awaiting outcome", "Awaited outcome"),
    where: /^report\.md line/,
  },
  {
    level: "render",
    what: "the trace",
    file: "trace.jsonl",
    edit: swapped('"name":"gate"', '"name":"fate"'),
    where: /^trace\.jsonl line \d+$/,
  },
  {
    level: "render",
    what: "the log",
    file: LOG,
    edit: withoutLine("cto.backend.started"),
    where: /^trace\.jsonl line \d+$/,
  },
  {
    level: "render",
    what: "the log, so that a line is no event",
    file: LOG,
    edit: swapped('{"', "{'"),
    where: /^events\.normalized\.jsonl line 1$/,
  },
  {
    level: "normalize",
    what: "the frames",
    file: FRAMES,
    edit: swapped("I begin.", "I began."),
    where: /^events\.normalized\.jsonl sequence \d+, of backend\/frames\.jsonl line \d+, data$/,
  },
  {
    level: "normalize",
    what: "the time of a frame",
    file: FRAMES,
    edit: (text) => text.replace(/(\n\{"t":)\d+(,"dir":"in")/, "$11$2"),
    where: /, time$/,
  },
  {
    level: "normalize",
    what: "a frame that is gone",
    file: FRAMES,
    edit: withoutLine("I begin."),
    where: /^events\.normalized\.jsonl/,
  },
  {
    level: "normalize",
    what: "a frame that is none",
    file: FRAMES,
    edit: swapped('{"t":', '{"u":'),
    where: /^backend\/frames\.jsonl line 1$/,
  },
  {
    level: "normalize",
    what: "an event that is gone",
    file: LOG,
    edit: withoutLine("cto.permission.decided"),
    where: /^events\.normalized\.jsonl/,
  },
  {
    level: "normalize",
    what: "who vouches for an event",
    file: LOG,
    edit: (text) => text.replace(/("subject":"tool\/[^}]*"trust":")backend-claimed/, "$1harness-observed"),
    where: /, trust$/,
  },
  {
    level: "validation",
    what: "the log of the tests",
    file: "test.log",
    edit: (text) => `${text}more\n`,
    where: /^test\.log$/,
    home: true,
  },
  {
    level: "validation",
    what: "the base",
    file: "repo/base-commit.raw",
    edit: swapped("author", "Author"),
    where: /^repo\/base-commit\.raw$/,
    home: true,
  },
  {
    level: "session",
    what: "a path that was asked for",
    file: FRAMES,
    edit: (text) => text.replaceAll("/workspace/.env", "/workspace/README.md"),
    where: /^decision 1$/,
    home: true,
  },
  {
    level: "session",
    what: "a content that was written",
    file: FRAMES,
    edit: swapped(
      '"params":{"sessionId":"scripted-1","path":"/workspace/test_strings.py","content":"',
      '"params":{"sessionId":"scripted-1","path":"/workspace/test_strings.py","content":"# other\\n',
    ),
    where: /^file test_strings\.py$/,
    home: true,
  },
  {
    level: "session",
    what: "a request that nobody recorded",
    file: FRAMES,
    edit: (text) => text.replaceAll('"method":"session/new"', '"method":"session/old"'),
    where: /^request of ours 2$/,
    home: true,
  },
];

test.each(DRIFTS)(
  "R124 $level: $what changed is drift, with the place and both sides",
  async ({ level, file, edit, where, home }) => {
    const folder = path.join(ground.root, "drifted");
    await cp(bundle, folder, { recursive: true });
    try {
      const place = path.join(folder, file);
      const was = await readFile(place, "latin1");
      const now = edit(was);
      await writeFile(place, now, "latin1");
      const said = await replay(folder, level, home === true ? ground.home : undefined);
      const { same, differences } = jsonOf(said) as { same: boolean; differences: readonly Record<string, string>[] };
      expect([said.exit, same]).toEqual([5, false]);
      const found = differences.find((one) => where.test(one["where"] ?? ""));
      expect(differences).toContain(found);
      expect(found?.["expected"]).not.toBe(found?.["got"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);

test("R124 another interpreter is drift of the tool, whatever it answers; none at all is a failure", async () => {
  await layTool(`${RUNNER}# a newer one\n`);
  const other = await replay(run, "validation", ground.home);
  expect(other.exit).toBe(5);
  expect(jsonOf(other)["differences"]).toMatchObject([{ where: `tool ${tool}, sha256` }]);
  await layTool("#!/bin/sh\nexit 3\n");
  expect(jsonOf(await replay(run, "validation", ground.home))["differences"]).toMatchObject([
    { where: `tool ${tool}, sha256` },
    { where: "exit status", expected: "0", got: "3" },
    { where: "counts", got: "null" },
  ]);
  await rm(tool);
  const none = await replay(run, "validation", ground.home);
  expect(none.exit).toBe(4);
  expect(jsonOf(none)).toMatchObject({ failure: { code: "target/tool-absent" } });
});

test("R123 a report that was edited and drawn anew in all its renderings is drift in the home that made it, and in a bundle alone it is said that nobody compared it", async () => {
  const folder = path.join(ground.root, "edited");
  await cp(bundle, folder, { recursive: true });
  const report: unknown = JSON.parse(await readFile(path.join(folder, "report.json"), "utf8"));
  const edited = { ...reportSchema.parse(report), says: "All is well." };
  for (const [name, bytes] of renderings(edited)) await writeFile(path.join(folder, name), bytes);
  const alone = jsonOf(await replay(folder, "render"));
  expect(alone).toMatchObject({ same: true, notComparable: [expect.stringContaining("report.json itself")] });
  const atHome = await replay(folder, "render", ground.home);
  expect(atHome.exit).toBe(5);
  const { differences } = jsonOf(atHome) as { differences: readonly Record<string, string>[] };
  expect(differences).toContainEqual(
    expect.objectContaining({
      where: expect.stringMatching(/^report\.json line/),
      expected: expect.stringContaining("All is well."),
    }),
  );
});

test("a JUnit document that the command printed lies in the bundle as a claim, with the bytes that test.log holds", async () => {
  const junit = await readFile(path.join(bundle, "validation/junit.candidate.xml"), "utf8");
  expect(junit).toMatch(/^<\?xml version="1\.0".*<testcase .*<\/testsuites>$/s);
  expect(await readFile(path.join(bundle, "test.log"), "utf8")).toContain(junit);
  const manifest: unknown = JSON.parse(await readFile(path.join(bundle, "bundle.json"), "utf8"));
  expect(manifest).toMatchObject({
    files: expect.arrayContaining([
      expect.objectContaining({ path: "validation/junit.candidate.xml", trust: "agent-claimed" }),
    ]),
  });
  const report: unknown = JSON.parse(await readFile(path.join(bundle, "report.json"), "utf8"));
  expect(report).toMatchObject({
    validation: expect.arrayContaining([expect.objectContaining({ on: "candidate", counts: expect.any(Object) })]),
  });
});
