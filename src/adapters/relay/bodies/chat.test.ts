import { expect, test } from "vitest";

import { unlistedField } from "./body-fields.ts";

type Row = readonly [what: string, body: object, field: string];

const PNG = "data:image/png;base64,iVBORw0KGgo=";
const user = (...content: readonly unknown[]): object => ({ role: "user", content });
const asked = (...blocks: readonly unknown[]): object => ({ messages: [user(...blocks)] });

test.each<Row>([
  ["a search", { web_search_options: {} }, "web_search_options"],
  ["keeping", { store: true }, "store"],
  ["words about what is kept", { metadata: { a: "b" } }, "metadata"],
  ["other models in its place", { models: ["large"] }, "models"],
  ["a route to other providers", { provider: { order: ["evil"] } }, "provider"],
  ["what runs at the provider", { plugins: [{ id: "web" }] }, "plugins"],
  ["a template that the provider runs", { chat_template: "{{ 1 }}" }, "chat_template"],
  ["what a template is given", { chat_template_kwargs: { tools: "x" } }, "chat_template_kwargs.tools"],
  ["a search as a tool", { tools: [{ type: "web_search" }] }, 'tools.0.type "web_search"'],
  [
    "a search beside a function",
    { tools: [{ type: "function", function: { name: "x" }, web_search: {} }] },
    "tools.0.web_search",
  ],
  [
    "the address of an image",
    asked({ type: "image_url", image_url: { url: "https://evil.example/?secret" } }),
    "messages.0.content.0.image_url.url",
  ],
  [
    "a file of the provider's machine",
    asked({ type: "image_url", image_url: { url: "file:///etc/passwd" } }),
    "messages.0.content.0.image_url.url",
  ],
  [
    "an address in capitals with a blank",
    asked({ type: "image_url", image_url: { url: " HTTPS://evil.example" } }),
    "messages.0.content.0.image_url.url",
  ],
  [
    "an image that is no object",
    asked({ type: "image_url", image_url: "https://evil.example" }),
    "messages.0.content.0.image_url",
  ],
  [
    "the address of a film",
    asked({ type: "video_url", video_url: { url: "https://evil.example" } }),
    'messages.0.content.0.type "video_url"',
  ],
  ["a file that is kept", asked({ type: "file", file: { file_id: "f" } }), "messages.0.content.0.file.file_id"],
  ["sound that is kept", { messages: [{ role: "assistant", audio: { id: "a" } }] }, "messages.0.audio"],
  ["sound", { modalities: ["text", "audio"] }, "modalities.1"],
  ["a number as a word", { max_tokens: "1000000" }, "max_tokens"],
])("R065 %s is no field of a body", (_, body, field) => {
  expect(unlistedField("chat", { model: "small", ...body })?.replace(/ invalid_(?:value|format)$/, "")).toBe(field);
});

// In the fields that opencode, qwen and pi was seen to send, and words of ours.
test("what opencode, qwen and pi sends passes", () => {
  const body = {
    max_tokens: 8000,
    max_completion_tokens: 8000,
    stream: true,
    stream_options: { include_usage: true },
    store: false,
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning_effort: "high",
    prompt_cache_key: "k",
    response_format: { type: "json_schema", json_schema: { name: "n", schema: {}, strict: true } },
    messages: [
      { role: "system", content: "s" },
      user(
        { type: "text", text: "t", cache_control: { type: "ephemeral" } },
        { type: "image_url", image_url: { url: PNG, detail: "high" } },
      ),
      {
        role: "assistant",
        content: null,
        reasoning_content: "r",
        tool_calls: [{ id: "c", type: "function", function: { name: "edit", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c", content: "done" },
    ],
    tools: [
      {
        type: "function",
        function: { name: "edit", description: "d", parameters: { web_search: {} }, strict: false },
      },
    ],
  };
  expect(unlistedField("chat", { model: "small", ...body })).toBeUndefined();
});
