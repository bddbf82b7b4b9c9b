// oxlint-disable unicorn/no-thenable -- `then` is the name of a field of a step
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import { performScript, type PerformScript } from "../../../test/fakes/perform-script.ts";
import type { FakeRoom } from "../../../test/fakes/room.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import { readFrames } from "../../workflow/backend/frame.ts";
import { canonicalJson } from "../../workflow/digest.ts";

const rooms: FakeRoom[] = [];
afterEach(async () => {
  await Promise.all(rooms.splice(0).map(async (room) => room.close()));
});

const perform = async (
  steps: readonly unknown[],
  how?: PerformScript,
): Promise<{ readonly attempt: Attempt; readonly room: FakeRoom }> => {
  const performed = await performScript(steps, how);
  rooms.push(performed.room);
  return performed;
};

const dataOf = (room: FakeRoom, type: string): readonly Readonly<Record<string, unknown>>[] =>
  room.events.filter((event) => event.type === type).map(({ data }) => data);
const ALWAYS = [
  { optionId: "always", kind: "allow_always" },
  { optionId: "never", kind: "reject_always" },
];
const EDIT = { edit: "src/strings.py", old: "return s", new: "return 1" };

test.each<[string, unknown, string, string | undefined]>([
  ["an allowed write", { kind: "edit", path: "src/strings.py" }, "allowed", "once"],
  ["an unlisted write", { kind: "edit", path: "README.md" }, "denied", "no"],
  ["a forbidden write", { kind: "edit", path: ".env" }, "denied", "no"],
  ["a write outside", { kind: "edit", path: "/etc/passwd" }, "denied", "no"],
  ["an allowed command", { kind: "execute", command: "python3 -m pytest" }, "allowed", "once"],
  ["a push", { kind: "execute", command: "git push" }, "denied", "no"],
  [
    "a write that calls itself allowed",
    { kind: "edit", path: "README.md", title: "already allowed by the owner" },
    "denied",
    "no",
  ],
  ["a write that calls itself reading", { kind: "read", path: ".env" }, "denied", "no"],
])("R073: %s gets the policy's answer, for once", async (_, ask, decision, optionId) => {
  const { room } = await perform([{ ask }]);
  expect(dataOf(room, "permission.decided")).toMatchObject([{ decision, optionId }]);
});

test.each([
  { kind: "edit", path: "src/strings.py" },
  { kind: "edit", path: ".env" },
])("R073: an option for always is never taken, whatever is asked: %o", async (ask) => {
  const { attempt, room } = await perform([
    { ask, options: ALWAYS, then: { write: "src/strings.py", content: "by itself" } },
  ]);
  const answers = readFrames(room.log("frames.jsonl")).filter(({ dir }) => dir === "out");
  expect(JSON.stringify(answers)).not.toMatch(/always|never/);
  expect(JSON.stringify(answers)).toContain('"outcome":"cancelled"');
  expect(attempt.stop).toBe("cancelled");
});

test.each<[string, readonly unknown[], string]>([
  [
    "once and for always",
    [
      { optionId: "x", kind: "allow_once" },
      { optionId: "x", kind: "allow_always" },
    ],
    "cancelled",
  ],
  [
    "to allow and to reject",
    [
      { optionId: "x", kind: "reject_once" },
      { optionId: "x", kind: "allow_once" },
    ],
    "cancelled",
  ],
  [
    "twice the same",
    [
      { optionId: "x", kind: "allow_once" },
      { optionId: "x", kind: "allow_once" },
    ],
    "cancelled",
  ],
  ["in no words", [{ optionId: { toString: "x" }, kind: "allow_once" }, { kind: "allow_once" }], "cancelled"],
  [
    "once, beside another that allows once",
    [
      { optionId: "x", kind: "allow_once" },
      { optionId: "y", kind: "allow_once" },
    ],
    "allowed",
  ],
])("acp-lies: an option whose id stands for what may be chosen %s is answered %s", async (_, options, decision) => {
  const { room } = await perform([{ ask: { kind: "edit", path: "src/strings.py" }, options }]);
  expect(dataOf(room, "permission.decided")).toMatchObject([{ decision }]);
});

