import { expect, test } from "vitest";

import { unlistedField } from "./body-fields.ts";

type Row = readonly [what: string, body: object, field: string];

const user = (...content: readonly unknown[]): object => ({ role: "user", content });
const asked = (...blocks: readonly unknown[]): object => ({ messages: [user(...blocks)] });

test.each<Row>([
  ["another server's tools", { mcp_servers: [{ type: "url", url: "https://evil.example" }] }, "mcp_servers"],
  ["a machine of the provider", { container: "c-1" }, "container"],
  ["a profile that is kept", { user_profile_id: "u-1" }, "user_profile_id"],
  ...[
    "web_search_20250305",
    "web_fetch_20250910",
    "code_execution_20250825",
    "computer_20250124",
    "bash_20250124",
    "text_editor_20250728",
    "memory_20250818",
    "tool_search_tool_regex_20251119",
    "advisor_20260301",
    "mcp_toolset",
  ].map<Row>((type) => [
    `the tool ${type}`,
    {
      tools: [
        { name: "mine", input_schema: {} },
        { type, name: "theirs" },
      ],
    },
    `tools.1.type "${type}"`,
  ]),
  [
    "a tool that code may call",
    { tools: [{ name: "mine", input_schema: {}, allowed_callers: ["code_execution_20250825"] }] },
    "tools.0.allowed_callers",
  ],
  [
    "the address of an image",
    asked({ type: "image", source: { type: "url", url: "https://evil.example/x.png" } }),
    "messages.0.content.0.source.url",
  ],
  [
    "the address of a document",
    asked({ type: "document", source: { type: "url", url: "https://evil.example/x.pdf" } }),
    'messages.0.content.0.source.type "url"',
  ],
  [
    "a file that is kept",
    asked({ type: "document", source: { type: "file", file_id: "f-1" } }),
    'messages.0.content.0.source.type "file"',
  ],
  [
    "an address within a document",
    asked({
      type: "document",
      source: { type: "content", content: [{ type: "image", source: { type: "url", url: "https://evil.example" } }] },
    }),
    "messages.0.content.0.source.content.0.source.url",
  ],
  [
    "an address within a result",
    asked({
      type: "tool_result",
      tool_use_id: "t",
      content: [{ type: "image", source: { type: "url", url: "https://evil.example" } }],
    }),
    "messages.0.content.0.content.0.source.url",
  ],
  [
    "a tool that the provider ran",
    asked({ type: "server_tool_use", id: "s", name: "web_fetch", input: { url: "https://evil.example" } }),
    'messages.0.content.0.type "server_tool_use"',
  ],
  [
    "a file for a machine of the provider",
    asked({ type: "container_upload", file_id: "f" }),
    'messages.0.content.0.type "container_upload"',
  ],
  [
    "an address beside a text",
    { system: [{ type: "text", text: "x", source: { type: "url", url: "https://evil.example" } }] },
    "system.0.source",
  ],
  [
    "an edit that runs a model",
    { context_management: { edits: [{ type: "compact_20260112" }] } },
    'context_management.edits.0.type "compact_20260112"',
  ],
])("R065 %s is no field of a body", (_, body, field) => {
  expect(unlistedField("anthropic", { model: "small", ...body })?.replace(/ invalid_(?:value|format)$/, "")).toBe(
    field,
  );
});

// In the fields that claude code was seen to send, and words of ours.
test("what claude code sends passes", () => {
  const body = {
    max_tokens: 32_000,
    stream: true,
    temperature: 1,
    system: [{ type: "text", text: "s", cache_control: { type: "ephemeral", ttl: "1h" } }],
    messages: [
      user(
        { type: "text", text: "t" },
        { type: "image", source: { type: "base64", media_type: "image/png", data: "aa" } },
      ),
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "t", signature: "s" },
          { type: "redacted_thinking", data: "d" },
          { type: "tool_use", id: "i", name: "Edit", input: { url: "https://example.com", deep: [{ type: "url" }] } },
        ],
      },
      user(
        {
          type: "tool_result",
          tool_use_id: "i",
          is_error: false,
          content: "c",
          cache_control: { type: "ephemeral" },
        },
        {
          type: "tool_result",
          tool_use_id: "j",
          content: [
            { type: "text", text: "x" },
            { type: "tool_reference", tool_name: "y" },
          ],
        },
        { type: "document", source: { type: "base64", media_type: "application/pdf", data: "aa" }, title: "t" },
      ),
    ],
    tools: [
      {
        name: "Edit",
        description: "d",
        input_schema: { type: "object", properties: { type: { type: "url" } } },
        eager_input_streaming: true,
      },
    ],
    tool_choice: { type: "auto" },
    thinking: { type: "enabled", budget_tokens: 31_999 },
    metadata: { user_id: "u" },
    context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
    output_config: { effort: "high", format: { type: "json_schema", schema: {} } },
    betas: ["context-management-2025-06-27"],
  };
  expect(unlistedField("anthropic", { model: "small", ...body })).toBeUndefined();
});
