import { at, listAt, textAt } from "../../../src/workflow/backend/loose.ts";
import type { ModelApi } from "../../../src/workflow/relay-policy.ts";
import { useFor } from "./choose-tool.ts";
import type { OfferedTool, Reply, Script, Turn } from "./script.ts";

export const apiOf = (path: string): ModelApi | undefined => {
  if (path.endsWith("/chat/completions")) return "chat";
  if (path.endsWith("/responses")) return "responses";
  if (path.endsWith("/messages")) return "anthropic";
  if (/:(?:stream)?generateContent$/i.test(path)) return "gemini";
  return undefined;
};

/** The tools that a request offers to the model. */
export const offeredTools = (api: ModelApi, body: unknown): readonly OfferedTool[] => {
  const tools = listAt(body, "tools");
  switch (api) {
    case "gemini":
      return tools
        .flatMap((tool) => listAt(tool, "functionDeclarations"))
        .map((tool) => offered(textAt(tool, "name"), at(tool, "parametersJsonSchema") ?? at(tool, "parameters")));
    case "chat":
      return tools.map((tool) => offered(textAt(tool, "function", "name"), at(tool, "function", "parameters")));
    case "anthropic":
      return tools.map((tool) => offered(textAt(tool, "name"), at(tool, "input_schema")));
    case "responses":
      return tools
        .flatMap((tool) => (textAt(tool, "type") === "namespace" ? listAt(tool, "tools") : [tool]))
        .map((tool) => offered(textAt(tool, "name"), at(tool, "parameters"), textAt(tool, "type") === "custom"));
  }
};

const offered = (name: string | undefined, schema: unknown, isFree = false): OfferedTool => ({
  name: name ?? "",
  schema,
  isFree,
});

/**
 * What the script answers to a request. Its turn is read from the request's own history, so a retry, a request for a
 * title or a new start shifts nothing.
 */
export const replyTo = (api: ModelApi, body: unknown, script: Script): Reply => {
  const tools = offeredTools(api, body);
  const text = JSON.stringify(body);
  const tokens = (said: string): Reply["tokens"] => ({ in: Math.ceil(text.length / 4), out: 20 + said.length });
  if (tools.length === 0) return { turn: -1, text: "A title", uses: [], fault: undefined, tokens: tokens("A title") };
  const turn = turnOf(api, body, script);
  const said: Turn = script.turns[turn] ?? (script.endless === true ? script.turns.at(-1) : undefined) ?? END;
  const uses = (said.wishes ?? []).map((wish, index) => useFor(`call_s${turn}x${index}`, wish, tools));
  const fault = said.fault;
  return { turn, text: said.text ?? "", uses, fault, tokens: tokens(JSON.stringify([said.text, uses])) };
};

const END: Turn = { text: "There is nothing more to do." };

const historyOf = (api: ModelApi, body: unknown): readonly unknown[] =>
  listAt(body, api === "responses" ? "input" : api === "gemini" ? "contents" : "messages");

const turnOf = (api: ModelApi, body: unknown, script: Script): number => {
  const history = historyOf(api, body);
  if (api === "gemini" || script.endless === true) return history.filter((item) => isCallOfModel(api, item)).length;
  const text = JSON.stringify(history);
  const unseen = script.turns.findIndex((turn, index) =>
    (turn.wishes ?? []).length > 0
      ? !text.includes(`call_s${index}x0`)
      : turn.text === undefined || !text.includes(JSON.stringify(turn.text).slice(1, -1)),
  );
  return unseen === -1 ? script.turns.length : unseen;
};

// Its ids do not come back from every client of this form, so what counts is how often the model has called already.
const isCallOfModel = (api: ModelApi, item: unknown): boolean => {
  switch (api) {
    case "gemini":
      return (
        textAt(item, "role") === "model" && listAt(item, "parts").some((part) => at(part, "functionCall") !== undefined)
      );
    case "chat":
      return listAt(item, "tool_calls").length > 0;
    case "anthropic":
      return listAt(item, "content").some((part) => textAt(part, "type") === "tool_use");
    case "responses":
      return (textAt(item, "type") ?? "").endsWith("_call");
  }
};
