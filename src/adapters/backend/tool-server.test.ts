import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { sampleAssignment, sampleJudge } from "../../../test/fakes/assignment.ts";
import { openFakeRoom, type FakeRoom } from "../../../test/fakes/room.ts";
import type { ToolDesk } from "../../seams/backend.ts";
import type { OwnFact } from "../../workflow/backend/frame.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { openTerminals } from "./acp-terminals.ts";
import { openGrantedActs, type GrantedActs } from "./granted-acts.ts";
import { openHand, type Hand } from "./hand.ts";
import { insidePath, programBytes } from "./programs.ts";
import { openToolDesk, TOOLS } from "./tool-server.ts";

let room: FakeRoom;
let hand: Hand;
let acts: GrantedActs;
let desk: ToolDesk;
let facts: OwnFact[];

beforeEach(async () => {
  const assignment = sampleAssignment();
  const backend = {
    kind: "acp",
    probe: () => Promise.reject(new Error("nobody asks")),
    needs: async () => ({
      readOnlyHostPaths: [],
      files: [{ path: insidePath("hand.mjs"), content: await programBytes("hand.mjs") }],
    }),
    perform: () => Promise.reject(new Error("nobody performs")),
  } as const;
  room = await openFakeRoom(backend, assignment, sampleJudge, {
    "src/strings.py": "one\ntwo\none\n",
    ".env": "KEY=1\n",
  });
  facts = [];
  const tell = (fact: OwnFact): void => void facts.push(fact);
  const terminals = openTerminals(room, tell);
  hand = openHand(room);
  acts = openGrantedActs({ room, hand, terminals, limits: assignment.limits, tell });
  desk = openToolDesk({ acts, terminals });
});
afterEach(async () => {
  await hand.close();
  await room.close();
});

const ask = async (method: string, params: object = {}): Promise<unknown> => {
  const answer = await desk(Buffer.from(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })));
  return answer === undefined ? undefined : JSON.parse(Buffer.from(answer).toString("utf8"));
};

const call = async (name: string, given: unknown): Promise<{ readonly text: string; readonly isError: boolean }> => {
  const { result } = (await ask("tools/call", { name, arguments: given })) as {
    readonly result: { readonly isError?: boolean; readonly content: readonly [{ readonly text: string }] };
  };
  return { text: result.content[0].text, isError: result.isError === true };
};

test("the tools are listed with what they take, and nothing else is", async () => {
  expect(await ask("initialize", { protocolVersion: "2025-06-18" })).toMatchObject({
    result: { serverInfo: { name: "harness" }, capabilities: { tools: {} } },
  });
  expect(await ask("tools/list")).toMatchObject({
    result: { tools: TOOLS.map(({ name }) => ({ name, inputSchema: { type: "object" } })) },
  });
  expect(await ask("ping")).toMatchObject({ result: {} });
  expect(await ask("resources/list")).toMatchObject({ error: { code: -32601 } });
  expect(await desk(Buffer.from('{"jsonrpc":"2.0","method":"notifications/initialized"}'))).toBe(undefined);
});

test("an allowed file is read, edited and written by the hand, each told with its digest", async () => {
  expect(await call("read", { path: "src/strings.py" })).toEqual({ text: "one\ntwo\none\n", isError: false });
  expect(await call("edit", { path: "src/strings.py", old_string: "two", new_string: "$& 2" })).toMatchObject({
    isError: false,
  });
  expect(await call("read", { path: "/workspace/src/strings.py" })).toMatchObject({ text: "one\n$& 2\none\n" });
  expect(await call("write", { path: "test_strings.py", content: "new\n" })).toMatchObject({ isError: false });
  expect(facts.flatMap((fact) => (fact.did === "wrote" ? [fact.path] : []))).toEqual([
    "src/strings.py",
    "test_strings.py",
  ]);
});

test("a passage that is not there, or there twice, is not edited", async () => {
  for (const old_string of ["three", "one", ""])
    expect(await call("edit", { path: "src/strings.py", old_string, new_string: "x" })).toMatchObject({
      isError: true,
    });
  expect(facts.some(({ did }) => did === "wrote")).toBe(false);
});

