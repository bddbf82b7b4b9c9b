import { at, isRecord, listAt, textAt } from "../../../src/workflow/backend/loose.ts";
import type { OfferedTool, ToolUse, Wish } from "./script.ts";

/** A wish as a call of an offered tool; where there is none for it, of the shell. */
export const useFor = (id: string, wish: Wish, tools: readonly OfferedTool[]): ToolUse => {
  const tool = toolFor(wish.do, tools);
  if (tool === undefined)
    return wish.do === "bash"
      ? { id, name: "no_shell_is_offered", args: {} }
      : useFor(id, { do: "bash", command: shellLine(wish) }, tools);
  if (/^apply_patch$/i.test(tool.name)) return patchUse(id, wish, tool);
  return { id, name: tool.name, args: withRequired(argumentsFor(wish, tool), tool) };
};

const NAMES: Readonly<Record<Wish["do"], readonly RegExp[]>> = {
  read: [/^read$/i, /^read_?file$/i, /^view$/i, /(?:^|_)read(?:_|$)/i],
  edit: [/^edit$/i, /^replace$/i, /^edit_?file$/i, /^str_replace/i, /^apply_patch$/i, /^patch$/i],
  write: [/^write$/i, /^write_?file$/i, /^write_to_file$/i, /^create_?file$/i, /^apply_patch$/i],
  bash: [/^bash$/i, /^exec_command$/i, /^shell(?:_command)?$/i, /^run_shell_command$/i, /terminal|shell|exec|bash/i],
  fetch: [/^web_?fetch$/i],
};

// Tools of an MCP server come with its name before theirs.
const bare = (name: string): string => name.replace(/^(?:mcp__[a-z0-9]+__|mcp_[a-z0-9]+_|harness_{1,2})/i, "");

const toolFor = (wish: Wish["do"], tools: readonly OfferedTool[]): OfferedTool | undefined =>
  NAMES[wish].map((pattern) => tools.find(({ name }) => pattern.test(bare(name)))).find((tool) => tool !== undefined);

const FIELDS = {
  path: ["filePath", "file_path", "absolute_path", "path", "target_file", "filename", "abs_path"],
  old: ["oldString", "old_string", "oldText", "old_str", "old_text"],
  new: ["newString", "new_string", "newText", "new_str", "new_text"],
  content: ["content", "contents", "file_text", "text"],
  command: ["command", "cmd", "commands", "script"],
  url: ["url", "prompt"],
} as const;

const fieldIn = (schema: unknown, role: keyof typeof FIELDS): string => {
  const properties = at(schema, "properties");
  const names = isRecord(properties) ? Object.keys(properties) : [];
  return FIELDS[role].find((name) => names.includes(name)) ?? FIELDS[role][0];
};

const argumentsFor = (wish: Wish, { schema }: OfferedTool): Readonly<Record<string, unknown>> => {
  switch (wish.do) {
    case "read":
      return { [fieldIn(schema, "path")]: wish.path };
    case "edit": {
      const item = at(schema, "properties", "edits", "items");
      const pair = (form: unknown): Readonly<Record<string, string>> => ({
        [fieldIn(form, "old")]: wish.old,
        [fieldIn(form, "new")]: wish.new,
      });
      return { [fieldIn(schema, "path")]: wish.path, ...(item === undefined ? pair(schema) : { edits: [pair(item)] }) };
    }
    case "write":
      return { [fieldIn(schema, "path")]: wish.path, [fieldIn(schema, "content")]: wish.content };
    case "bash": {
      const name = fieldIn(schema, "command");
      const isList = textAt(schema, "properties", name, "type") === "array";
      return { [name]: isList ? ["bash", "-c", wish.command] : wish.command };
    }
    case "fetch":
      return { [fieldIn(schema, "url")]: wish.url };
  }
};

const withRequired = (
  args: Readonly<Record<string, unknown>>,
  { schema }: OfferedTool,
): Readonly<Record<string, unknown>> => {
  const missing = listAt(schema, "required").filter(
    (name): name is string => typeof name === "string" && !(name in args),
  );
  return { ...args, ...Object.fromEntries(missing.map((name) => [name, fillerFor(at(schema, "properties", name))])) };
};

const fillerFor = (form: unknown): unknown => {
  const [first] = listAt(form, "enum");
  if (first !== undefined) return first;
  switch (textAt(form, "type") ?? "string") {
    case "boolean":
      return false;
    case "number":
    case "integer":
      return 1;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return "a step of the script";
  }
};

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const shellLine = (wish: Exclude<Wish, { readonly do: "bash" }>): string => {
  switch (wish.do) {
    case "read":
      return `cat ${quote(wish.path)}`;
    case "write":
      return `mkdir -p "$(dirname ${quote(wish.path)})" && printf %s ${quote(wish.content)} > ${quote(wish.path)}`;
    case "fetch":
      return `curl -sS -m 5 ${quote(wish.url)}`;
    case "edit": {
      const [file, before, after] = [wish.path, wish.old, wish.new].map((word) => JSON.stringify(word));
      return `python3 - <<'PY'\ntext = open(${file}).read()\nassert ${before} in text\nopen(${file}, 'w').write(text.replace(${before}, ${after}, 1))\nPY`;
    }
  }
};

const patchUse = (id: string, wish: Wish, tool: OfferedTool): ToolUse => {
  const signed = (text: string, sign: string): string =>
    text
      .split("\n")
      .map((line) => `${sign}${line}`)
      .join("\n");
  const body =
    wish.do === "write"
      ? `*** Add File: ${wish.path}\n${signed(wish.content.replace(/\n$/, ""), "+")}`
      : wish.do === "edit"
        ? `*** Update File: ${wish.path}\n@@\n${signed(wish.old, "-")}\n${signed(wish.new, "+")}`
        : "";
  const patch = `*** Begin Patch\n${body}\n*** End Patch\n`;
  if (tool.isFree) return { id, name: tool.name, args: {}, freeInput: patch };
  const properties = at(tool.schema, "properties");
  const [name = "input"] = isRecord(properties) ? Object.keys(properties) : [];
  return { id, name: tool.name, args: { [name]: patch } };
};
