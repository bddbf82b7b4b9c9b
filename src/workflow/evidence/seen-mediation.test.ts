import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import type { EventLine } from "./event-line.ts";
import { seenMediation } from "./seen-mediation.ts";

const event = (type: string, data: EventLine["data"], trust = "harness-observed"): EventLine => ({
  type,
  subject: "run",
  time: "2026-01-01T00:00:00.000Z",
  sequence: 1,
  trust,
  data,
});

const changed = (...files: readonly (readonly [string, string | null])[]): EventLine =>
  event("diff.captured", { files: files.map(([path, newSha256]) => ({ path, newSha256 })) });
const wrote = (path: string, sha256: string, trust?: string): EventLine =>
  event("file.written", { path, sha256, decision: "allowed" }, trust);
const unasked = event("policy.unmediated", { callId: "1" });
const named = (...paths: readonly string[]): EventLine => event("tool.started", { paths }, "backend-claimed");

/** A request as it was told of, and our answer. */
const asked = (path: string, decision = "allowed"): readonly EventLine[] => [
  event(
    "permission.requested",
    { callId: "1", subject: [{ kind: "write", path: `/workspace/${path}` }] },
    "backend-claimed",
  ),
  event("permission.decided", { callId: "1", decision }),
];

const offered = (...foreignTools: readonly string[]): EventLine =>
  event("model.requested", foreignTools.length === 0 ? { n: 1 } : { n: 1, foreignTools });

test.each([
  ["every byte is ours", [wrote("a", "1"), changed(["a", "1"])], "full"],
  ["every byte is ours, a command came unasked", [wrote("a", "1"), unasked, changed(["a", "1"])], "writes"],
  [
    "every byte is ours, a tool of others was offered",
    [offered("shell"), wrote("a", "1"), changed(["a", "1"])],
    "writes",
  ],
  ["every byte is ours, the model was asked", [offered(), wrote("a", "1"), changed(["a", "1"])], "full"],
  ["the last write is another than the bytes", [wrote("a", "1"), changed(["a", "2"])], "ask"],
  ["an earlier write had the bytes", [wrote("a", "1"), wrote("a", "2"), changed(["a", "1"])], "ask"],
  ["a file was removed, which no hand of ours does", [...asked("a"), changed(["a", null])], "ask"],
  ["a file was asked for, and another changed in silence", [...asked("a"), changed(["a", "1"], ["b", "1"])], "none"],
  [
    "a file was asked for, and another changed and named",
    [...asked("a"), named("a", "b"), changed(["a", "1"], ["b", "1"])],
    "observe",
  ],
  ["what was asked for was denied, and changed", [...asked("a", "denied"), changed(["a", "1"])], "none"],
  ["we wrote one file, another changed in silence", [wrote("a", "1"), changed(["a", "1"], ["b", "1"])], "none"],
  [
    "a command was granted, and may have changed anything",
    [event("terminal.started", { id: "1", command: "make", decision: "allowed" }), changed(["a", "1"])],
    "ask",
  ],
  [
    "a command was denied, and something changed",
    [event("terminal.started", { command: "make", decision: "denied" }), changed(["a", "1"])],
    "none",
  ],
  ["nobody asked anything, and the change is named", [named("a"), changed(["a", "1"])], "observe"],
  ["nobody asked anything, and the change is named by nobody", [changed(["a", "1"])], "none"],
  [
    "the agent says itself that it was asked",
    [event("permission.decided", {}, "backend-claimed"), changed(["a", "1"])],
    "none",
  ],
  ["an effect came unasked and is named", [named("a"), unasked, changed(["a", "1"])], "observe"],
  ["an effect came unasked and is named by nobody", [named("b"), unasked, changed(["a", "1"])], "none"],
  ["one path of two is named by nobody", [named("a"), unasked, changed(["a", "1"], ["b", "1"])], "none"],
  [
    "the agent says itself that we wrote it",
    [wrote("a", "1", "backend-claimed"), unasked, changed(["a", "1"])],
    "none",
  ],
  [
    "what tools leave behind came another way",
    [wrote("a", "1"), event("diff.captured", { files: [{ path: "__pycache__/a.pyc", scratch: true }] })],
    "nothing",
  ],
  ["nothing was done", [changed()], "nothing"],
  ["nothing was changed, a command of ours ran", [event("terminal.finished", {}), changed()], "full"],
  [
    "what an earlier performance did does not count",
    [event("workspace.prepared", {}), wrote("a", "1"), event("workspace.prepared", {}), unasked, changed(["a", "1"])],
    "none",
  ],
] as const)("R078 %s", (_, events, grade) => {
  expect(seenMediation(events)).toBe(grade);
});

test("R078 however much an agent says of however many files, their names are looked for once", () => {
  const files = Array.from({ length: 5_000 }, (_, at) => `${"a".repeat(40)}/${at}`);
  const said = Array.from({ length: 300 }, () =>
    event("tool.started", { callId: "1", command: "a".repeat(65_000) }, "backend-claimed"),
  );
  const spentMs = processorClock();
  const last = event("tool.started", { callId: "2", paths: files }, "backend-claimed");
  expect(seenMediation([...said, last, changed(...files.map((path) => [path, "1"] as const))])).toBe("observe");
  expect(spentMs()).toBeLessThan(5_000);
});
