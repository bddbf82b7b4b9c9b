import { z } from "zod";

import { asItIs, counts, dataUrl, empty, knobs, off } from "./shapes.ts";

const cache = { cache_control: z.strictObject(knobs("type", "ttl")).nullish() };

const text = z.strictObject({ type: z.literal("text"), text: z.string(), ...cache });

const part = z.discriminatedUnion("type", [
  text,
  z.strictObject({ type: z.literal("refusal"), refusal: z.string() }),
  z.strictObject({
    type: z.literal("image_url"),
    image_url: z.strictObject({ url: dataUrl, ...knobs("detail") }),
    ...cache,
  }),
  z.strictObject({ type: z.literal("input_audio"), input_audio: z.strictObject(knobs("data", "format")) }),
  z.strictObject({
    type: z.literal("file"),
    file: z.strictObject({ file_data: dataUrl, ...knobs("filename") }),
    ...cache,
  }),
]);

const call = z.strictObject({
  ...knobs("id", "index"),
  type: z.enum(["function", "custom"]).nullish(),
  function: z.strictObject(knobs("name", "arguments")).nullish(),
  custom: z.strictObject(knobs("name", "input")).nullish(),
  extra_content: z.strictObject({ google: z.strictObject(knobs("thought_signature")) }).nullish(),
});

const message = z.strictObject({
  role: z.enum(["system", "developer", "user", "assistant", "tool", "function"]),
  content: z.union([z.string(), z.array(part)]).nullish(),
  ...knobs("name", "tool_call_id", "refusal"),
  ...knobs("reasoning", "reasoning_content", "reasoning_text", "reasoning_opaque"),
  reasoning_details: asItIs.optional(),
  annotations: asItIs.optional(),
  tool_calls: z.array(call).nullish(),
  function_call: z.strictObject(knobs("name", "arguments")).nullish(),
  // Audio is named by an id of what the provider keeps.
  audio: empty,
  ...cache,
});

const tool = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("function"),
    function: z.strictObject({ ...knobs("name", "description", "strict"), parameters: asItIs.optional() }),
    ...cache,
  }),
  z.strictObject({
    type: z.literal("custom"),
    custom: z.strictObject({ ...knobs("name", "description"), format: asItIs.optional() }),
  }),
]);

const chosen = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("function"), function: z.strictObject(knobs("name")) }),
  z.strictObject({ type: z.literal("custom"), custom: z.strictObject(knobs("name")) }),
]);

const format = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("json_object") }),
  z.strictObject({
    type: z.literal("json_schema"),
    json_schema: z.strictObject({ ...knobs("name", "description", "strict"), schema: asItIs.optional() }),
  }),
]);

/** What may stand in a request for `/v1/chat/completions`, the knobs of other makers of this form among them. */
export const chatBody: z.ZodType = z.strictObject({
  ...counts("max_tokens", "max_completion_tokens", "n"),
  ...knobs("model", "stream", "temperature", "top_p", "seed", "user"),
  ...knobs("frequency_penalty", "presence_penalty", "repetition_penalty", "top_k", "min_p", "logprobs", "top_logprobs"),
  ...knobs("parallel_tool_calls", "tool_stream", "reasoning_effort", "verbosity", "service_tier", "safety_identifier"),
  ...knobs("prompt_cache_key", "prompt_cache_retention", "enable_thinking", "thinking_budget", "preserve_thinking"),
  messages: z.array(message).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.union([z.string(), chosen]).nullish(),
  functions: z.array(z.strictObject({ ...knobs("name", "description"), parameters: asItIs.optional() })).nullish(),
  function_call: z.union([z.string(), z.strictObject(knobs("name"))]).nullish(),
  response_format: format.nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  stream_options: z.strictObject(knobs("include_usage", "include_obfuscation")).nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  modalities: z.array(z.literal("text")).nullish(),
  prediction: z.strictObject({ type: z.literal("content"), content: z.union([z.string(), z.array(text)]) }).nullish(),
  reasoning: z.strictObject(knobs("effort", "max_tokens", "enabled", "exclude", "summary")).nullish(),
  thinking: z.strictObject(knobs("type", "budget_tokens", "clear_thinking")).nullish(),
  chat_template_kwargs: z
    .strictObject(knobs("thinking", "enable_thinking", "clear_thinking", "preserve_thinking"))
    .nullish(),
  usage: z.strictObject(knobs("include")).nullish(),
  // Here keeping is what must be asked for.
  store: off,
});
