import { expect, test } from "vitest";

import { unlistedField } from "./body-fields.ts";

type Row = readonly [what: string, body: object, field: string];

const PNG = "data:image/png;base64,iVBORw0KGgo=";
const input = (...items: readonly unknown[]): object => ({ store: false, input: items });

test.each<Row>([
  ...[
    "web_search",
    "web_search_preview",
    "file_search",
    "mcp",
    "code_interpreter",
    "computer_use_preview",
    "image_generation",
    "local_shell",
    "shell",
    "apply_patch",
  ].map<Row>((type) => [
    `the tool ${type}`,
    {
      store: false,
      tools: [
        { type: "function", name: "mine" },
        { type, server_url: "https://evil.example" },
      ],
    },
    `tools.1.type "${type}"`,
  ]),
  [
    "a search in a drawer",
    {
      store: false,
      tools: [{ type: "namespace", name: "n", tools: [{ type: "mcp", server_url: "https://evil.example" }] }],
    },
    'tools.0.tools.0.type "mcp"',
  ],
  [
    "a tool among the items",
    input({ type: "additional_tools", role: "developer", tools: [{ type: "web_search" }] }),
    'input.0.tools.0.type "web_search"',
  ],
  [
    "a tool among what a search found",
    input({
      type: "tool_search_output",
      execution: "client",
      tools: [{ type: "mcp", server_url: "https://evil.example" }],
    }),
    'input.0.tools.0.type "mcp"',
  ],
  [
    "a search for tools by the provider",
    { store: false, tools: [{ type: "tool_search", execution: "server" }] },
    "tools.0.execution",
  ],
  [
    "what is chosen of the provider's",
    { store: false, tool_choice: { type: "mcp", server_label: "x" } },
    "tool_choice.server_label",
  ],
  ["keeping", { store: true }, "store"],
  ["keeping, by saying nothing", {}, "store"],
  ["keeping, by saying null", { store: null }, "store"],
  ["work behind one's back", { store: false, background: true }, "background"],
  ["an answer that is kept", { store: false, previous_response_id: "r" }, "previous_response_id"],
  ["a talk that is kept", { store: false, conversation: "c" }, "conversation"],
  ["words that are kept", { store: false, prompt: { id: "p" } }, "prompt"],
  ["what a search read", { store: false, include: ["web_search_call.action.sources"] }, "include.0"],
  ["words about what is kept", { store: false, metadata: { a: "b" } }, "metadata"],
  ["an item that is kept", input({ type: "item_reference", id: "i" }), 'input.0.type "item_reference"'],
  ["a search that was", input({ type: "web_search_call", id: "w" }), 'input.0.type "web_search_call"'],
  [
    "a leave for another server",
    input({ type: "mcp_approval_response", approve: true }),
    'input.0.type "mcp_approval_response"',
  ],
  [
    "the address of an image",
    input({ role: "user", content: [{ type: "input_image", image_url: "https://evil.example" }] }),
    "input.0.content.0.image_url",
  ],
  [
    "the address of a file",
    input({ type: "message", role: "user", content: [{ type: "input_file", file_url: "https://evil.example" }] }),
    "input.0.content.0.file_data",
  ],
  [
    "the address of a file in a result",
    input({ type: "function_call_output", call_id: "c", output: [{ type: "input_image", image_url: "http://evil" }] }),
    "input.0.output.0.image_url",
  ],
  [
    "an image that is kept",
    input({ role: "user", content: [{ type: "input_image", image_url: PNG, file_id: "f" }] }),
    "input.0.content.0.file_id",
  ],
])("R065 %s is no field of a body", (_, body, field) => {
  expect(unlistedField("responses", { model: "small", ...body })?.replace(/ invalid_(?:value|format)$/, "")).toBe(
    field,
  );
});

// In the fields that codex was seen to send, and words of ours.
test("what codex sends passes", () => {
  const body = {
    instructions: "i",
    stream: true,
    store: false,
    tool_choice: "auto",
    parallel_tool_calls: true,
    prompt_cache_key: "k",
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "medium", summary: "auto", context: "all_turns" },
    text: { verbosity: "low", format: { type: "json_schema", name: "n", strict: true, schema: {} } },
    client_metadata: { session_id: "s" },
    previous_response_id: null,
    input: [
      { type: "message", id: "m", role: "developer", content: [{ type: "input_text", text: "t" }] },
      { role: "user", content: [{ type: "input_image", image_url: PNG, detail: "auto" }] },
      { type: "reasoning", id: "r", summary: [{ type: "summary_text", text: "s" }], encrypted_content: "e" },
      {
        type: "message",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "o", annotations: [] }],
      },
      { type: "function_call", id: "f", call_id: "c", name: "n", arguments: "{}", status: "completed" },
      { type: "function_call_output", id: "g", call_id: "c", output: "o" },
      { type: "custom_tool_call", call_id: "d", name: "apply_patch", input: "p", status: "completed" },
      { type: "custom_tool_call_output", call_id: "d", output: [{ type: "input_text", text: "t" }] },
      {
        type: "additional_tools",
        id: "a",
        role: "developer",
        tools: [{ type: "namespace", name: "n", tools: [{ type: "custom", name: "exec" }] }],
      },
    ],
    tools: [
      { type: "function", name: "exec_command", description: "d", strict: false, parameters: {} },
      {
        type: "custom",
        name: "apply_patch",
        description: "d",
        format: { type: "grammar", syntax: "lark", definition: "x" },
      },
      { type: "tool_search", execution: "client", description: "d", parameters: {} },
    ],
  };
  expect(unlistedField("responses", { model: "small", ...body })).toBeUndefined();
});
