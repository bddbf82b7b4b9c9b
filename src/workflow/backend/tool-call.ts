import { LIMITS } from "../limits.ts";
import type { Intent } from "./attempt.ts";
import { at, isRecord, listAt, textAt } from "./loose.ts";

/** What an agent has said about one tool call so far. */
export interface ToolCall {
  readonly callId: string | undefined;
  readonly title: string;
  readonly kind: string;
  readonly status: string;
  readonly command: string | undefined;
  readonly url: string | undefined;
  /** Paths that the call shows a change of. */
  readonly diffs: readonly { readonly path: string; readonly oldText: string | undefined; readonly newText: string }[];
  readonly paths: readonly string[];
  readonly rawInput: unknown;
  readonly rawOutput: unknown;
}

/** Reads a `tool_call`, a `tool_call_update` or the call of a permission request; later fields win over earlier ones. */
export const readToolCall = (said: unknown, earlier?: ToolCall): ToolCall => {
  const rawInput = at(said, "rawInput") ?? earlier?.rawInput;
  // One more than is judged is kept, so that too many are seen to be.
  const diffs = listAt(said, "content")
    .flatMap((item) => {
      const path = textAt(item, "path");
      return path === undefined
        ? []
        : [{ path, oldText: textAt(item, "oldText"), newText: textAt(item, "newText") ?? "" }];
    })
    .slice(0, LIMITS.callPathsMax + 1);
  const locations = listAt(said, "locations")
    .flatMap((item) => textAt(item, "path") ?? [])
    .slice(0, LIMITS.callPathsMax + 1);
  return {
    callId: textAt(said, "toolCallId") ?? earlier?.callId,
    title: textAt(said, "title") ?? earlier?.title ?? "",
    kind: textAt(said, "kind") ?? earlier?.kind ?? "",
    status: textAt(said, "status") ?? earlier?.status ?? "pending",
    command: commandOf(rawInput),
    url: textAt(rawInput, "url"),
    diffs: diffs.length > 0 ? diffs : (earlier?.diffs ?? []),
    paths: locations.length > 0 ? locations : pathsOf(rawInput, earlier),
    rawInput,
    rawOutput: at(said, "rawOutput") ?? earlier?.rawOutput,
  };
};

/**
 * Everything that a call would do if it were granted. Its kind is no evidence of what it is, only of what it claims;
 * where nothing can be found it is "other", and that is denied (backends.md 6).
 */
export const intentsOf = (call: ToolCall): readonly Intent[] => {
  if (Math.max(call.diffs.length, call.paths.length) > LIMITS.callPathsMax)
    return [{ kind: "other", title: call.title }];
  const line = call.command ?? (call.kind === "execute" && call.title !== "" ? call.title : undefined);
  const found: Intent[] = [
    ...(line === undefined ? [] : [{ kind: "run", line } as const]),
    ...(call.url === undefined ? [] : [{ kind: "fetch", url: call.url } as const]),
    ...call.diffs.map(({ path }) => ({ kind: "write", path }) as const),
    ...intentsOnPaths(call, line !== undefined),
  ];
  return found.length > 0 ? found : [{ kind: "other", title: call.title }];
};

/** Whether a call, once done, has changed something or may have. */
export const hasEffect = (call: ToolCall): boolean =>
  EFFECTS.has(call.kind) || call.command !== undefined || call.diffs.length > 0;

const EFFECTS: ReadonlySet<string> = new Set(["edit", "delete", "move", "execute"]);

const intentsOnPaths = (call: ToolCall, runs: boolean): readonly Intent[] => {
  const paths = call.paths.filter((path) => !call.diffs.some((diff) => diff.path === path));
  if (runs || call.kind === "read" || call.kind === "search") return paths.map((path) => ({ kind: "read", path }));
  const [from, to] = paths;
  if (call.kind === "move" && from !== undefined && to !== undefined) return [{ kind: "move", from, to }];
  return paths.map((path) => ({ kind: call.kind === "delete" || call.kind === "move" ? "delete" : "write", path }));
};

const commandOf = (rawInput: unknown): string | undefined => {
  for (const input of [rawInput, at(rawInput, "arguments")])
    for (const name of ["command", "cmd"]) {
      const said = at(input, name);
      if (typeof said === "string" && said !== "") return said;
      if (Array.isArray(said) && said.length > 0 && said.every((word) => typeof word === "string")) return lineOf(said);
    }
  return undefined;
};

/** A started command as a shell line: `bash -c LINE` is the line, other words are quoted. */
export const commandLine = (argv: readonly string[]): string => {
  const [program = "", option = "", line, ...more] = argv;
  const isShell = /(?:^|\/)(?:ba|da|z)?sh$/.test(program) && /^-l?c$/.test(option);
  return isShell && line !== undefined && more.length === 0 ? line : lineOf(argv);
};

/** The shell line that means these words. */
const lineOf = (words: readonly string[]): string =>
  words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(" ");

const PATH_FIELDS =
  "path file_path filePath abs_path absolute_path file filename target_file notebook_path from source old_path to destination new_path".split(
    " ",
  );

const pathsOf = (rawInput: unknown, earlier: ToolCall | undefined): readonly string[] => {
  const found = [rawInput, at(rawInput, "arguments")]
    .filter(isRecord)
    .flatMap((input) => PATH_FIELDS.flatMap((name) => textAt(input, name) ?? []));
  return found.length > 0 ? found : (earlier?.paths ?? []);
};
