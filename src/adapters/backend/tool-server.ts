import type { ToolDesk } from "../../seams/backend.ts";
import { at, isRecord, nestingOf, textAt } from "../../workflow/backend/loose.ts";
import type { OwnTool } from "../../workflow/backend/own-tools.ts";
import type { Json } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Terminals } from "./acp-terminals.ts";
import { ActRefused, type GrantedActs } from "./granted-acts.ts";
import { HandRefusal } from "./hand.ts";

export interface ToolHands {
  readonly acts: GrantedActs;
  readonly terminals: Terminals;
}

/**
 * Our own tools for an agent whose own are off (backends.md 6): an MCP server, outside the sandbox, that judges each
 * call by the contract, does it by the hand inside, and tells the agent the rule where the answer is no.
 */
export const openToolDesk =
  ({ acts, terminals }: ToolHands): ToolDesk =>
  async (message) => {
    const asked = parsed(message);
    if (asked === undefined) return reply(null, { error: { code: PARSE_ERROR, message: "no plain JSON" } });
    const id = idOf(asked);
    if (id === undefined) return undefined;
    switch (textAt(asked, "method") ?? "") {
      case "initialize":
        return reply(id, {
          result: {
            protocolVersion: textAt(asked, "params", "protocolVersion") ?? "2025-06-18",
            capabilities: { tools: {} },
            serverInfo: { name: "harness", version: "1.0.0" },
          },
        });
      case "ping":
        return reply(id, { result: {} });
      case "tools/list":
        return reply(id, { result: { tools: TOOLS.map(listed) } });
      case "tools/call":
        return reply(id, { result: await called({ acts, terminals }, at(asked, "params")) });
      default:
        return reply(id, { error: { code: METHOD_NOT_FOUND, message: "there is no such method" } });
    }
  };

const PARSE_ERROR = -32700;
const METHOD_NOT_FOUND = -32601;

interface Tool {
  readonly name: OwnTool;
  readonly says: string;
  readonly takes: Readonly<Record<string, string>>;
}

/** Every name of our tools; an agent calls them with the server's name before. */
export const TOOLS: readonly Tool[] = [
  { name: "read", says: "Read a text file of the workspace.", takes: { path: "the file" } },
  { name: "search", says: "Find lines that contain a text, with file and line number.", takes: { text: "the text" } },
  {
    name: "edit",
    says: "Replace one passage of a text file by another. The old passage must occur exactly once.",
    takes: { path: "the file", old_string: "the passage as it is", new_string: "the passage as it shall be" },
  },
  { name: "write", says: "Write a whole text file.", takes: { path: "the file", content: "all of its text" } },
  { name: "bash", says: "Run a shell command in the workspace.", takes: { command: "the command" } },
];

const listed = ({ name, says, takes }: Tool): Json => ({
  name,
  description: says,
  inputSchema: {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(takes).map(([field, description]) => [field, { type: "string", description }]),
    ),
    required: Object.keys(takes),
    additionalProperties: false,
  },
});

const METHOD = "tools/call";

const called = async (hands: ToolHands, params: unknown): Promise<Json> => {
  const tool = TOOLS.find(({ name }) => name === textAt(params, "name"));
  if (tool === undefined) return failed("there is no such tool");
  const given = at(params, "arguments");
  const words = Object.keys(tool.takes).map((field) => textAt(given, field));
  const missing = Object.keys(tool.takes).find((_, index) => words[index] === undefined);
  if (missing !== undefined) return failed(`${missing} is missing, or no text`);
  const [first = "", second = "", third = ""] = words;
  try {
    return said(await hands.acts.inOrder(async () => done(hands, tool.name, [first, second, third])));
  } catch (error) {
    if (error instanceof ActRefused)
      return failed(`Refused by the contract: ${error.rule}. Go on within the allowed paths.`);
    if (error instanceof HandRefusal) return failed(`${error.code}: ${error.message}`);
    throw error;
  }
};

const done = async (
  hands: ToolHands,
  name: string,
  [first, second, third]: readonly [string, string, string],
): Promise<string> => {
  const { acts } = hands;
  switch (name) {
    case "read":
      return textOf(await acts.read(METHOD, first));
    case "write":
      await acts.write(METHOD, first, Buffer.from(second));
      return "written";
    case "edit": {
      const text = plainText(await acts.read(METHOD, first));
      if (text === undefined) throw new HandRefusal("not-text", "it is no UTF-8, and an edit would change more of it");
      const found = text.split(second).length - 1;
      if (second === "" || found !== 1)
        throw new HandRefusal("no-single-passage", `the old passage occurs ${second === "" ? "no" : found} times`);
      await acts.write(METHOD, first, Buffer.from(text.replace(second, () => third)));
      return "edited";
    }
    case "search":
      return run(hands, ["grep", "-rnIF", "--max-count=50", "-e", first, "--", "."]);
    case "bash":
      return run(hands, ["/bin/bash", "-c", first]);
    default:
      throw new TypeError(`no tool ${name}`);
  }
};

const run = async ({ acts, terminals }: ToolHands, argv: readonly string[]): Promise<string> => {
  const id = await acts.run(METHOD, { argv, cwd: "/workspace", env: {}, outputBytesMax: LIMITS.toolOutputBytesMax });
  const ended = await terminals.wait(id);
  const cut = ended?.truncated === true ? "(the beginning is left out)\n" : "";
  return `${cut}${ended?.output ?? ""}\nexit ${ended?.end?.code ?? `by signal ${ended?.end?.signal ?? "unknown"}`}`;
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

// With its byte order mark, and nothing where a byte would be lost.
const plainText = (bytes: Uint8Array): string | undefined => {
  const text = textOf(bytes);
  return Buffer.from(text).equals(bytes) ? text : undefined;
};

const said = (text: string): Json => ({ content: [{ type: "text", text: text.toWellFormed() }] });
const failed = (text: string): Json => ({ isError: true, content: [{ type: "text", text }] });

const reply = (id: string | number | null, rest: Readonly<Record<string, Json>>): Uint8Array =>
  Buffer.from(JSON.stringify({ jsonrpc: "2.0", id, ...rest }));

const idOf = (asked: Readonly<Record<string, unknown>>): string | number | undefined => {
  const id = at(asked, "id");
  return typeof id === "string" || (typeof id === "number" && Number.isFinite(id)) ? id : undefined;
};

const NESTING_MAX = 64;

const parsed = (message: Uint8Array): Readonly<Record<string, unknown>> | undefined => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(message);
    if (nestingOf(text) > NESTING_MAX) return undefined;
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
};
