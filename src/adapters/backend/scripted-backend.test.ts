import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import { sampleAssignment, sampleJudge } from "../../../test/fakes/assignment.ts";
import { openFakeRoom, type FakeRoom } from "../../../test/fakes/room.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import { readFrames } from "../../workflow/backend/frame.ts";
import { normalizeAcp } from "../../workflow/backend/normalize-acp.ts";
import type { RunLimits } from "../../workflow/limits.ts";
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

const BASE = { "src/strings.py": "def slugify(s):\n    return s\n", "test_strings.py": "", "README.md": "read me\n" };

const perform = async (
  steps: readonly unknown[],
  how: { readonly limits?: Partial<RunLimits>; readonly meanwhile?: (room: FakeRoom) => void } = {},
): Promise<{ readonly attempt: Attempt; readonly room: FakeRoom; readonly file: (name: string) => string }> => {
  const steppy = stepsFile(steps);
  const backend = scriptedBackend({ stepsPath: async () => steppy });
  const assignment = sampleAssignment(how.limits);
  const room = await openFakeRoom(backend, assignment, sampleJudge, BASE);
  rooms.push(room);
  const performing = backend.perform(assignment, room);
  how.meanwhile?.(room);
  const attempt = await performing;
  return { attempt, room, file: (name) => readFileSync(path.join(room.workspace, name), "utf8") };
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
  expect(room.events.filter(({ type }) => type === "permission.decided").map(({ data }) => [data["decision"], data["rule"]])).toEqual([
    ["denied", "policy/unlisted-path"],
    ["denied", ".env"],
    ["denied", "push"],
    ["allowed", "src/strings.py"],
  ]);
});
