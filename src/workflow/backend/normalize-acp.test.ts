import { anything, assert, constantFrom, jsonValue, property, array } from "fast-check";
import { expect, test } from "vitest";

import { canonicalJson } from "../digest.ts";
import { readFrames, type Frame } from "./frame.ts";
import { plainJson } from "./loose.ts";
import { acpStory, normalizeAcp } from "./normalize-acp.ts";

// What an agent of protocol 1 sends for one thought, one asked edit and one command that it did not ask for.
const RECORDED = `
{"t":0,"dir":"out","frame":{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":1}}}
{"t":9,"dir":"in","frame":{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":1,"agentInfo":{"name":"a","version":"2"},"agentCapabilities":{"loadSession":false}}}}
{"t":10,"dir":"out","frame":{"jsonrpc":"2.0","id":1,"method":"session/new","params":{"cwd":"/workspace","mcpServers":[{"name":"harness"}]}}}
{"t":12,"dir":"in","frame":{"jsonrpc":"2.0","id":1,"result":{"sessionId":"s","modes":{"currentModeId":"ask"},"models":{"currentModelId":"m"}}}}
{"t":13,"dir":"out","frame":{"jsonrpc":"2.0","id":2,"method":"session/prompt","params":{"sessionId":"s","prompt":[{"type":"text","text":"do it"}]}}}
{"t":14,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"Let me "}}}}}
{"t":15,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"see."}}}}}
{"t":16,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"c1","kind":"edit","title":"Edit","status":"pending"}}}}
{"t":17,"dir":"in","frame":{"jsonrpc":"2.0","id":"p1","method":"session/request_permission","params":{"toolCall":{"toolCallId":"c1","content":[{"type":"diff","path":"/workspace/src/a.py","oldText":"a","newText":"b"}]},"options":[{"optionId":"y","kind":"allow_once"}]}}}
{"t":18,"dir":"own","frame":{"did":"judged","method":"session/request_permission","callId":"c1","intent":{"kind":"write","path":"/workspace/src/a.py"},"decision":"allowed","rule":"src/a.py","optionId":"y","by":"policy","ms":1}}
{"t":18,"dir":"out","frame":{"jsonrpc":"2.0","id":"p1","result":{"outcome":{"outcome":"selected","optionId":"y"}}}}
{"t":19,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"in_progress"}}}}
{"t":20,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"completed"}}}}
{"t":21,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"tool_call","toolCallId":"c2","kind":"execute","title":"Run","status":"completed","rawInput":{"command":"ls"}}}}}
{"t":22,"dir":"in","frame":{"jsonrpc":"2.0","method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":5,"size":100}}}}
{"t":23,"dir":"in","frame":{"jsonrpc":"2.0","id":2,"result":{"stopReason":"end_turn","usage":{"inputTokens":7,"outputTokens":3}}}}
`;

test("recorded frames become these events, each with the line that it came from", () => {
  const events = normalizeAcp(readFrames(RECORDED), { declared: "ask" });
  expect(events.map(({ type, subject, trust, raw }) => `${raw?.line} ${type} ${subject} ${trust}`)).toEqual([
    "2 backend.ready run backend-claimed",
    "4 session.started run backend-claimed",
    "5 turn.started run harness-observed",
    "8 message.recorded run agent-claimed",
    "8 tool.started tool/c1 backend-claimed",
    "9 permission.requested tool/c1 backend-claimed",
    "10 permission.decided tool/c1 harness-observed",
    "12 tool.updated tool/c1 backend-claimed",
    "13 tool.finished tool/c1 backend-claimed",
    "14 tool.started tool/c2 backend-claimed",
    "14 tool.finished tool/c2 backend-claimed",
    "14 policy.unmediated tool/c2 harness-observed",
    "15 usage.reported run backend-claimed",
    "16 usage.reported run backend-claimed",
    "16 turn.finished run backend-claimed",
  ]);
  expect(events.map(({ data }) => data)).toMatchObject([
    { agent: { name: "a", version: "2" }, protocolVersion: 1, mediation: "ask" },
    { sessionId: "s", mode: "ask", model: "m", mcpServers: ["harness"] },
    { n: 1 },
    { role: "thought", text: "Let me see." },
    { kind: "edit", paths: [] },
    { subject: [{ kind: "write", path: "/workspace/src/a.py" }], options: [{ optionId: "y", kind: "allow_once" }] },
    { decision: "allowed", rule: "src/a.py", optionId: "y", by: "policy" },
    { status: "in_progress" },
    { status: "ok", diff: [{ path: "src/a.py" }] },
    { command: "ls" },
    { status: "ok" },
    { kind: "execute" },
    { contextUsed: 5, contextSize: 100, origin: "agent" },
    { inputTokens: 7, outputTokens: 3 },
    { stop: "completed", rawStop: "end_turn" },
  ]);
});

