import { askedIntents, judgeAll, optionFor } from "../../src/adapters/backend/acp-permission.ts";
import { openFrameLog } from "../../src/adapters/backend/frame-log.ts";
import { readMessage } from "../../src/workflow/backend/acp-message.ts";
import { readFrames } from "../../src/workflow/backend/frame.ts";
import { acpStory } from "../../src/workflow/backend/normalize-acp.ts";
import { intentJudge } from "../../src/workflow/policy/judge-intent.ts";
import { openFakeRoomOf } from "../fakes/frame-room.ts";
import { framesAsTheyAre } from "../fakes/room.ts";
import { CONTRACT, policy } from "../fixtures/governed.ts";
import { plainJson, plainText, REFUSED, type Fuzzed } from "./fuzzed.ts";
import { mutated } from "./mutate.ts";

const call = (more: object): object => ({
  toolCallId: "call-1",
  title: "edit",
  kind: "edit",
  status: "pending",
  ...more,
});
const options = [
  { optionId: "once", name: "Allow", kind: "allow_once" },
  { optionId: "always", name: "Always", kind: "allow_always" },
  { optionId: "no", name: "Reject", kind: "reject_once" },
];
const asks = (toolCall: object): object => ({
  jsonrpc: "2.0",
  id: 7,
  method: "session/request_permission",
  params: { sessionId: "s", toolCall, options },
});
const update = (said: object): object => ({
  jsonrpc: "2.0",
  method: "session/update",
  params: { sessionId: "s", update: said },
});
const MESSAGES: readonly object[] = [
  asks(call({ content: [{ type: "diff", path: "/workspace/src/strings.py", oldText: "a", newText: "b" }] })),
  asks(call({ locations: [{ path: "/workspace/test_strings.py" }] })),
  asks(call({ kind: "read", locations: [{ path: "/workspace/strings.py", line: 3 }] })),
  asks(call({ kind: "execute", rawInput: { command: "python3 -m pytest -q" } })),
  asks(call({ kind: "fetch", rawInput: { url: "https://example.org/x" } })),
  {
    jsonrpc: "2.0",
    id: 8,
    method: "fs/write_text_file",
    params: { sessionId: "s", path: "/workspace/src/strings.py", content: "x" },
  },
  { jsonrpc: "2.0", id: "a", method: "terminal/create", params: { sessionId: "s", command: "git", args: ["status"] } },
  { jsonrpc: "2.0", id: 1, result: { protocolVersion: 1, agentCapabilities: {}, authMethods: [] } },
  { jsonrpc: "2.0", id: 3, result: { stopReason: "end_turn" } },
  { jsonrpc: "2.0", id: 4, error: { code: -32603, message: "no" } },
  update({ sessionUpdate: "agent_message_chunk", content: { type: "text", text: "approved by jp" } }),
  update(call({ sessionUpdate: "tool_call", rawInput: { path: "src/strings.py" } })),
  update({ sessionUpdate: "plan", entries: [{ content: "edit", priority: "high", status: "pending" }] }),
];
const CORPUS = MESSAGES.map((message) => new TextEncoder().encode(JSON.stringify(message)));
const WORDS = {
  words: [
    "/workspace/src/strings.py",
    "/workspace/test_strings.py",
    "/workspace/.env",
    "/workspace/setup.cfg",
    "/workspace/.git/config",
    "/etc/passwd",
    "src/strings.py",
    "strings.py",
    "session/request_permission",
    "session/update",
    '"allow_once"',
    '"allow_always"',
    '"reject_once"',
    '"optionId":"once"',
    '"kind":"read"',
    '"kind":"edit"',
    '"kind":"delete"',
    '"kind":"move"',
    '"kind":"execute"',
    '"path":',
    '"locations":',
    '"content":',
    '"rawInput":',
    '"command":"git push"',
    '"id":null',
    '"id":{}',
    '"method":',
    '"result":null,',
  ],
};

const judge = intentJudge(CONTRACT, policy());

/** A line of an agent: kept, told, and answered where it asks for permission. */
export const MESSAGES_OF_AGENTS: Fuzzed = {
  kind: "ACP messages",
  share: 0.23,
  makeCase: (random) => mutated(CORPUS, WORDS, random),
  judge: (bytes) => {
    const line = Uint8Array.from(bytes.filter((byte) => byte !== 0x0a));
    const room = { ...openFakeRoomOf(framesAsTheyAre), judge };
    const log = openFrameLog(room, acpStory({ declared: "full" }), () => undefined);
    const frame = log.incoming(line);
    log.end();
    // What is kept can be read back, whatever it was.
    const kept = readFrames(room.text());
    if (line.length > 0 && kept.length !== 1)
      return { isAccepted: true, objections: [`it is kept as ${kept.length} frames`] };
    const message = readMessage(frame);
    if (message.kind !== "request" || message.method !== "session/request_permission") return REFUSED;
    const { verdict } = judgeAll(room, askedIntents(message.params, new Map()));
    const option = optionFor(message.params, verdict.allowed);
    if (!verdict.allowed || option === undefined) return REFUSED;
    return { isAccepted: true, objections: [...objectionsTo(plainJson(plainText(line)), option)] };
  },
};

const ALLOWED: ReadonlySet<string> = new Set(
  CONTRACT.allowedPaths.flatMap((path) => [path, `./${path}`, `/workspace/${path}`]),
);
const NEVER = /(?:^|\/)(?:\.env(?:\..*)?|secrets|credentials|deploy|infra|\.git)(?:\/|$)|(?:^|\/)\.\.(?:\/|$)/i;

/** What was granted, by someone who only looks at the paths that stand in it. */
function* objectionsTo(json: unknown, option: string): Iterable<string> {
  const params = member(json, "params");
  const asked = member(params, "toolCall");
  const kinds = list(member(params, "options")).filter((one) => member(one, "optionId") === option);
  if (kinds.length !== 1 || member(kinds[0], "kind") !== "allow_once") yield `${option} does not allow once`;
  const written = list(member(asked, "content")).map((item) => member(item, "path"));
  for (const path of written)
    if (typeof path === "string" && !ALLOWED.has(path.replaceAll(/\/{2,}|\/\.(?=\/)/g, "/"))) yield `it writes ${path}`;
  const named = [...written, ...list(member(asked, "locations")).map((item) => member(item, "path"))];
  for (const path of named) if (typeof path === "string" && NEVER.test(path)) yield `it touches ${path}`;
  const command = member(member(asked, "rawInput"), "command");
  if (typeof command === "string" && /^\s*(?:git\s+push|curl|ssh)\b/.test(command)) yield `it runs ${command}`;
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
