import { z } from "zod";

import { asItIs, counts, knobs } from "./shapes.ts";

const inlineData = z.strictObject(knobs("mimeType", "data", "displayName"));

// The provider reads each name in two spellings. Only the one that agents write is listed, so the other is refused.
const part = z.strictObject({
  ...knobs("text", "thought", "thoughtSignature"),
  inlineData: inlineData.nullish(),
  functionCall: z.strictObject({ ...knobs("id", "name"), args: asItIs.optional() }).nullish(),
  functionResponse: z
    .strictObject({
      ...knobs("id", "name", "willContinue", "scheduling"),
      response: asItIs.optional(),
      parts: z.array(z.strictObject({ inlineData })).nullish(),
    })
    .nullish(),
});

const content = z.strictObject({ ...knobs("role"), parts: z.array(part).nullish() });

const schemas = (...names: readonly string[]): Readonly<Record<string, z.ZodOptional<z.ZodUnknown>>> =>
  Object.fromEntries(names.map((name) => [name, asItIs.optional()]));

const tool = z.strictObject({
  functionDeclarations: z
    .array(
      z.strictObject({
        ...knobs("name", "description", "behavior"),
        ...schemas("parameters", "parametersJsonSchema", "response", "responseJsonSchema"),
      }),
    )
    .nullish(),
});

const generation = z.strictObject({
  ...counts("candidateCount", "maxOutputTokens"),
  ...knobs("temperature", "topP", "topK", "seed", "responseMimeType"),
  ...knobs("presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "mediaResolution"),
  ...schemas("responseSchema", "responseJsonSchema"),
  stopSequences: z.array(z.string()).nullish(),
  responseModalities: z.array(z.literal("TEXT")).nullish(),
  thinkingConfig: z.strictObject(knobs("includeThoughts", "thinkingBudget", "thinkingLevel")).nullish(),
});

/** What may stand in a request for `:generateContent`, `:streamGenerateContent` and `:countTokens`. */
export const geminiBody: z.ZodType = z.strictObject({
  contents: z.array(content).nullish(),
  systemInstruction: content.nullish(),
  tools: z.array(tool).nullish(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z
        .strictObject({ ...knobs("mode"), allowedFunctionNames: z.array(z.string()).nullish() })
        .nullish(),
    })
    .nullish(),
  generationConfig: generation.nullish(),
});
