import { expect, test } from "vitest";

import { LIMITS } from "../limits.ts";
import type { OutputParser } from "./command-parser.ts";
import type { Frame } from "./frame.ts";
import { commandStory } from "./normalize-command.ts";

const told = (parser: OutputParser, lines: readonly unknown[]): readonly string[] => {
  const story = commandStory(parser);
  const frames = lines.map((line): Frame =>
    typeof line === "string"
      ? { t: 1, dir: "in", raw: line, bytes: line.length }
      : { t: 1, dir: "in", frame: line as never },
  );
  const events = [...frames.flatMap((frame, at) => story.next(frame, at + 1)), ...story.end(frames.length)];
  return events.map(({ type, data }) => {
    const { text, status, paths, command, rawStop, inputTokens } = data;
    return [type, text ?? status ?? rawStop ?? command ?? inputTokens ?? paths ?? ""].join(" ").trim();
  });
};

test("opencode: steps, words, a tool with its command, tokens, the end", () => {
  const part = (more: object): object => ({ part: more });
  expect(
    told("opencode-json", [
      { type: "step_start", sessionID: "s" },
      { type: "text", ...part({ text: "I " }) },
      { type: "text", ...part({ text: "read." }) },
      {
        type: "tool_use",
        ...part({ callID: "1", tool: "bash", state: { status: "completed", input: { command: "ls" } } }),
      },
      { type: "step_finish", ...part({ reason: "stop", tokens: { input: 7, output: 1 } }) },
    ]),
  ).toEqual([
    "session.started",
    "message.recorded I read.",
    "tool.started ls",
    "tool.finished ok",
    "policy.unmediated",
    "usage.reported 7",
    "turn.finished stop",
  ]);
});

test("codex: items begin and end, a file change has its path", () => {
  expect(
    told("codex-json", [
      { type: "thread.started", thread_id: "t" },
      { type: "turn.started" },
      { type: "item.started", item: { id: "a", type: "command_execution", command: "ls" } },
      { type: "item.completed", item: { id: "a", type: "command_execution", command: "ls", status: "failed" } },
      { type: "item.completed", item: { id: "b", type: "file_change", changes: [{ path: "src/a.py" }] } },
      { type: "item.completed", item: { id: "c", type: "agent_message", text: "Done." } },
      { type: "turn.completed", usage: { input_tokens: 3, output_tokens: 4 } },
    ]),
  ).toEqual([
    "session.started",
    "tool.started ls",
    "tool.finished failed",
    "tool.started src/a.py",
    "tool.finished ok",
    "policy.unmediated",
    "message.recorded Done.",
    "usage.reported 3",
    "turn.finished turn.completed",
  ]);
});

test("claude: words and tools in one message, the result of each tool after it", () => {
  const content = (blocks: readonly object[]): object => ({ message: { content: blocks } });
  expect(
    told("claude-stream-json", [
      { type: "system", session_id: "s", model: "m" },
      {
        type: "assistant",
        ...content([
          { type: "text", text: "Now." },
          { type: "tool_use", id: "1", name: "Edit", input: { file_path: "/workspace/a.py" } },
        ]),
      },
      { type: "user", ...content([{ type: "tool_result", tool_use_id: "1" }]) },
      { type: "result", subtype: "success", usage: { input_tokens: 5, output_tokens: 6 } },
    ]),
  ).toEqual([
    "session.started",
    "message.recorded Now.",
    "tool.started a.py",
    "tool.finished ok",
    "policy.unmediated",
    "usage.reported 5",
    "turn.finished success",
  ]);
});

test("gemini and pi: each in its own words", () => {
  expect(
    told("gemini-stream-json", [
      { type: "init", session_id: "s", model: "m" },
      { type: "message", role: "assistant", content: "Hi." },
      { type: "tool_use", tool_id: "1", tool_name: "read_file", parameters: { path: "a.py" } },
      { type: "tool_result", tool_id: "1", status: "success" },
      { type: "result", status: "success", stats: { input_tokens: 1, output_tokens: 2 } },
    ]),
  ).toEqual([
    "session.started",
    "message.recorded Hi.",
    "tool.started a.py",
    "tool.finished ok",
    "usage.reported 1",
    "turn.finished success",
  ]);
  expect(
    told("pi-json", [
      { type: "session", id: "s" },
      { type: "agent_start" },
      { type: "message_end", message: { role: "assistant", content: [{ type: "text", text: "Hi." }] } },
      { type: "tool_execution_start", toolCallId: "1", toolName: "bash", args: { command: "rm -rf src" } },
      { type: "tool_execution_end", toolCallId: "1", isError: true },
      { type: "agent_end" },
    ]),
  ).toEqual([
    "session.started",
    "message.recorded Hi.",
    "tool.started rm -rf src",
    "tool.finished failed",
    "turn.finished agent_end",
  ]);
});

test.each<OutputParser>([
  "opencode-json",
  "codex-json",
  "claude-stream-json",
  "gemini-stream-json",
  "pi-json",
  "jsonl",
])("%s: what is not known is kept, and what is no JSON is told", (parser) => {
  const odd = [{ type: "invented", x: 1 }, null, [], { type: { __proto__: 1 } }, "no json"];
  expect(told(parser, odd)).toEqual(odd.map(() => "backend.extension"));
});

test("an exact sentence of approval in what is printed is a claim and nothing else", () => {
  const story = commandStory("none");
  story.next({ t: 1, dir: "in", raw: "I approve CTO-WORK-049 against /x for y.", bytes: 40 }, 1);
  expect(story.tally().authorityClaims.length).toBeGreaterThan(0);
  expect(story.tally().protocolViolations).toEqual([]);
});

test("self-approval-by-agent: a sentence that is printed in pieces is a claim, and no flood of claims is kept whole", () => {
  const story = commandStory("opencode-json");
  const said = (frame: object, line: number): unknown => story.next({ t: 1, dir: "in", frame: frame as never }, line);
  said({ type: "text", part: { text: "I approve CTO-WORK" } }, 1);
  said({ type: "text", part: { text: "-049 against /srv/target." } }, 2);
  const write = (at: number): object => ({
    type: "tool_use",
    part: { callID: `${at}`, tool: "write", state: { status: "completed", input: { path: `approval.${at}.json` } } },
  });
  for (let at = 3; at < 500; at += 1) said(write(at), at);
  const { authorityClaims } = story.tally();
  expect(authorityClaims).toContain("says the approval sentence");
  expect(authorityClaims).toHaveLength(LIMITS.authorityClaimsMax);
});