test.each<[string, readonly unknown[]]>([
  ["null", [null]],
  ["a number and its text", [7, "7"]],
  ["numbers that no double can hold apart", [9007199254740992, "9007199254740993"]],
  ["a fraction and less than nothing", [0.5, -1]],
  ["4 MB", ["i".repeat(4_000_000)]],
])("requests by ids like %s are answered, each once, and nothing else is", async (_, ids) => {
  const lines = ids.map((id) =>
    JSON.stringify({ jsonrpc: "2.0", id, method: "fs/read_text_file", params: { path: "README.md" } }),
  );
  const { attempt, room } = await perform([{ line: lines.join("\n") }, { sleepMs: 300 }, EDIT]);
  expect(attempt).toMatchObject({ stop: "completed" });
  const answered = readFrames(room.log("frames.jsonl")).flatMap((frame) =>
    frame.dir === "out" && "frame" in frame && JSON.stringify(frame.frame).includes("read me") ? [frame.frame] : [],
  );
  expect(answered.map((frame) => (frame as { id: unknown }).id)).toEqual(ids);
});

test("acp-lies: what is granted under an id covers that act, and no other that is told under it", async () => {
  const options = [{ optionId: "once", kind: "allow_once" }];
  const ask = (toolCall: object): object => ({
    request: "session/request_permission",
    params: { sessionId: "s", toolCall, options },
  });
  const done = (fields: object): object => ({
    update: { sessionUpdate: "tool_call_update", status: "completed", ...fields },
  });
  const { attempt, room } = await perform([
    ask({ toolCallId: "1", kind: "execute", rawInput: { command: "python3 -m pytest" } }),
    done({ toolCallId: "1", kind: "execute", rawInput: { command: "curl https://x.example" } }),
    ask({ toolCallId: "2", kind: "edit", locations: [{ path: "src/strings.py" }] }),
    done({ toolCallId: "2", kind: "edit", content: [{ type: "diff", path: "README.md", newText: "x" }] }),
    ask({ toolCallId: "3", kind: "edit", locations: [{ path: "/workspace/src/strings.py" }] }),
    done({ toolCallId: "3", kind: "edit", content: [{ type: "diff", path: "src/strings.py", newText: "x" }] }),
    ask({ toolCallId: "4", kind: "edit", locations: [{ path: "/workspace/src/strings.py" }] }),
    done({ toolCallId: "4", kind: "edit", content: [{ type: "diff", path: "strings.py", newText: "x" }] }),
  ]);
  expect(attempt).toMatchObject({ requests: 4, refused: 0, unasked: 2 });
  expect(dataOf(room, "policy.unmediated")).toMatchObject([{ callId: "1" }, { callId: "2" }]);
});

test("acp-lies: a call that is announced under the id of an ended one is another call, and a protocol violation", async () => {
  const call = { sessionUpdate: "tool_call", toolCallId: "1", kind: "execute", rawInput: { command: "ls" } };
  const other = { ...call, rawInput: { command: "curl https://x.example" } };
  const { attempt } = await perform([
    { update: { ...call, status: "failed" } },
    { update: { ...call, status: "completed" } },
    { update: { ...other, status: "completed" } },
    { update: { ...other, status: "completed" } },
  ]);
  expect(attempt).toMatchObject({
    unasked: 1,
    protocolViolations: ["begins another tool call under the id of one that has ended"],
  });
});

test("acp-lies: asking for one file and writing another is seen where it is told, and counted", async () => {
  const { attempt, room } = await perform([
    { ask: { kind: "edit", path: "src/strings.py" }, then: { write: "README.md", content: "mine" } },
    { write: "README.md", content: "again", native: true },
    { write: "test_strings.py", content: "native", native: true },
    { bash: "echo hidden > hidden.txt" },
  ]);
  expect(attempt).toMatchObject({ stop: "completed", requests: 1, unasked: 3 });
  expect(dataOf(room, "policy.unmediated")).toHaveLength(3);
});

