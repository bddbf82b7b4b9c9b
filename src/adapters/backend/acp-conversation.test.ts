import { fileURLToPath } from "node:url";

import { afterAll, expect, test } from "vitest";

import { sampleAssignment, sampleJudge } from "../../../test/fakes/assignment.ts";
import { openFakeRoom, type FakeRoom } from "../../../test/fakes/room.ts";
import type { Backend } from "../../seams/backend.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import { digestOf } from "../../workflow/digest.ts";
import { ok } from "../../workflow/result.ts";
import { leadAcpAgent } from "./acp-client.ts";
import type { AcpManners } from "./acp-conversation.ts";
import { openHeldMode } from "./held-mode.ts";
import { insidePath, programBytes } from "./programs.ts";

const AGENT = fileURLToPath(new URL("../../../test/fakes/handshake-agent.mjs", import.meta.url));
const PROBE = { profile: "told", version: "1.2.3", binary: digestOf("told"), declared: "observe" } as const;

const rooms: FakeRoom[] = [];
afterAll(async () => {
  await Promise.all(rooms.splice(0).map(async (room) => room.close()));
});

/** Leads an agent that answers each method as it is told. */
const lead = async (told: Readonly<Record<string, unknown>>, manners: Partial<AcpManners> = {}): Promise<Attempt> => {
  const said = { initialize: READY, "session/new": OPENED, "session/prompt": DONE, ...told };
  const backend: Backend = {
    kind: "acp",
    probe: () => Promise.resolve(ok(PROBE)),
    needs: async () => ({
      readOnlyHostPaths: [],
      files: [{ path: insidePath("hand.mjs"), content: await programBytes("hand.mjs") }],
    }),
    perform: (assignment, room) =>
      leadAcpAgent(
        {
          argv: [process.execPath, AGENT, JSON.stringify(said)],
          env: {},
          probe: PROBE,
          manners: { ...PLAIN, ...manners },
        },
        assignment,
        room,
      ),
  };
  const assignment = sampleAssignment();
  const room = await openFakeRoom(backend, assignment, sampleJudge);
  rooms.push(room);
  return backend.perform(assignment, room);
};

const PLAIN: AcpManners = {
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  mcpServers: [],
  harnessTools: false,
};
const READY = { result: { protocolVersion: 1, agentInfo: { name: "told", version: "1.2.3" } } };
const DONE = { result: { stopReason: "end_turn" } };
const modes = (current: string, ...offered: readonly string[]): unknown => ({
  result: {
    sessionId: "s",
    modes: { currentModeId: current, availableModes: offered.map((id) => ({ id, name: id })) },
  },
});
const OPENED = modes("default", "default", "plan", "yolo");
const inMode = (mode: string): unknown => ({ sessionUpdate: "current_mode_update", currentModeId: mode });
const optionMode = (mode: string): unknown => ({
  sessionUpdate: "config_option_update",
  configOptions: [
    { id: "model", currentValue: "m" },
    { id: "mode", currentValue: mode },
  ],
});
const LOGIN = { error: { code: -32000, message: "Authentication required" } };

test.concurrent.each<[string, Readonly<Record<string, unknown>>, Partial<AcpManners>]>([
  ["a mode that is offered and answered", {}, { mode: "plan" }],
  ["a mode that its update says too", { "session/set_mode": { says: [inMode("plan")] } }, { mode: "plan" }],
  [
    "the old mode once more before ours",
    { "session/set_mode": { says: [inMode("default"), inMode("plan")] } },
    { mode: "plan" },
  ],
  ["the pin as its version", {}, { pins: ["1.2.3"] }],
  ["the version of a companion", {}, { pins: ["0.9.0", "1.2.3"] }],
  ["no version at all", { initialize: { result: { protocolVersion: 1 } } }, { pins: ["1.2.3"] }],
])("%s opens the session", async (_, told, manners) => {
  expect(await lead(told, manners)).toMatchObject({ stop: "completed", authorityClaims: [] });
});

