import { expect, test } from "vitest";

import { unlistedField } from "./body-fields.ts";

type Row = readonly [what: string, body: object, field: string];

const gemini = (...parts: readonly unknown[]): object => ({ contents: [{ role: "user", parts }] });

// The model stands in the path, and in the body not at all.
test.each<Row>([
  ...[
    "googleSearch",
    "googleSearchRetrieval",
    "urlContext",
    "codeExecution",
    "googleMaps",
    "fileSearch",
    "computerUse",
    "google_search",
    "url_context",
  ].map<Row>((name) => [
    `the tool ${name}`,
    { tools: [{ functionDeclarations: [] }, { [name]: {} }] },
    `tools.1.${name}`,
  ]),
  ["a cache that is kept", { cachedContent: "cachedContents/1" }, "cachedContent"],
  ["the same in its other spelling", { cached_content: "cachedContents/1" }, "cached_content"],
  ["the address of a file", gemini({ fileData: { fileUri: "https://evil.example" } }), "contents.0.parts.0.fileData"],
  ["the same in its other spelling", gemini({ file_data: { file_uri: "gs://evil" } }), "contents.0.parts.0.file_data"],
  [
    "the address of a file among the orders",
    { systemInstruction: { parts: [{ fileData: {} }] } },
    "systemInstruction.parts.0.fileData",
  ],
  [
    "the address of a file in a result",
    gemini({ functionResponse: { name: "f", parts: [{ fileData: {} }] } }),
    "contents.0.parts.0.functionResponse.parts.0.fileData",
  ],
  ["code that was run", gemini({ executableCode: { code: "1" } }), "contents.0.parts.0.executableCode"],
  ["a request within the request", { generateContentRequest: { model: "models/large" } }, "generateContentRequest"],
  ["another model", { generationConfig: { routingConfig: {} } }, "generationConfig.routingConfig"],
  ["laxer settings", { safetySettings: [] }, "safetySettings"],
  ["pictures", { generationConfig: { responseModalities: ["IMAGE"] } }, "generationConfig.responseModalities.0"],
])("R065 %s is no field of a body", (_, body, field) => {
  expect(unlistedField("gemini", { ...body })?.replace(/ invalid_(?:value|format)$/, "")).toBe(field);
});

// In the fields that gemini-cli was seen to send, and words of ours.
test("what gemini-cli sends passes", () => {
  const body = {
    contents: [
      { role: "user", parts: [{ text: "t" }, { inlineData: { mimeType: "image/png", data: "aa" } }] },
      {
        role: "model",
        parts: [{ functionCall: { id: "c", name: "replace", args: { fileUri: "x" } }, thoughtSignature: "s" }],
      },
      { role: "user", parts: [{ functionResponse: { id: "c", name: "replace", response: { output: "o" } } }] },
    ],
    systemInstruction: { role: "user", parts: [{ text: "s" }] },
    tools: [{ functionDeclarations: [{ name: "replace", description: "d", parametersJsonSchema: {} }] }],
    toolConfig: { functionCallingConfig: { mode: "AUTO" } },
    generationConfig: {
      temperature: 1,
      topP: 0.95,
      topK: 64,
      thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 },
    },
  };
  expect(unlistedField("gemini", { ...body })).toBeUndefined();
});