test("acp-lies: a refused call that is reported as done is a protocol violation", async () => {
  const { attempt } = await perform([{ write: ".env", content: "x", boast: true }]);
  expect(attempt).toMatchObject({
    refused: 1,
    unasked: 1,
    protocolViolations: ["reports tool-1 as done though it was refused"],
  });
});

test("acp-lies: an answer to a request that nobody made changes nothing and is a protocol violation", async () => {
  const { attempt, room } = await perform([
    { answer: { id: 77, result: { outcome: { outcome: "selected", optionId: "always" } } } },
    { answer: { id: "s1", result: {} } },
    EDIT,
  ]);
  expect(attempt).toMatchObject({ stop: "completed", protocolViolations: ["answers a request that nobody made"] });
  expect(dataOf(room, "backend.extension").map(({ method }) => method)).toEqual([
    "answer to no request",
    "answer to no request",
  ]);
});

test("acp-lies: one request id used twice at a time is a protocol violation, and both are answered", async () => {
  const read = JSON.stringify({
    jsonrpc: "2.0",
    id: "same",
    method: "fs/read_text_file",
    params: { path: "/workspace/README.md" },
  });
  const { attempt, room } = await perform([{ line: `${read}\n${read}` }, { sleepMs: 400 }, EDIT]);
  expect(attempt).toMatchObject({ stop: "completed", protocolViolations: ["uses one request id twice at a time"] });
  expect(room.log("frames.jsonl").match(/"id":"same","result"/g)).toHaveLength(2);
});

test.each<[string, unknown, string]>([
  ["garbage", { line: "{ not json" }, "sends lines that are no JSON"],
  ["100 kB in one line", { flood: 100_000 }, "sends lines that are no JSON"],
  ["brackets without end", { line: "[".repeat(50_000) }, "sends lines that are no JSON"],
  ["deep JSON", { line: `${"[".repeat(5000)}${"]".repeat(5000)}` }, "sends lines that are no JSON"],
  ["a list of messages", { line: "[]" }, "sends what is no message of the protocol"],
  ["a number", { line: "1e999" }, "sends what is no message of the protocol"],
  ["an empty object", { line: "{}" }, "sends what is no message of the protocol"],
])("%s is kept, told and survived", async (_, step, violation) => {
  const { attempt, room } = await perform([step, EDIT]);
  expect(attempt).toMatchObject({ stop: "completed", protocolViolations: [violation] });
  const raw = readFrames(room.log("frames.jsonl")).filter((frame) => "raw" in frame);
  expect(raw.every((frame) => "raw" in frame && frame.raw.length <= 2_000)).toBe(true);
  expect(readFileSync(path.join(room.workspace, "src/strings.py"), "utf8")).toContain("return 1");
});

test("unknown updates, notifications and requests are kept; requests are answered -32601", async () => {
  const { attempt, room } = await perform([
    { update: { sessionUpdate: "brand_new", value: "\u001b[2J" } },
    { update: { sessionUpdate: "agent_message_chunk", content: { type: "image" } } },
    { notify: "_auth/status_update", params: { big: "x".repeat(10_000) } },
    { request: "session/elicit", params: { ask: "password" } },
    { request: "fs/delete_file", params: { path: "/workspace/README.md" } },
    { update: null },
  ]);
  expect(attempt.stop).toBe("completed");
  expect(dataOf(room, "backend.extension").map(({ method }) => method)).toEqual([
    "session/update brand_new",
    "session/update agent_message_chunk",
    "_auth/status_update",
    "session/elicit",
    "fs/delete_file",
    "session/update ",
  ]);
  expect(dataOf(room, "backend.extension")[2]?.["params"]).toMatchObject({ bytes: 10_010 });
  const refused = readFrames(room.log("frames.jsonl")).filter(
    ({ dir, ...rest }) => dir === "out" && JSON.stringify(rest).includes("-32601"),
  );
  expect(refused).toHaveLength(2);
});

