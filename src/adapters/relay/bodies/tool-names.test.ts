import { expect, test } from "vitest";

import { isOwnTool, OWN_TOOLS } from "../../../workflow/backend/own-tools.ts";
import type { ModelApi } from "../../../workflow/relay-policy.ts";
import { unlistedField } from "./body-fields.ts";
import { toolNames } from "./tool-names.ts";

const own = { type: "function", name: "a" };

test.each<[string, ModelApi, Readonly<Record<string, unknown>>, readonly string[]]>([
  [
    "chat",
    "chat",
    {
      tools: [
        { type: "function", function: { name: "a" } },
        { type: "custom", custom: { name: "b" } },
        { type: "function", function: {} },
      ],
    },
    ["a", "b", "function"],
  ],
  ["chat without tools", "chat", { tools: null }, []],
  ["chat in its older form", "chat", { tools: null, functions: [{ name: "a" }, { name: "b" }] }, ["a", "b"]],
  [
    "anthropic",
    "anthropic",
    {
      tools: [
        { name: "a", input_schema: {} },
        { type: "custom", name: "b", input_schema: {} },
      ],
    },
    ["a", "b"],
  ],
  ["anthropic without a name", "anthropic", { tools: [{ input_schema: {} }] }, ["without a name"]],
  [
    "gemini",
    "gemini",
    { tools: [{ functionDeclarations: [{ name: "a" }, { name: "b" }] }, { functionDeclarations: [{ name: "a" }] }] },
    ["a", "b"],
  ],
  [
    "responses",
    "responses",
    {
      store: false,
      tools: [
        own,
        { type: "custom", name: "b" },
        { type: "tool_search", execution: "client" },
        { type: "namespace", name: "d", tools: [own] },
      ],
      input: [
        { type: "additional_tools", tools: [{ type: "function", name: "c" }] },
        { type: "tool_search_output", execution: "client", tools: [{ type: "namespace", name: "e", tools: [own] }] },
      ],
    },
    ["a", "b", "tool_search", "d__a", "c", "e__a"],
  ],
])("every tool of a request is named: %s", (_, api, body, names) => {
  expect(unlistedField(api, body)).toBeUndefined();
  expect(toolNames(body)).toEqual(names);
});

test.each(["mcp__harness__", "mcp_harness_", "harness_"])("our tools are ours with %s before their names", (prefix) => {
  for (const name of OWN_TOOLS) expect(isOwnTool(`${prefix}${name}`)).toBe(true);
});

test.each([
  "read",
  "bash",
  "mcp__harness__",
  "mcp__harness__reads",
  "mcp__harness__run_shell_command",
  "mcp__other__read",
  "mcp__harness__rеad",
  "mcp__harness__read\n",
  " harness_read",
  "harness_harness_read",
  "HARNESS_READ",
  "x_harness_read",
  "",
])("%j is none of our tools", (name) => {
  expect(isOwnTool(name)).toBe(false);
});
