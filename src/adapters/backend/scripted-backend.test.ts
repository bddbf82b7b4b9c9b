import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import { sampleAssignment } from "../../../test/fakes/assignment.ts";
import { performScript, type Performed } from "../../../test/fakes/perform-script.ts";
import type { FakeRoom } from "../../../test/fakes/room.ts";
import { readFrames } from "../../workflow/backend/frame.ts";
import { normalizeAcp } from "../../workflow/backend/normalize-acp.ts";
import { scriptedBackend } from "./scripted-backend.ts";

const rooms: FakeRoom[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(rooms.splice(0).map(async (room) => room.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const stepsFile = (steps: unknown): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "cto-steps-"));
  folders.push(folder);
  const file = path.join(folder, "steps.json");
  writeFileSync(file, typeof steps === "string" ? steps : JSON.stringify({ steps }));
  return file;
};

const perform = async (steps: readonly unknown[]): Promise<Performed & { readonly file: (name: string) => string }> => {
  const performed = await performScript(steps);
  rooms.push(performed.room);
  return { ...performed, file: (name) => readFileSync(path.join(performed.room.workspace, name), "utf8") };
};

const types = (room: FakeRoom): readonly string[] => room.events.map(({ type }) => type);

test("an honest script changes files through our hands only, and every effect is asked, judged and told", async () => {
  const { attempt, room, file } = await perform([
    { think: "Let me " },
    { think: "look." },
    { plan: ["edit", "test"] },
    { read: "src/strings.py" },
    { edit: "src/strings.py", old: "return s", new: "return s.strip()" },
    { write: "test_strings.py", content: "def test_slug(): pass\n" },
    { run: "cat src/strings.py" },
    { say: "Done." },
  ]);
  expect(attempt).toMatchObject({
    stop: "completed",
    said: "end_turn",
    requests: 3,
    refused: 0,
    unasked: 0,
    authorityClaims: [],
    protocolViolations: [],
  });
  expect(file("src/strings.py")).toContain("return s.strip()");
  expect(file("test_strings.py")).toBe("def test_slug(): pass\n");
  expect(types(room).filter((type) => !type.startsWith("tool."))).toEqual([
    "backend.ready",
    "session.started",
    "turn.started",
    "message.recorded",
    "plan.updated",
    "file.read",
    "file.read",
    "permission.requested",
    "permission.decided",
    "file.written",
    "permission.requested",
    "permission.decided",
    "file.written",
    "permission.requested",
    "permission.decided",
    "terminal.started",
    "terminal.output",
    "terminal.finished",
    "message.recorded",
    "turn.finished",
  ]);
});

test("the same frames give the same events again", async () => {
  const { room } = await perform([
    { edit: "src/strings.py", old: "return s", new: "return s.strip()" },
    { write: "README.md", content: "x" },
    { run: "git push" },
    { say: "a\ud800b" },
    { line: "not json" },
  ]);
  expect(normalizeAcp(readFrames(room.log("frames.jsonl")), { declared: "full" })).toEqual(room.events);
});

test("what the contract does not allow is refused before it happens, and the agent goes on", async () => {
  const { attempt, room, file } = await perform([
    { write: "README.md", content: "mine" },
    { write: ".env", content: "TOKEN=1" },
    { run: "git push origin main" },
    { edit: "src/strings.py", old: "return s", new: "return 1" },
  ]);
  expect(attempt).toMatchObject({ stop: "completed", requests: 4, refused: 3, unasked: 0 });
  expect(file("README.md")).toBe("read me\n");
  expect(file("src/strings.py")).toContain("return 1");
  expect(
    room.events.filter(({ type }) => type === "permission.decided").map(({ data }) => [data["decision"], data["rule"]]),
  ).toEqual([
    ["denied", "policy/unlisted-path"],
    ["denied", ".env"],
    ["denied", "push"],
    ["allowed", "src/strings.py"],
  ]);
});

test("R074: the digest of the probe is over the agent and its steps", async () => {
  const probe = async (steps: unknown): Promise<unknown> =>
    scriptedBackend({ stepsPath: async () => stepsFile(steps) }).probe();
  const one = await probe([{ say: "a" }]);
  expect(one).toMatchObject({ ok: true, value: { profile: "scripted", declared: "full" } });
  expect(await probe([{ say: "a" }])).toEqual(one);
  expect(await probe([{ say: "b" }])).not.toEqual(one);
  expect(await probe("steps:\n  - say: a\n")).toEqual(one);
});

test.each<[string, () => Promise<string>, string]>([
  ["no steps in policy.yaml", async () => "absent", "backend/not-configured"],
  ["a file that is not there", async () => "/nowhere/steps.json", "backend/steps-missing"],
  ["a file that is no list of steps", async () => stepsFile("nothing: here"), "backend/profile-invalid"],
  ["a step that nobody knows", async () => stepsFile([{ approve: "all" }]), "backend/profile-invalid"],
  ["an empty step", async () => stepsFile([{}]), "backend/profile-invalid"],
  ["no YAML", async () => stepsFile("{ steps: ["), "backend/profile-invalid"],
])("R074: %s is refused at the gate", async (_, stepsPath, code) => {
  expect(await scriptedBackend({ stepsPath }).probe()).toMatchObject({ ok: false, refusals: [{ code }] });
});

test("what the agent needs is node, its program, the hand and the steps", async () => {
  const file = stepsFile([{ say: "a" }]);
  const needs = await scriptedBackend({ stepsPath: async () => file }).needs(sampleAssignment());
  expect(needs.readOnlyHostPaths).toEqual([process.execPath]);
  expect(needs.files.map((laid) => laid.path)).toEqual([
    "/opt/cto/scripted-agent.mjs",
    "/opt/cto/hand.mjs",
    "/opt/cto/steps.json",
  ]);
});
