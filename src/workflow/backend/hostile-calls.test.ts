import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import { LIMITS } from "../limits.ts";
import type { Frame } from "./frame.ts";
import { acpStory, type AcpTally } from "./normalize-acp.ts";
import { intentsOf, readToolCall } from "./tool-call.ts";

// What takes the square of its length takes minutes at the size of one frame; all of these take well under a second.
const MS_MAX = 4_000;

const places = (count: number, name: (n: number) => string): readonly { readonly path: string }[] =>
  Array.from({ length: count }, (_, n) => ({ path: name(n) }));

const MANY = 200_000;

test.each<[string, object]>([
  ["places", { locations: places(MANY, () => "src/strings.py") }],
  ["places beside changes", { locations: places(MANY, (n) => `a${n}`), content: places(MANY, (n) => `b${n}`) }],
  ["changes", { content: places(MANY, () => "src/strings.py") }],
  ["letters that begin a word", { locations: [{ path: "approv".repeat(1_000_000) }] }],
  ["letters in a command", { rawInput: { command: " cto".repeat(1_000_000) } }],
  ["letters in a title", { title: "status ".repeat(1_000_000) }],
  ["backslashes in a command", { rawInput: { command: "\\\\".repeat(2_000_000) } }],
  ["letters in an id", { toolCallId: "i".repeat(8_000_000) }],
])("a call of so many %s costs no more time than its length", (_, fields) => {
  const call = { toolCallId: "m", kind: "edit", title: "many", ...fields };
  const spentMs = processorClock();
  const story = acpStory({ declared: "ask" });
  story.next(incoming({ method: "session/update", params: { update: { sessionUpdate: "tool_call", ...call } } }), 1);
  story.next(incoming({ id: 1, method: "session/request_permission", params: { toolCall: call } }), 2);
  intentsOf(readToolCall(call));
  expect(spentMs()).toBeLessThan(MS_MAX);
});

test("what has more paths than can be judged is judged as a whole: it cannot be", () => {
  const most = readToolCall({ kind: "edit", title: "all", locations: places(LIMITS.callPathsMax, (n) => `p${n}`) });
  expect(intentsOf(most)).toHaveLength(LIMITS.callPathsMax);
  for (const field of ["locations", "content"]) {
    const call = readToolCall({ kind: "edit", title: "all", [field]: places(LIMITS.callPathsMax + 1, (n) => `p${n}`) });
    expect(intentsOf(call)).toEqual([{ kind: "other", title: "all" }]);
  }
});

test("however much was granted, an effect finds what covers it in no time, and each grant covers one", () => {
  const spentMs = processorClock();
  const tally = told(1_000, 100);
  expect(tally).toMatchObject({ requests: 1_000, unasked: 0 });
  expect(told(10, 100, "q")).toMatchObject({ unasked: 10 });
  expect(spentMs()).toBeLessThan(MS_MAX);
});

/** So many requests, each granted, then as many effects under ids of their own, on paths that begin with a letter. */
const told = (requests: number, paths: number, letter = "p"): AcpTally => {
  const story = acpStory({ declared: "ask" });
  let line = 0;
  const next = (frame: Frame): void => void story.next(frame, (line += 1));
  for (let n = 0; n < requests; n += 1) {
    const toolCall = { toolCallId: `g${n}`, kind: "edit", locations: places(paths, (at) => `p${n}-${at}`) };
    next(incoming({ id: n, method: "session/request_permission", params: { toolCall } }));
    next({ t: 1, dir: "own", frame: { ...GRANTED, callId: `g${n}` } });
  }
  for (let n = 0; n < requests; n += 1) {
    const call = { toolCallId: `c${n}`, kind: "edit", locations: places(paths, (at) => `${letter}${n}-${at}`) };
    const update = { sessionUpdate: "tool_call", status: "completed", ...call };
    next(incoming({ method: "session/update", params: { update } }));
  }
  return story.tally();
};

const GRANTED = {
  did: "judged",
  method: "session/request_permission",
  intent: { kind: "other", title: "" },
  decision: "allowed",
  rule: "r",
  by: "policy",
  ms: 0,
} as const;

const incoming = (frame: object): Frame => ({ t: 1, dir: "in", frame: { jsonrpc: "2.0", ...frame } });
