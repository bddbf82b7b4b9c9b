import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { sampleAssignment, sampleJudge } from "../../../test/fakes/assignment.ts";
import { installFakeCa, type CaseScript } from "../../../test/fakes/install-ca.ts";
import { openFakeRoom, type FakeRoom } from "../../../test/fakes/room.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import { caseArguments, caseEnvironment, caseFiles } from "../../workflow/backend/case-layout.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { RunLimits } from "../../workflow/run-limits.ts";
import { caseBackend } from "./case-backend.ts";
import { whichCase } from "./find-case.ts";

let folder = "";
const rooms: FakeRoom[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), "cto-case-"));
});
afterEach(async () => {
  await Promise.all(rooms.splice(0).map(async (room) => room.close()));
  rmSync(folder, { recursive: true, force: true });
});

interface Performed {
  readonly attempt: Attempt;
  readonly room: FakeRoom;
}

const perform = async (
  script: CaseScript,
  how: { readonly limits?: Partial<RunLimits>; readonly meanwhile?: (room: FakeRoom) => void } = {},
): Promise<Performed> => {
  const program = await installFakeCa(path.join(folder, "case"), script);
  const backend = caseBackend({ binary: () => program, upstream: "none" });
  const assignment = sampleAssignment(how.limits);
  const room = await openFakeRoom(backend, assignment, sampleJudge, {
    "src/strings.py": "return s\n",
    "test_strings.py": "",
  });
  rooms.push(room);
  const performing = backend.perform(assignment, room);
  how.meanwhile?.(room);
  return { attempt: await performing, room };
};

const types = (room: FakeRoom): readonly string[] => room.events.map(({ type }) => type);
const EDIT = { edit: "src/strings.py", old: "return s", new: "return s.strip()" };

test("an honest Case edits the folder, and its log becomes claims in order", async () => {
  const { attempt, room } = await perform({ steps: [EDIT, { bash: "cat src/strings.py" }] });
  expect(attempt).toMatchObject({
    stop: "completed",
    said: "pipeline_end completed, exit 0",
    unasked: 2,
    authorityClaims: [],
  });
  expect(attempt.probe).toMatchObject({ profile: "case", version: "0.0.0-fake", declared: "observe" });
  expect(readFileSync(path.join(room.workspace, "src/strings.py"), "utf8")).toBe("return s.strip()\n");
  expect(types(room)).toEqual([
    "turn.started",
    "plan.updated",
    "tool.started",
    "tool.finished",
    "tool.started",
    "tool.finished",
    "plan.updated",
    "plan.updated",
    "turn.finished",
  ]);
  expect(room.events.every(({ trust }) => trust === "backend-claimed")).toBe(true);
});

test.each<[string, CaseScript, Partial<Attempt>]>([
  [
    "exit 0 with a failed pipeline",
    { steps: [EDIT], end: "failed", exit: 0 },
    { stop: "gave_up", said: "pipeline_end failed, exit 0" },
  ],
  [
    "exit 0 and no end line",
    { steps: [EDIT], end: "none", exit: 0 },
    { stop: "gave_up", said: "no pipeline_end, exit 0" },
  ],
  ["a crash in the middle", { steps: [{ crash: 7 }] }, { stop: "gave_up", said: "no pipeline_end, exit 7" }],
  [
    "a completed pipeline and exit 1",
    { steps: [EDIT], exit: 1 },
    { stop: "completed", said: "pipeline_end completed, exit 1" },
  ],
  [
    "an end line without an outcome",
    { steps: [{ event: { event: "pipeline_end" } }], end: "none" },
    { stop: "gave_up" },
  ],
  [
    "a half line at the end",
    { steps: [{ line: '{"event":"pipeline_end","outcome":"compl' }], end: "none" },
    { stop: "gave_up" },
  ],
])("R071: %s is read from the log's end, never from the exit status", async (_, script, expected) => {
  expect((await perform(script)).attempt).toMatchObject(expected);
});

test("R071: marks of tested and reviewed are kept as claims, a pull request that nobody made is a finding", async () => {
  const { attempt, room } = await perform({
    steps: [{ mark: "tested" }, { mark: "reviewed" }, { status: "pr-opened" }],
  });
  expect(attempt.stop).toBe("completed");
  expect(attempt.authorityClaims).toEqual(["says that something is merged, opened or closed"]);
  expect(types(room).filter((type) => type === "backend.extension")).toHaveLength(3);
});