test("text that no surface could hold is made plain before it is told", async () => {
  const { room } = await perform([{ line: '{"method":"x","params":{"a":"\\ud800","b":1e999,"__proto__":1}}' }]);
  expect(JSON.stringify(dataOf(room, "backend.extension"))).toBe(
    '[{"method":"x","params":{"a":"\ufffd","b":"Infinity","__proto__":1}}]',
  );
  expect(room.log("frames.jsonl")).toContain('"b":1e999');
});

test("a name that is cut in the middle of a character can still be written down", async () => {
  const long = `${"x".repeat(499)}\u{1F600}`;
  const { attempt, room } = await perform([
    { notify: long },
    { run: "true", title: long },
    { mode: long.slice(400) },
    { stop: long },
  ]);
  expect(canonicalJson([attempt, room.events])).toContain("\ufffd");
});

test("R073: a mode that it raises itself is a finding, is set back once, and ends the turn the second time", async () => {
  const once = await perform([{ mode: "yolo" }, { sleepMs: 300 }, EDIT]);
  expect(once.attempt).toMatchObject({ stop: "completed", authorityClaims: ["sets its own mode to yolo"] });
  expect(once.room.log("frames.jsonl")).toContain('"method":"session/set_mode"');
  const twice = await perform([{ mode: "yolo" }, { sleepMs: 300 }, { mode: "yolo" }, { sleepMs: 20_000 }]);
  expect(twice.attempt).toMatchObject({ stop: "cancelled" });
  expect(dataOf(twice.room, "cancel.sent")).toEqual([{ reason: "the agent changed its mode again" }]);
});

test("a working folder outside the workspace is refused, and variables of the Harness are not set", async () => {
  const { attempt, room } = await perform([
    { terminal: "echo there", extra: { cwd: "/srv/target" } },
    { terminal: "echo up", extra: { cwd: "/workspace/../.." } },
    {
      terminal: "echo $CTO_OUTCOME:$OTHER",
      extra: {
        env: [
          { name: "CTO_OUTCOME", value: "accepted" },
          { name: "OTHER", value: "o" },
        ],
      },
    },
  ]);
  expect(attempt).toMatchObject({ refused: 2, authorityClaims: ["sets a variable of the Harness"] });
  expect(dataOf(room, "terminal.started").map(({ rule }) => rule)).toEqual([
    "policy/outside-workspace",
    "policy/outside-workspace",
    "policy/no-forbidden-action",
  ]);
  expect(room.log("frames.jsonl")).toContain('"output":":o\\n"');
});

test("the hand follows no link that was planted, neither to read nor to write", async () => {
  const plant = (room: FakeRoom): void => {
    const outside = path.join(room.workspace, "..", "outside");
    mkdirSync(outside);
    writeFileSync(path.join(outside, "strings.py"), "theirs");
    symlinkSync(path.join(outside, "strings.py"), path.join(room.workspace, "test_strings2.py"));
    symlinkSync(outside, path.join(room.workspace, "linked"));
  };
  const { room } = await perform(
    [
      { sleepMs: 300 },
      { bash: "rm -rf src test_strings.py; ln -s linked src; ln -s test_strings2.py test_strings.py" },
      { write: "src/strings.py", content: "through a folder" },
      { write: "test_strings.py", content: "through a file" },
      { read: "src/strings.py" },
      { read: "test_strings2.py" },
    ],
    { meanwhile: plant },
  );
  expect(readFileSync(path.join(room.workspace, "..", "outside", "strings.py"), "utf8")).toBe("theirs");
  expect(dataOf(room, "file.written")).toEqual([]);
  expect(dataOf(room, "file.read")).toEqual([]);
});

test("an unread file, a folder and a pipe are errors that the agent is told of", async () => {
  const { attempt } = await perform([
    { read: "absent.py" },
    { read: "src" },
    { bash: "mkfifo pipe" },
    { read: "pipe" },
    EDIT,
  ]);
  expect(attempt.stop).toBe("completed");
});

