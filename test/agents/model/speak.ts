import { textAt } from "../../../src/workflow/backend/loose.ts";
import type { ModelApi } from "../../../src/workflow/relay-policy.ts";
import { speakResponses } from "./speak-responses.ts";
import { argumentText, piecesOf, type Speech, type Spoken } from "./speech.ts";

export const speak = (api: ModelApi, speech: Speech): Spoken => {
  switch (api) {
    case "chat":
      return chat(speech);
    case "responses":
      return speakResponses(speech);
    case "anthropic":
      return anthropic(speech);
    case "gemini":
      return gemini(speech);
  }
};

const chat = ({ body, reply, n, streams }: Speech): Spoken => {
  const { text, uses, tokens } = reply;
  const head = { id: `chatcmpl-${n}`, created: 1_700_000_000, model: textAt(body, "model") };
  const usage = {
    prompt_tokens: tokens.in,
    completion_tokens: tokens.out,
    total_tokens: tokens.in + tokens.out,
  };
  const finish_reason = uses.length > 0 ? "tool_calls" : "stop";
  if (!streams) {
    const tool_calls = uses.map((use) => ({
      id: use.id,
      type: "function",
      function: { name: use.name, arguments: argumentText(use, reply) },
    }));
    const message = { role: "assistant", content: text, ...(uses.length > 0 ? { tool_calls } : {}) };
    return { json: { ...head, object: "chat.completion", choices: [{ index: 0, finish_reason, message }], usage } };
  }
  const chunk = (more: object): string =>
    `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...more })}\n\n`;
  const delta = (said: object, end: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta: said, finish_reason: end }] });
  return {
    events: [
      delta({ role: "assistant", content: "" }),
      ...piecesOf(text).map((content) => delta({ content })),
      ...uses.flatMap((use, index) => [
        delta({ tool_calls: [{ index, id: use.id, type: "function", function: { name: use.name, arguments: "" } }] }),
        ...piecesOf(argumentText(use, reply), 64).map((piece) =>
          delta({ tool_calls: [{ index, function: { arguments: piece } }] }),
        ),
      ]),
      delta({}, finish_reason),
      chunk({ choices: [], usage }),
      "data: [DONE]\n\n",
    ],
  };
};

const anthropic = ({ body, reply, n, streams }: Speech): Spoken => {
  const { text, uses, tokens } = reply;
  const blocks = [
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...uses.map((use) => ({ type: "tool_use" as const, id: use.id, name: use.name, input: use.args, use })),
  ];
  const stop_reason = uses.length > 0 ? "tool_use" : "end_turn";
  const head = {
    id: `msg_${n}`,
    type: "message",
    role: "assistant",
    model: textAt(body, "model"),
    stop_sequence: null,
  };
  if (!streams) {
    const content = blocks.map((block) => (block.type === "text" ? block : { ...block, use: undefined }));
    return { json: { ...head, content, stop_reason, usage: { input_tokens: tokens.in, output_tokens: tokens.out } } };
  }
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const usage = {
    input_tokens: tokens.in,
    output_tokens: 1,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
  };
  return {
    events: [
      event("message_start", { message: { ...head, content: [], stop_reason: null, usage } }),
      ...blocks.flatMap((block, index) => {
        const start =
          block.type === "text"
            ? { type: "text", text: "" }
            : { type: "tool_use", id: block.id, name: block.name, input: {} };
        const pieces =
          block.type === "text"
            ? piecesOf(block.text).map((piece) => ({ type: "text_delta", text: piece }))
            : piecesOf(argumentText(block.use, reply), 64).map((piece) => ({
                type: "input_json_delta",
                partial_json: piece,
              }));
        return [
          event("content_block_start", { index, content_block: start }),
          ...pieces.map((delta) => event("content_block_delta", { index, delta })),
          event("content_block_stop", { index }),
        ];
      }),
      event("message_delta", { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: tokens.out } }),
      event("message_stop", {}),
    ],
  };
};

const gemini = ({ reply, streams }: Speech): Spoken => {
  const { text, uses, tokens } = reply;
  const isBroken = reply.fault !== undefined && "malformedArguments" in reply.fault;
  const parts = [
    ...(text === "" ? [] : [{ text }]),
    ...uses.map(({ id, name, args }) => ({
      // Here arguments are no text that could be broken; a name that nobody offered is the nearest thing.
      functionCall: { id, name: isBroken ? "no_such_tool" : name, args },
      thoughtSignature: "c2NyaXB0",
    })),
  ];
  const answer = {
    candidates: [{ index: 0, content: { role: "model", parts }, finishReason: "STOP" }],
    usageMetadata: {
      promptTokenCount: tokens.in,
      candidatesTokenCount: tokens.out,
      totalTokenCount: tokens.in + tokens.out,
    },
    modelVersion: "scripted",
  };
  return streams ? { events: [`data: ${JSON.stringify(answer)}\r\n\r\n`] } : { json: answer };
};
