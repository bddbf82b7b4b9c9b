import { z } from "zod";

import { asItIs, counts, dataUrl, empty, knobs, off } from "./shapes.ts";

const part = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("input_text"), text: z.string() }),
  z.strictObject({
    type: z.literal("output_text"),
    text: z.string(),
    annotations: asItIs.optional(),
    logprobs: asItIs.optional(),
  }),
  z.strictObject({ type: z.literal("refusal"), refusal: z.string() }),
  z.strictObject({ type: z.literal("input_image"), image_url: dataUrl, file_id: empty, ...knobs("detail") }),
  z.strictObject({
    type: z.literal("input_file"),
    file_data: dataUrl,
    file_id: empty,
    file_url: empty,
    ...knobs("filename"),
  }),
]);

const content = z.union([z.string(), z.array(part)]);

const reply = { ...knobs("id", "call_id", "status"), output: content };

const plainText = (type: string): z.ZodType => z.strictObject({ type: z.literal(type), text: z.string() });

const ownTool = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("function"),
    ...knobs("name", "description", "strict", "defer_loading"),
    parameters: asItIs.optional(),
  }),
  z.strictObject({
    type: z.literal("custom"),
    ...knobs("name", "description", "defer_loading"),
    format: asItIs.optional(),
  }),
]);

// A drawer of the agent's own tools.
const drawer = z.strictObject({
  type: z.literal("namespace"),
  ...knobs("name", "description"),
  tools: z.array(ownTool),
});

const byAgent = z.literal("client");

// Only tools that the agent runs itself; all others are run by the provider.
const tool = z.discriminatedUnion("type", [
  ...ownTool.options,
  drawer,
  z.strictObject({
    type: z.literal("tool_search"),
    execution: byAgent,
    ...knobs("description"),
    parameters: asItIs.optional(),
  }),
]);

// A reference to an item is missing: it names what the provider keeps, and nothing is kept there.
const item = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message"),
    role: z.enum(["system", "developer", "user", "assistant"]),
    content,
    ...knobs("id", "status", "phase"),
  }),
  z.strictObject({
    type: z.literal("reasoning"),
    ...knobs("id", "status", "encrypted_content"),
    summary: z.array(plainText("summary_text")).nullish(),
    content: z.array(z.union([plainText("reasoning_text"), plainText("text")])).nullish(),
  }),
  z.strictObject({
    type: z.literal("function_call"),
    ...knobs("id", "call_id", "name", "arguments", "status", "namespace"),
  }),
  z.strictObject({ type: z.literal("function_call_output"), ...reply }),
  z.strictObject({ type: z.literal("custom_tool_call"), ...knobs("id", "call_id", "name", "input", "status") }),
  z.strictObject({ type: z.literal("custom_tool_call_output"), ...knobs("name"), ...reply }),
  z.strictObject({
    type: z.literal("additional_tools"),
    ...knobs("id", "role"),
    tools: z.array(z.discriminatedUnion("type", [...ownTool.options, drawer])),
  }),
  z.strictObject({
    type: z.literal("tool_search_call"),
    execution: byAgent,
    ...knobs("id", "call_id", "status"),
    arguments: asItIs,
  }),
  z.strictObject({
    type: z.literal("tool_search_output"),
    execution: byAgent,
    ...knobs("id", "call_id", "status"),
    tools: z.array(z.discriminatedUnion("type", [...ownTool.options, drawer])),
  }),
]);

// The short form of a message has no type.
const untyped = z.strictObject({
  role: z.enum(["system", "developer", "user", "assistant"]),
  content,
  ...knobs("id", "status", "phase"),
});

const format = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    ...knobs("name", "description", "strict"),
    schema: asItIs.optional(),
  }),
]);

// Everything else that may be included comes from tools of the provider.
const INCLUDED = ["reasoning.encrypted_content", "message.output_text.logprobs"] as const;

/** What may stand in a request for `/v1/responses`. */
export const responsesBody: z.ZodType = z.strictObject({
  ...counts("max_output_tokens"),
  ...knobs("model", "instructions", "max_tool_calls", "stream", "temperature", "top_p", "user"),
  ...knobs("parallel_tool_calls", "top_logprobs", "truncation", "service_tier", "safety_identifier"),
  ...knobs("prompt_cache_key", "prompt_cache_retention"),
  input: z.union([z.string(), z.array(z.union([item, untyped]))]).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z
    .union([z.string(), z.strictObject({ type: z.enum(["function", "custom"]), ...knobs("name") })])
    .nullish(),
  reasoning: z.strictObject(knobs("effort", "summary", "generate_summary", "context")).nullish(),
  text: z.strictObject({ ...knobs("verbosity"), format: format.nullish() }).nullish(),
  include: z.array(z.enum(INCLUDED)).nullish(),
  stream_options: z.strictObject(knobs("include_obfuscation")).nullish(),
  client_metadata: z.record(z.string(), z.string()).nullish(),
  // Left out it means true here: the provider would keep what it was sent (docs/adr/0008-relay-and-shims.md).
  store: z.literal(false),
  background: off,
  previous_response_id: empty,
  conversation: empty,
  prompt: empty,
});