test("a stop settles in time while the agent works, and what is open is answered cancelled", async () => {
  const start = performance.now();
  const { attempt, room } = await perform([{ sleepMs: 60_000 }, EDIT], {
    meanwhile: (open) => setTimeout(open.stop, 700),
  });
  expect(attempt).toMatchObject({ stop: "cancelled", said: "cancelled" });
  expect(dataOf(room, "cancel.settled")).toMatchObject([{ forced: false }]);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("a hanging agent that ignores the cancel is ended by force", async () => {
  const { attempt, room } = await perform([{ hang: true }], { meanwhile: (open) => setTimeout(open.stop, 500) });
  expect(attempt).toMatchObject({ stop: "cancelled", said: "stopped" });
  expect(dataOf(room, "cancel.settled")).toMatchObject([{ forced: true }]);
});

test("a stop before the start is a stop", async () => {
  const { attempt, room } = await perform([EDIT], { meanwhile: (open) => open.stop() });
  expect(attempt.stop).toBe("cancelled");
  expect(readFileSync(path.join(room.workspace, "src/strings.py"), "utf8")).not.toContain("return 1");
});

test.each<[string, Record<string, number>, readonly unknown[], string]>([
  ["silence", { idleMs: 900 }, [{ hang: true }], "idleMs"],
  [
    "a turn without end",
    { wallMs: 1_500 },
    Array.from({ length: 40 }, () => [{ say: "." }, { sleepMs: 100 }]).flat(),
    "wallMs",
  ],
  ["a flood of updates", {}, Array.from({ length: 20_100 }, () => ({ say: "." })), "backend frames"],
  ["a line of 9 MB", {}, [{ flood: 9_000_000 }], "backend frame bytes"],
])("%s ends by its limit, by name", async (_, limits, steps, limit) => {
  expect((await perform(steps, { limits })).attempt).toMatchObject({ stop: "gave_up", limit });
});

test("R135 an agent that asks on beyond its budget is ended by its name, however patiently it waits between", async () => {
  const { attempt } = await perform([{ hang: true }], { meanwhile: (open) => open.spend("modelRequestsMax") });
  expect(attempt).toMatchObject({ stop: "gave_up", said: "limit modelRequestsMax", limit: "modelRequestsMax" });
});

test.each<[string, readonly unknown[], Partial<Attempt>]>([
  ["a refusal", [{ stop: "refusal" }], { stop: "gave_up", said: "refusal" }],
  ["max_tokens", [{ stop: "max_tokens" }], { stop: "gave_up", said: "max_tokens" }],
  ["an unknown stop word", [{ stop: "approved" }], { stop: "gave_up", said: "approved" }],
  ["an agent that does not leave", [{ ignoreEof: true }], { stop: "completed" }],
  ["an agent that leaves something behind", [{ orphan: 3 }], { stop: "completed" }],
])("%s ends as it should", async (_, steps, expected) => {
  expect((await perform(steps)).attempt).toMatchObject(expected);
});

test("a crash before the answer is a failure, whatever its exit status", async () => {
  await expect(perform([{ crash: 0 }])).rejects.toMatchObject({ code: "backend/crashed" });
  await expect(perform([EDIT, { crash: 3 }])).rejects.toMatchObject({ code: "backend/crashed" });
});

test("the message of a crash tells the last line of the error stream, as the agent's own words", async () => {
  await expect(perform([{ stderr: "one\nno \u001b[31mmodule 'x'\n\n" }, { crash: 3 }])).rejects.toThrow(
    /^The agent ended before it answered: exit 3, signal none\. The last line of its error stream, its own words: no <U\+001B>\[31mmodule 'x'$/,
  );
  await expect(perform([{ crash: 0 }])).rejects.toThrow(/exit 0, signal none\.$/);
});

test("what it writes to its error stream is kept and cut", async () => {
  const { room } = await perform([{ stderr: `\u001b[31m${"e".repeat(3_000)}` }], { limits: { outputBytesMax: 1_000 } });
  expect(room.log("stderr.log")).toHaveLength(1_000);
  expect(existsSync(path.join(room.workspace, "src/strings.py"))).toBe(true);
});