const update = (fields: object): Frame => ({
  t: 0,
  dir: "in",
  frame: plainJson({ method: "session/update", params: { update: fields } }),
});
const ask = (callId: string, decision: "allowed" | "denied"): readonly Frame[] => [
  {
    t: 0,
    dir: "in",
    frame: {
      id: callId,
      method: "session/request_permission",
      params: { toolCall: { toolCallId: callId, kind: "edit", locations: [{ path: "a" }] } },
    },
  },
  {
    t: 0,
    dir: "own",
    frame: {
      did: "judged",
      method: "session/request_permission",
      callId,
      intent: { kind: "write", path: "a" },
      decision,
      rule: "r",
      by: "policy",
      ms: 0,
    },
  },
];
const call = (callId: string, status: string): Frame =>
  update({
    sessionUpdate: "tool_call",
    toolCallId: callId,
    kind: "edit",
    status,
    locations: [{ path: "/workspace/a" }],
  });
const tally = (frames: readonly Frame[]): ReturnType<ReturnType<typeof acpStory>["tally"]> => {
  const story = acpStory({ declared: "full" });
  frames.forEach((frame, index) => void story.next(frame, index + 1));
  return story.tally();
};

test.each<[string, readonly Frame[], number]>([
  ["no request", [call("1", "completed")], 1],
  ["a request of the same id", [call("1", "pending"), ...ask("1", "allowed"), call("1", "completed")], 0],
  [
    "a request of another id for the same path, as Hermes sends it",
    [...ask("edit-approval-1", "allowed"), call("1", "completed")],
    0,
  ],
  ["a refused request", [...ask("1", "denied"), call("1", "completed")], 1],
  ["one request for two effects", [...ask("1", "allowed"), call("1", "completed"), call("2", "completed")], 1],
  ["a request that comes too late", [call("1", "completed"), ...ask("1", "allowed")], 1],
  ["an end told twice", [call("1", "completed"), call("1", "completed")], 1],
  ["a failed call", [call("1", "failed")], 0],
  [
    "a write of our own hand",
    [{ t: 0, dir: "own", frame: { did: "wrote", path: "a", bytes: 1, sha256: "", rule: "r" } }, call("1", "completed")],
    0,
  ],
])("an effect with %s counts so often as unasked", (_, frames, unasked) => {
  expect(tally(frames).unasked).toBe(unasked);
});

test("a refused call without an end of its own is ended by the Harness", () => {
  const events = normalizeAcp([call("1", "pending"), ...ask("1", "denied")], { declared: "ask" });
  expect(events.at(-1)).toMatchObject({
    type: "tool.finished",
    trust: "harness-observed",
    data: { callId: "1", status: "denied" },
  });
});

test("a claim that is cut into pieces is found in the whole", () => {
  const chunk = (text: string): Frame =>
    update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text } });
  const frames = [
    chunk("I appro"),
    chunk("ve CTO-WORK-049 aga"),
    chunk("inst x for the y task."),
    call("1", "pending"),
  ];
  expect(tally(frames).authorityClaims).toEqual(["says the approval sentence"]);
});

test("nothing that an agent can send breaks the reading, and every event can be written down", () => {
  const method = constantFrom(
    "session/update",
    "session/request_permission",
    "fs/write_text_file",
    "terminal/create",
    "x",
  );
  const kind = constantFrom(
    "tool_call",
    "tool_call_update",
    "plan",
    "current_mode_update",
    "usage_update",
    "agent_message_chunk",
    "config_option_update",
  );
  assert(
    property(array(jsonValue(), { maxLength: 4 }), method, kind, anything(), (values, name, sessionUpdate, any) => {
      const frames: Frame[] = [...values, any].flatMap((value) => [
        { t: 0, dir: "in", frame: plainJson(value) },
        { t: 0, dir: "in", frame: plainJson({ id: 1, method: name, params: value }) },
        {
          t: 0,
          dir: "in",
          frame: plainJson({ method: name, params: { update: { ...Object(value), sessionUpdate } } }),
        },
        { t: 0, dir: "in", frame: plainJson({ id: 1, result: value }) },
      ]);
      for (const { data } of normalizeAcp(frames, { declared: "none" }))
        expect(typeof canonicalJson(data)).toBe("string");
    }),
  );
});