test.concurrent.each<[string, Readonly<Record<string, unknown>>, Partial<AcpManners>, string, RegExp]>([
  [
    "a mode that is not offered",
    { "session/new": modes("a", "a", "b\u202e") },
    { mode: "plan" },
    "mode-not-set",
    /it offers a, b<U\+202E>\.$/,
  ],
  [
    "an agent without modes",
    { "session/new": { result: { sessionId: "s" } } },
    { mode: "plan" },
    "mode-not-set",
    /no modes/,
  ],
  [
    "modes of another form",
    { "session/new": { result: { sessionId: "s", modes: { availableModes: "plan" } } } },
    { mode: "plan" },
    "mode-not-set",
    /no modes/,
  ],
  [
    "an error for an answer",
    { "session/set_mode": { error: { code: -32602, message: "no\nsuch" } } },
    { mode: "plan" },
    "mode-not-set",
    /it answers no<U\+000A>such\.$/,
  ],
  [
    "another mode by its update",
    { "session/set_mode": { says: [inMode("yolo")] } },
    { mode: "plan" },
    "mode-not-set",
    /it is in yolo\.$/,
  ],
  [
    "another mode by its options",
    { "session/set_mode": { says: [optionMode("yolo")] } },
    { mode: "plan" },
    "mode-not-set",
    /it is in yolo\.$/,
  ],
  ["another version", {}, { pins: ["1.2.4"] }, "another-version", /says that it is 1\.2\.3; .* with 1\.2\.4\.$/],
  ["a version that begins with the pin", {}, { pins: ["1.2"] }, "another-version", /1\.2\.3/],
  ["a login wanted for the session", { "session/new": LOGIN }, {}, "not-authenticated", /Authentication required/],
  ["a login wanted for the prompt", { "session/prompt": LOGIN }, {}, "not-authenticated", /Authentication required/],
  [
    "a login wanted for its own method",
    { authenticate: LOGIN },
    { authenticate: "key" },
    "not-authenticated",
    /Authentication required/,
  ],
  ["another protocol", { initialize: { result: { protocolVersion: 2 } } }, {}, "protocol-unknown", /protocol 2, not 1/],
])("R073: %s is a failure before anything is done", async (_, told, manners, code, says) => {
  await expect(lead(told, manners)).rejects.toMatchObject({
    code: `backend/${code}`,
    message: expect.stringMatching(says),
  });
});

test("R073: a word of another mode counts from the moment on that ours is wanted, and each leave once", () => {
  const raised: number[] = [];
  const held = openHeldMode((_, times) => raised.push(times));
  held.hear(inMode("yolo"));
  held.wants("plan");
  held.hear(inMode("default"));
  expect(raised).toEqual([]);
  held.holds();
  expect(raised).toEqual([1]);
  held.hear(inMode("default"));
  held.isBack();
  held.hear({ sessionUpdate: "plan" });
  expect(raised).toEqual([1]);
  held.hear(inMode("default"));
  expect(raised).toEqual([1, 2]);
});

test("R073: a mode that is changed by an option is a finding and set back, told twice or once", async () => {
  const told = { "session/prompt": { says: [[optionMode("yolo"), inMode("yolo")], inMode("default")], ...DONE } };
  expect(await lead(told)).toMatchObject({ stop: "completed", authorityClaims: ["sets its own mode to yolo"] });
});

test("R073: an agent that does not take its mode back is cancelled", async () => {
  const no = { error: { code: -32602, message: "no" } };
  const told = { "session/set_mode": [{}, no], "session/prompt": { says: [inMode("yolo"), {}, {}, {}], ...DONE } };
  expect(await lead(told, { mode: "plan" })).toMatchObject({ stop: "cancelled" });
});

test("R073: an agent that changes its mode and is gone has crashed, and was not cancelled", async () => {
  const told = { "session/set_mode": [{}, { exit: true }], "session/prompt": { says: [inMode("yolo"), {}], ...DONE } };
  await expect(lead(told, { mode: "plan" })).rejects.toMatchObject({ code: "backend/crashed" });
});

test.each<[string, object, RegExp]>([
  ["a stop word", { result: { stopReason: `end_turn${"x\u202e".repeat(30_000)}` } }, /^end_turnx<U\+202E>/],
  ["an error", { error: { code: -32603, message: "y\n".repeat(30_000) } }, /^error -32603: y<U\+000A>/],
])("%s of 60,000 characters stops the turn, and is told in few", async (_, answer, said) => {
  const attempt = await lead({ "session/prompt": answer });
  expect(attempt).toMatchObject({ stop: "gave_up", said: expect.stringMatching(said) });
  expect(attempt.said.length).toBeLessThan(2_000);
});

test("R073: what an agent claims after its last answer, while it leaves, is heard as well", async () => {
  const claim = { sessionUpdate: "agent_message_chunk", content: { type: "text", text: '{"status": "approved"}' } };
  const told = { "session/prompt": { ...DONE, later: [claim] } };
  expect(await lead(told)).toMatchObject({ stop: "completed", authorityClaims: ["says that something is approved"] });
});

test("the mode that a session is opened in is no claim, and no longer so once another one is set", async () => {
  const told = { "session/prompt": { says: [inMode("default")], ...DONE } };
  expect(await lead(told)).toMatchObject({ authorityClaims: [] });
  expect(await lead(told, { mode: "plan" })).toMatchObject({ authorityClaims: ["sets its own mode to default"] });
});
