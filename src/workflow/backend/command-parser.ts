import { at, listAt, numberAt, textAt } from "./loose.ts";

/** What a program prints, one JSON object a line, and how it is read (backends.md 7). `jsonl` and `none` are only kept. */
export const OUTPUT_PARSERS = [
  "opencode-json",
  "codex-json",
  "claude-stream-json",
  "gemini-stream-json",
  "pi-json",
  "jsonl",
  "none",
] as const;
export type OutputParser = (typeof OUTPUT_PARSERS)[number];

/** One thing that a printed line says. A tool call has the form of an ACP update, so that both are followed alike. */
export type Printed =
  | { readonly kind: "session"; readonly sessionId: string | undefined; readonly model: string | undefined }
  | { readonly kind: "message"; readonly role: "agent" | "thought"; readonly text: string }
  | { readonly kind: "tool"; readonly update: Readonly<Record<string, unknown>> }
  | { readonly kind: "usage"; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
  | { readonly kind: "ended"; readonly rawStop: string };

/** What a line says by its parser; undefined where the parser does not know it. */
export const readPrinted = (parser: OutputParser, said: unknown): readonly Printed[] | undefined => {
  switch (parser) {
    case "opencode-json":
      return opencode(said);
    case "codex-json":
      return codex(said);
    case "claude-stream-json":
      return claude(said);
    case "gemini-stream-json":
      return gemini(said);
    case "pi-json":
      return pi(said);
    case "jsonl":
    case "none":
      return undefined;
  }
};

const message = (text: string | undefined, role: "agent" | "thought" = "agent"): readonly Printed[] =>
  text === undefined || text === "" ? [] : [{ kind: "message", role, text }];

const tool = (
  toolCallId: string | undefined,
  status: "in_progress" | "completed" | "failed",
  more: Readonly<Record<string, unknown>>,
): Printed => ({ kind: "tool", update: { toolCallId: toolCallId ?? "", status, ...more } });

/** Its kind by the name of the tool. A name is a claim; what changes a file or runs is counted either way. */
const kindOf = (name: string): string => {
  if (/bash|shell|exec|command|terminal/i.test(name)) return "execute";
  if (/edit|write|patch|replace|create/i.test(name)) return "edit";
  if (/read|grep|glob|list|^ls$|find|search|view/i.test(name)) return "read";
  return "other";
};

const named = (name: string | undefined, rawInput: unknown): Readonly<Record<string, unknown>> => ({
  title: name ?? "",
  kind: kindOf(name ?? ""),
  rawInput,
});

const opencode = (said: unknown): readonly Printed[] | undefined => {
  const part = at(said, "part");
  switch (textAt(said, "type") ?? "") {
    case "step_start":
      return [{ kind: "session", sessionId: textAt(said, "sessionID"), model: undefined }];
    case "text":
      return message(textAt(part, "text"));
    case "reasoning":
      return message(textAt(part, "text"), "thought");
    case "tool_use": {
      const status = textAt(part, "state", "status") === "error" ? "failed" : "completed";
      return [tool(textAt(part, "callID"), status, named(textAt(part, "tool"), at(part, "state", "input")))];
    }
    case "step_finish": {
      const tokens = at(part, "tokens");
      const usage: Printed = {
        kind: "usage",
        inputTokens: numberAt(tokens, "input"),
        outputTokens: numberAt(tokens, "output"),
      };
      return textAt(part, "reason") === "stop" ? [usage, { kind: "ended", rawStop: "stop" }] : [usage];
    }
    case "error":
      return [{ kind: "ended", rawStop: "error" }];
    default:
      return undefined;
  }
};

const codex = (said: unknown): readonly Printed[] | undefined => {
  const item = at(said, "item");
  switch (textAt(said, "type") ?? "") {
    case "thread.started":
      return [{ kind: "session", sessionId: textAt(said, "thread_id"), model: undefined }];
    case "turn.started":
      return [];
    case "item.started":
    case "item.completed":
      return codexItem(item, textAt(said, "type") === "item.completed");
    case "turn.completed": {
      const usage = at(said, "usage");
      return [
        {
          kind: "usage",
          inputTokens: numberAt(usage, "input_tokens"),
          outputTokens: numberAt(usage, "output_tokens"),
        },
        { kind: "ended", rawStop: "turn.completed" },
      ];
    }
    case "turn.failed":
    case "error":
      return [{ kind: "ended", rawStop: textAt(said, "type") ?? "error" }];
    default:
      return undefined;
  }
};

const codexItem = (item: unknown, isEnd: boolean): readonly Printed[] | undefined => {
  const status = !isEnd ? "in_progress" : textAt(item, "status") === "failed" ? "failed" : "completed";
  switch (textAt(item, "type") ?? "") {
    case "agent_message":
      return isEnd ? message(textAt(item, "text")) : [];
    case "reasoning":
      return isEnd ? message(textAt(item, "text"), "thought") : [];
    case "command_execution":
      return [
        tool(textAt(item, "id"), status, {
          ...named("exec", undefined),
          rawInput: { command: textAt(item, "command") },
        }),
      ];
    case "file_change":
      return [
        tool(textAt(item, "id"), status, {
          ...named("edit", undefined),
          locations: listAt(item, "changes").flatMap((change) => {
            const path = textAt(change, "path");
            return path === undefined ? [] : [{ path }];
          }),
        }),
      ];
    default:
      return undefined;
  }
};

const claude = (said: unknown): readonly Printed[] | undefined => {
  switch (textAt(said, "type") ?? "") {
    case "system":
      return [{ kind: "session", sessionId: textAt(said, "session_id"), model: textAt(said, "model") }];
    case "assistant":
      return listAt(said, "message", "content").flatMap((block): readonly Printed[] => {
        switch (textAt(block, "type") ?? "") {
          case "text":
            return message(textAt(block, "text"));
          case "thinking":
            return message(textAt(block, "thinking"), "thought");
          case "tool_use":
            return [tool(textAt(block, "id"), "in_progress", named(textAt(block, "name"), at(block, "input")))];
          default:
            return [];
        }
      });
    case "user":
      return listAt(said, "message", "content").flatMap((block): readonly Printed[] =>
        textAt(block, "type") === "tool_result"
          ? [tool(textAt(block, "tool_use_id"), at(block, "is_error") === true ? "failed" : "completed", {})]
          : [],
      );
    case "result":
      return [
        {
          kind: "usage",
          inputTokens: numberAt(said, "usage", "input_tokens"),
          outputTokens: numberAt(said, "usage", "output_tokens"),
        },
        { kind: "ended", rawStop: at(said, "is_error") === true ? "error" : (textAt(said, "subtype") ?? "result") },
      ];
    default:
      return undefined;
  }
};

const gemini = (said: unknown): readonly Printed[] | undefined => {
  switch (textAt(said, "type") ?? "") {
    case "init":
      return [{ kind: "session", sessionId: textAt(said, "session_id"), model: textAt(said, "model") }];
    case "message":
      return textAt(said, "role") === "assistant" ? message(textAt(said, "content")) : [];
    case "tool_use":
      return [tool(textAt(said, "tool_id"), "in_progress", named(textAt(said, "tool_name"), at(said, "parameters")))];
    case "tool_result":
      return [tool(textAt(said, "tool_id"), textAt(said, "status") === "error" ? "failed" : "completed", {})];
    case "result":
      return [
        {
          kind: "usage",
          inputTokens: numberAt(said, "stats", "input_tokens"),
          outputTokens: numberAt(said, "stats", "output_tokens"),
        },
        { kind: "ended", rawStop: textAt(said, "status") ?? "result" },
      ];
    default:
      return undefined;
  }
};

const pi = (said: unknown): readonly Printed[] | undefined => {
  const id = textAt(said, "toolCallId");
  switch (textAt(said, "type") ?? "") {
    case "session":
      return [{ kind: "session", sessionId: textAt(said, "id"), model: undefined }];
    case "agent_start":
    case "turn_start":
    case "turn_end":
    case "message_start":
    case "message_update":
      return [];
    case "message_end":
      return textAt(said, "message", "role") === "assistant"
        ? listAt(said, "message", "content").flatMap((block) =>
            textAt(block, "type") === "text" ? message(textAt(block, "text")) : [],
          )
        : [];
    case "tool_execution_start":
      return [tool(id, "in_progress", named(textAt(said, "toolName"), at(said, "args")))];
    case "tool_execution_update":
      return [];
    case "tool_execution_end":
      return [tool(id, at(said, "isError") === true ? "failed" : "completed", {})];
    case "agent_end":
      return [{ kind: "ended", rawStop: "agent_end" }];
    default:
      return undefined;
  }
};
