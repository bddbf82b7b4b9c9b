import { z } from "zod";

import { asItIs, counts, knobs } from "./shapes.ts";

const cache = { cache_control: z.strictObject(knobs("type", "ttl", "scope")).nullish() };

const text = z.strictObject({ type: z.literal("text"), text: z.string(), citations: asItIs.optional(), ...cache });

const inline = z.strictObject({ type: z.literal("base64"), media_type: z.string(), data: z.string() });

const image = z.strictObject({ type: z.literal("image"), source: inline, ...cache });

const found = z.strictObject({
  type: z.literal("search_result"),
  // A label: nobody fetches it.
  source: z.string(),
  title: z.string(),
  content: z.array(text),
  citations: z.strictObject(knobs("enabled")).nullish(),
  ...cache,
});

const document = z.strictObject({
  type: z.literal("document"),
  source: z.discriminatedUnion("type", [
    inline,
    z.strictObject({ type: z.literal("text"), media_type: z.string(), data: z.string() }),
    z.strictObject({
      type: z.literal("content"),
      content: z.union([z.string(), z.array(z.discriminatedUnion("type", [text, image]))]),
    }),
  ]),
  ...knobs("title", "context"),
  citations: z.strictObject(knobs("enabled")).nullish(),
  ...cache,
});

const named = z.strictObject({ type: z.literal("tool_reference"), tool_name: z.string(), ...cache });

const block = z.discriminatedUnion("type", [
  text,
  image,
  document,
  found,
  z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string().nullish() }),
  z.strictObject({ type: z.literal("redacted_thinking"), data: z.string() }),
  z.strictObject({
    type: z.literal("tool_use"),
    ...knobs("id", "name"),
    input: asItIs,
    caller: z.strictObject({ type: z.literal("direct") }).nullish(),
    ...cache,
  }),
  z.strictObject({
    type: z.literal("tool_result"),
    ...knobs("tool_use_id", "is_error"),
    content: z
      .union([z.string(), z.array(z.discriminatedUnion("type", [text, image, document, found, named]))])
      .nullish(),
    ...cache,
  }),
]);

// Only tools that the agent runs itself; those with a type of their own are run by the provider.
const tool = z.strictObject({
  type: z.literal("custom").nullish(),
  ...knobs("name", "description", "strict", "eager_input_streaming", "defer_loading"),
  input_schema: asItIs,
  input_examples: asItIs.optional(),
  ...cache,
});

const edit = z.strictObject({
  type: z.string().regex(/^clear_(?:thinking|tool_uses)_\d{8}$/),
  ...Object.fromEntries(
    ["trigger", "keep", "clear_at_least", "exclude_tools", "clear_tool_inputs"].map((name) => [
      name,
      asItIs.optional(),
    ]),
  ),
});

const format = z.strictObject({ type: z.literal("json_schema"), schema: asItIs }).nullish();

/** What may stand in a request for `/v1/messages` and `/v1/messages/count_tokens`. */
export const anthropicBody: z.ZodType = z.strictObject({
  ...counts("max_tokens"),
  ...knobs("model", "stream", "temperature", "top_k", "top_p", "service_tier", "inference_geo", "speed"),
  ...cache,
  betas: z.array(z.string()).nullish(),
  system: z.union([z.string(), z.array(text)]).nullish(),
  messages: z
    .array(
      z.strictObject({
        role: z.enum(["user", "assistant", "system"]),
        content: z.union([z.string(), z.array(block)]),
      }),
    )
    .nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: z.strictObject(knobs("type", "name", "disable_parallel_tool_use")).nullish(),
  stop_sequences: z.array(z.string()).nullish(),
  thinking: z.strictObject(knobs("type", "budget_tokens", "display")).nullish(),
  metadata: z.strictObject(knobs("user_id")).nullish(),
  context_management: z.strictObject({ edits: z.array(edit) }).nullish(),
  output_config: z.strictObject({ ...knobs("effort"), format }).nullish(),
  output_format: format,
});