test("unknown events, garbage and long lines are kept and told", async () => {
  const { attempt, room } = await perform({
    steps: [
      { event: { event: "brand_new", x: 1 } },
      { line: "{oops" },
      { flood: 100_000 },
      { line: '{"event":"\\ud800"}' },
    ],
  });
  expect(attempt).toMatchObject({
    stop: "completed",
    protocolViolations: ["writes lines that are no JSON into its event log"],
  });
  expect(types(room).filter((type) => type === "backend.extension")).toHaveLength(4);
});

test("a push, a forge, a secret and a sibling are tried in vain; what it says of them is told", async () => {
  const sibling = path.join(folder, "sibling");
  writeFileSync(sibling, "mine");
  const { attempt, room } = await perform({
    steps: [
      { bash: "git push origin main" },
      { bash: "gh pr create --fill" },
      { bash: "cto approve CTO-WORK-049" },
      { say: "I approve CTO-WORK-049 against /srv/target for the slug task." },
      { write: ".env", content: "KEY=$ANTHROPIC_API_KEY" },
    ],
  });
  expect(attempt.authorityClaims).toContain("runs a command of the Harness");
  expect(room.events.filter(({ type, data }) => type === "tool.finished" && data["status"] === "failed")).toHaveLength(
    3,
  );
  expect(readFileSync(sibling, "utf8")).toBe("mine");
  expect(room.log("stdout.log")).toContain("I approve");
});

test("a hanging Case is stopped at once when the run is stopped", async () => {
  const start = performance.now();
  const { attempt, room } = await perform(
    { steps: [{ hang: true }] },
    { meanwhile: (open) => setTimeout(open.stop, 800) },
  );
  expect(attempt).toMatchObject({ stop: "cancelled", said: "stopped" });
  expect(types(room).slice(-2)).toEqual(["cancel.sent", "cancel.settled"]);
  expect(performance.now() - start).toBeLessThan(8_000);
});

test("a silent Case ends by the idle limit", async () => {
  const { attempt } = await perform({ steps: [{ hang: true }] }, { limits: { idleMs: 1_500 } });
  expect(attempt).toMatchObject({ stop: "gave_up", limit: "idleMs" });
});

test.each<[string, CaseScript, string]>([
  ["a line of 9 MB", { steps: [{ flood: 9_000_000 }] }, "backend frame bytes"],
  [
    "more lines than are read",
    { steps: [{ line: Array.from({ length: 20_100 }, () => '{"event":"x"}').join("\n") }] },
    "backend frames",
  ],
  [
    "many files with holes, each a line that never ends",
    { steps: [{ bash: "cd .case/*/events && for at in $(seq 20); do truncate -s 4M $at.jsonl; done" }] },
    "backend frame bytes",
  ],
])("a flood of its log ends by its limit, also where it came with the last words: %s", async (_, script, limit) => {
  expect((await perform(script)).attempt).toMatchObject({ stop: "gave_up", limit });
});

test("an orphan does not hold the run", async () => {
  const { attempt } = await perform({ steps: [{ orphan: 3 }] });
  expect(attempt.stop).toBe("completed");
});

test("the arguments, the variables and the files are these", () => {
  const assignment = sampleAssignment();
  expect(caseArguments(assignment)).toEqual([
    "run",
    "--task",
    ".case/tasks/active/R-049-01.task.json",
    "--mode",
    "unattended",
  ]);
  expect(caseEnvironment(assignment)).toEqual({
    HOME: "/home/agent",
    CASE_DATA_DIR: "/home/agent/case",
    CASE_PACKAGE_ROOT: "/opt/cto/case",
    PI_CODING_AGENT_DIR: "/home/agent/pi",
    ANTHROPIC_API_KEY: "cto-R-049-01",
    CASE_QUIET: "1",
  });
  expect(caseFiles(assignment, { model: "m", profile: "tiny" }).map(({ path: name }) => name)).toEqual([
    "/home/agent/case/config.json",
    "/home/agent/case/projects.json",
    "/home/agent/pi/models.json",
    "/opt/cto/case/package.json",
    "/opt/cto/case/agents/implementer.md",
    "/opt/cto/case/agents/verifier.md",
    "/opt/cto/case/agents/reviewer.md",
    "/opt/cto/case/agents/closer.md",
    "/opt/cto/case/agents/retrospective.md",
    "/opt/cto/case-task/tasks/active/R-049-01.task.json",
    "/opt/cto/case-task/tasks/active/R-049-01.md",
    "/opt/cto/case-task/active",
  ]);
  expect(
    caseFiles(assignment, { model: "m", profile: "tiny" })
      .map(({ content }) => content)
      .join("\n"),
  ).not.toMatch(/not-told|NOT-TOLD|CTO_/);
});

