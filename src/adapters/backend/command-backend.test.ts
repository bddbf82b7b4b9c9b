import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { sampleAssignment, sampleJudge } from "../../../test/fakes/assignment.ts";
import { openFakeRoom } from "../../../test/fakes/room.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import { commandBackend } from "./command-backend.ts";

let packages = "";
beforeAll(async () => {
  packages = path.join(await mkdtemp(path.join(tmpdir(), "cto-printer-")), "node_modules");
  await mkdir(path.join(packages, "printer"), { recursive: true });
  await chmod(packages, 0o755);
  await writeFile(path.join(packages, "printer/package.json"), JSON.stringify({ name: "printer", version: "1.0.0" }));
});
afterAll(async () => rm(path.dirname(packages), { recursive: true, force: true }));

const backendOf = (script: string, version = "1.0.0"): ReturnType<typeof commandBackend> => {
  const profile = {
    id: "printer",
    kind: "command",
    tier: "light",
    package: "printer",
    version,
    command: "${NODE}",
    args: ["-e", script],
    dialect: "chat",
    parser: "pi-json",
    projectConfig: { off: "nothing", paths: [], prose: [] },
    mediation: "observe",
  };
  return commandBackend({
    profile: "printer",
    textOf: async () => Buffer.from(JSON.stringify(profile)),
    packages,
    upstream: "none",
  });
};

const played = async (script: string): Promise<{ readonly attempt: Attempt; readonly types: readonly string[] }> => {
  const assignment = sampleAssignment();
  const backend = backendOf(script);
  const room = await openFakeRoom(backend, assignment, sampleJudge);
  try {
    const attempt = await backend.perform(assignment, room);
    return { attempt, types: room.events.map(({ type }) => type) };
  } finally {
    await room.close();
  }
};

const printing = (lines: readonly unknown[], code = 0): string =>
  `for (const line of ${JSON.stringify(lines)}) console.log(typeof line === "string" ? line : JSON.stringify(line)); process.exitCode = ${code};`;

test("what a program prints is told, and exit 0 is the claim that it is done", async () => {
  const said = { role: "assistant", content: [{ type: "text", text: "Done." }] };
  const { attempt, types } = await played(
    printing([
      { type: "session", id: "s" },
      { type: "message_end", message: said },
    ]),
  );
  expect(attempt).toMatchObject({ stop: "completed", probe: { profile: "printer", declared: "observe" } });
  expect(types).toEqual(["session.started", "message.recorded"]);
});

test("another exit is the claim that it gave up, whatever was printed", async () => {
  const { attempt } = await played(printing([{ type: "agent_end" }], 7));
  expect(attempt).toMatchObject({ stop: "gave_up", said: "exit 7, signal none" });
});

test("what is no JSON is kept and told as against the protocol", async () => {
  const { attempt, types } = await played(printing(["all tests pass"]));
  expect(types).toEqual(["backend.extension"]);
  expect(attempt.protocolViolations).toEqual(["prints lines that are no JSON"]);
});

test.each([
  ["a line of 9 MB", `process.stdout.write("x".repeat(9_000_000) + "\\n")`, "backend frame bytes"],
  ["more lines than are read", `process.stdout.write("{}\\n".repeat(20_100))`, "backend frames"],
])("a flood ends by its limit, also where it came with the last words: %s", async (_, script, limit) => {
  expect((await played(script)).attempt).toMatchObject({ stop: "gave_up", limit });
});

test("a version that is not the pin is refused at the gate", async () => {
  expect(await backendOf("", "1.0.1").probe()).toMatchObject({
    ok: false,
    refusals: [{ code: "backend/not-the-pin" }],
  });
});
