import { textAt } from "../../../src/workflow/backend/loose.ts";
import { argumentText, piecesOf, type Speech, type Spoken } from "./speech.ts";

/** An answer in the form of `/v1/responses`. */
export const speakResponses = ({ body, reply, n, streams }: Speech): Spoken => {
  const { text, uses, tokens } = reply;
  const message = {
    type: "message" as const,
    id: `msg_${n}`,
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [] }],
  };
  const calls = uses.map((use) =>
    use.freeInput === undefined
      ? {
          type: "function_call" as const,
          id: `fc_${use.id}`,
          call_id: use.id,
          name: use.name,
          status: "completed",
          arguments: argumentText(use, reply),
        }
      : {
          type: "custom_tool_call" as const,
          id: `ctc_${use.id}`,
          call_id: use.id,
          name: use.name,
          status: "completed",
          input: use.freeInput,
        },
  );
  const items = [...(text === "" ? [] : [message]), ...calls];
  const usage = {
    input_tokens: tokens.in,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: tokens.out,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens.in + tokens.out,
  };
  const response = (status: "in_progress" | "completed"): object => ({
    id: `resp_${n}`,
    object: "response",
    created_at: 1_700_000_000,
    model: textAt(body, "model"),
    status,
    output: status === "completed" ? items : [],
    usage: status === "completed" ? usage : null,
    error: null,
    incomplete_details: null,
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
  });
  if (!streams) return { json: response("completed") };
  const said: { readonly type: string; readonly more: object }[] = [
    { type: "response.created", more: { response: response("in_progress") } },
    { type: "response.in_progress", more: { response: response("in_progress") } },
    ...items.flatMap((item, output_index) => [
      { type: "response.output_item.added", more: { output_index, item: begun(item) } },
      ...inPieces(item, output_index),
      { type: "response.output_item.done", more: { output_index, item } },
    ]),
    { type: "response.completed", more: { response: response("completed") } },
  ];
  return {
    events: said.map(
      ({ type, more }, sequence_number) =>
        `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number, ...more })}\n\n`,
    ),
  };
};

type Item = { readonly type: "message" | "function_call" | "custom_tool_call"; readonly id: string } & Readonly<
  Record<string, unknown>
>;

const begun = (item: Item): object => {
  const empty = { message: { content: [] }, function_call: { arguments: "" }, custom_tool_call: { input: "" } };
  return { ...item, status: "in_progress", ...empty[item.type] };
};

const inPieces = (item: Item, output_index: number): readonly { readonly type: string; readonly more: object }[] => {
  const place = { item_id: item.id, output_index };
  switch (item.type) {
    case "message": {
      const text = textOf(item);
      const part = (said: string): object => ({ type: "output_text", text: said, annotations: [] });
      const inside = { ...place, content_index: 0 };
      return [
        { type: "response.content_part.added", more: { ...inside, part: part("") } },
        ...piecesOf(text).map((delta) => ({ type: "response.output_text.delta", more: { ...inside, delta } })),
        { type: "response.output_text.done", more: { ...inside, text } },
        { type: "response.content_part.done", more: { ...inside, part: part(text) } },
      ];
    }
    case "function_call": {
      const text = textAt(item, "arguments") ?? "";
      return [
        ...piecesOf(text, 64).map((delta) => ({
          type: "response.function_call_arguments.delta",
          more: { ...place, delta },
        })),
        { type: "response.function_call_arguments.done", more: { ...place, arguments: text } },
      ];
    }
    case "custom_tool_call": {
      const input = textAt(item, "input") ?? "";
      return [
        { type: "response.custom_tool_call_input.delta", more: { ...place, delta: input } },
        { type: "response.custom_tool_call_input.done", more: { ...place, input } },
      ];
    }
  }
};

const textOf = (item: Item): string => {
  const { content } = item;
  return Array.isArray(content) ? (textAt(content[0], "text") ?? "") : "";
};