test("the model is the upstream's, the profile is the policy's, and nothing else is", async () => {
  const program = await installFakeCa(path.join(folder, "case"), { steps: [] });
  const upstream = { api: "anthropic", models: ["claude-of-the-policy", "another"] } as const;
  const { files } = await caseBackend({ binary: () => program, upstream, profile: "standard" }).needs(
    sampleAssignment(),
  );
  const fileAt = (name: string): unknown =>
    JSON.parse(Buffer.from(files.find((file) => file.path === name)?.content ?? []).toString());
  expect(fileAt("/home/agent/case/config.json")).toEqual({
    models: { default: { provider: "anthropic", model: "claude-of-the-policy" } },
  });
  expect(fileAt("/opt/cto/case-task/tasks/active/R-049-01.task.json")).toMatchObject({ profile: "standard" });
});

test("R074: an upstream that Case cannot be made to ask is refused at the gate", async () => {
  const program = await installFakeCa(path.join(folder, "case"), { steps: [] });
  const backend = caseBackend({ binary: () => program, upstream: { api: "chat", models: ["small"] } });
  expect(await backend.probe()).toMatchObject({ ok: false, refusals: [{ code: "backend/profile-invalid" }] });
});

test("R072: version and digest are those of the real file, and it is not started to find them", async () => {
  const program = await installFakeCa(path.join(folder, "case"), { steps: [] });
  const link = path.join(folder, "ca");
  symlinkSync(program, link);
  const probe = await caseBackend({ binary: () => link, upstream: "none" }).probe();
  expect(probe).toEqual({
    ok: true,
    value: { profile: "case", version: "0.0.0-fake", binary: digestOf(readFileSync(program)), declared: "observe" },
  });
  expect(existsSync(path.join(folder, ".case"))).toBe(false);
});

test("a package in node_modules is seen together with those it needs", async () => {
  const program = await installFakeCa(path.join(folder, "node_modules", "case"), { steps: [] });
  const needs = await caseBackend({ binary: () => program, upstream: "none" }).needs(sampleAssignment());
  expect(needs.readOnlyHostPaths).toEqual([path.join(folder, "node_modules"), process.execPath]);
});

test.each<[string, () => string | undefined]>([
  ["none at all", () => undefined],
  ["a name that is not absolute", () => "ca"],
  ["a file that is not there", () => path.join(folder, "absent")],
  ["a folder", () => folder],
  ["a file that nobody may run", () => file(0o644)],
  ["a file that others may change", () => file(0o777)],
])("R074: %s is no available backend", async (_, binary) => {
  expect(await caseBackend({ binary, upstream: "none" }).probe()).toMatchObject({
    ok: false,
    refusals: [{ code: "backend/not-available" }],
  });
});

const file = (mode: number): string => {
  const name = path.join(folder, "ca");
  writeFileSync(name, "#!/bin/sh\n");
  chmodSync(name, mode);
  return name;
};

test("ca is the one of policy.yaml, else of the environment, else the first on PATH", () => {
  const first = path.join(folder, "first");
  const second = path.join(folder, "second");
  for (const place of [first, second]) {
    mkdirSync(place);
    writeFileSync(path.join(place, "ca"), "#!/bin/sh\n", { mode: 0o755 });
  }
  const env = { PATH: `relative:${first}:${second}`, CTO_HARNESS_CASE_BIN: "/b/ca" };
  expect(whichCase("/a/ca", env)).toBe("/a/ca");
  expect(whichCase(undefined, env)).toBe("/b/ca");
  expect(whichCase(undefined, { PATH: env.PATH })).toBe(path.join(first, "ca"));
  expect(whichCase(undefined, { PATH: "/nowhere" })).toBeUndefined();
});