test("an edit takes away nothing that it did not show: no file is cut, and no byte is lost that is no text", async () => {
  const place = path.join(room.workspace, "src/strings.py");
  const beginning = Buffer.from("\ufeffone\n");
  for (const [rest, code] of [
    [Buffer.from([0xe4, 0x0a]), "not-text"],
    [Buffer.alloc(LIMITS.handReadBytesMax, "x"), "too-large"],
  ] as const) {
    await writeFile(place, Buffer.concat([beginning, rest]));
    const edited = await call("edit", { path: "src/strings.py", old_string: "one", new_string: "1" });
    expect(edited).toMatchObject({ isError: true, text: expect.stringContaining(code) });
    expect(await readFile(place)).toEqual(Buffer.concat([beginning, rest]));
  }
  expect(await call("read", { path: "src/strings.py" })).toMatchObject({ isError: true });
  await writeFile(place, beginning);
  expect(await call("edit", { path: "src/strings.py", old_string: "one", new_string: "1" })).toMatchObject({
    isError: false,
  });
  expect(await readFile(place, "utf8")).toBe("\ufeff1\n");
});

test.each([
  ["a null byte", "src/strings.py\0"],
  ["a null byte in the middle", "src/str\0ings.py"],
  ["a letter that only looks so", "src/string\u0455.py"],
  ["a letter of full width", "src/strings.p\uff59"],
  ["a letter that cannot be seen", "src/strings\u200b.py"],
  ["two strokes", "src//strings.py"],
  ["a stroke to the left", "src\\strings.py"],
  ["a stroke of another alphabet", "src\u2215strings.py"],
  ["half a character", "src/strings.py\ud800"],
  ["a way up and back", "src/../src/strings.py"],
  ["a way out and back", "../workspace/src/strings.py"],
  ["a place", "/workspace/../workspace/src/strings.py"],
  ["nothing", ""],
  ["the workspace itself", "."],
])("a name with %s is no allowed one, to write and to edit", async (_, name) => {
  for (const [tool, given] of [
    ["write", { path: name, content: "x" }],
    ["edit", { path: name, old_string: "two", new_string: "x" }],
  ] as const)
    expect(await call(tool, given)).toMatchObject({ isError: true });
  expect(facts.filter(({ did }) => did === "wrote")).toEqual([]);
  expect(await readFile(path.join(room.workspace, "src/strings.py"), "utf8")).toBe("one\ntwo\none\n");
});

test("a command runs, and its end is told by who started it", async () => {
  expect(await call("bash", { command: "echo out; exit 3" })).toEqual({ text: "out\n\nexit 3", isError: false });
  expect(await call("search", { text: "two" })).toMatchObject({
    text: expect.stringContaining("src/strings.py:2:two"),
  });
  expect(facts.flatMap((fact) => (fact.did === "ended" ? [fact.exitCode] : []))).toEqual([3, 0]);
});

test.each<[string, string, object]>([
  ["a forbidden file", "write", { path: ".env", content: "x" }],
  ["a file that is not listed", "write", { path: "README.md", content: "x" }],
  ["a file outside", "write", { path: "/etc/passwd", content: "x" }],
  ["a way up", "write", { path: "src/../../x", content: "x" }],
  ["a push", "bash", { command: "git push origin main" }],
  ["a secret", "read", { path: ".env" }],
])("%s is refused by the rule, told, and nothing is done", async (_, name, given) => {
  expect(await call(name, given)).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^Refused by the contract/),
  });
  expect(facts.map(({ did }) => did)).toEqual(["judged"]);
  expect(room.started).toEqual([]);
});

test.each<[string, unknown]>([
  ["a tool that is not there", { name: "approve", arguments: {} }],
  ["a tool of the prototype", { name: "__proto__", arguments: {} }],
  ["an argument that is missing", { name: "read", arguments: {} }],
  ["an argument that is no text", { name: "read", arguments: { path: ["src/strings.py"] } }],
  ["no arguments", { name: "read" }],
])("%s is an error and no act", async (_, params) => {
  expect(await ask("tools/call", params as object)).toMatchObject({ result: { isError: true } });
  expect(facts).toEqual([]);
});

test.each([
  ["no JSON", "{"],
  ["a list", "[]"],
  ["not UTF-8", Buffer.from([0xff, 0xfe])],
  ["nested too deeply", `${"[".repeat(100)}${"]".repeat(100)}`],
])("%s is no message", async (_, bytes) => {
  const answer = await desk(Buffer.from(bytes));
  expect(JSON.parse(Buffer.from(answer ?? "{}").toString("utf8"))).toMatchObject({ error: { code: -32700 } });
});

test("after the turn was cancelled every act is refused", async () => {
  acts.cancel();
  expect(await call("read", { path: "src/strings.py" })).toMatchObject({ isError: true });
  expect(room.started).toEqual([]);
});
