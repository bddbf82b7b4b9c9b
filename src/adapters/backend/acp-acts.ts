import { RequestError } from "@agentclientprotocol/sdk";

import { at, listAt, numberAt, textAt } from "../../workflow/backend/loose.ts";
import { readToolCall, type ToolCall } from "../../workflow/backend/tool-call.ts";
import { askedIntents, judgeAll, optionFor } from "./acp-permission.ts";
import { ActRefused, type ActTools, type GrantedActs } from "./granted-acts.ts";
import { HandRefusal } from "./hand.ts";

/** Answers what an agent asks of its client: permissions, files, commands. In order; judged first, then done. */
export interface AcpActs {
  answer(method: string, params: unknown): Promise<unknown>;
  /** Remembers what was said of a tool call, for the permission request that follows. */
  note(update: unknown): void;
  /** From now on everything open and to come is answered "cancelled". */
  cancel(): void;
}

export type AcpTools = Pick<ActTools, "room" | "terminals" | "tell"> & { readonly acts: GrantedActs };

export const openActs = ({ room, terminals, acts, tell }: AcpTools): AcpActs => {
  const calls = new Map<string, ToolCall>();

  const permission = async (params: unknown): Promise<unknown> => {
    const method = "session/request_permission";
    const start = performance.now();
    const intents = askedIntents(params, calls);
    const callId = textAt(params, "toolCall", "toolCallId");
    const cancelled = { outcome: { outcome: "cancelled" } };
    const fact = { did: "judged", method, callId } as const;
    if (acts.isCancelled()) {
      tell({ ...fact, intent: intents[0], decision: "cancelled", rule: "backend/cancelled", by: "cancel", ms: 0 });
      return cancelled;
    }
    const { intent, verdict } = judgeAll(room, intents);
    const optionId = optionFor(params, verdict.allowed);
    const decision = !verdict.allowed ? "denied" : optionId === undefined ? "cancelled" : "allowed";
    const { rule, action } = verdict;
    tell({
      ...fact,
      intent,
      decision,
      rule,
      ...(action === undefined ? {} : { action }),
      optionId,
      by: "policy",
      ms: Math.round(performance.now() - start),
    });
    return optionId === undefined ? cancelled : { outcome: { outcome: "selected", optionId } };
  };

  const readFile = async (params: unknown): Promise<unknown> => {
    const content = await answered(acts.read("fs/read_text_file", requiredText(params, "path")));
    return {
      content: linesFrom(Buffer.from(content).toString("utf8"), numberAt(params, "line"), numberAt(params, "limit")),
    };
  };

  const writeFile = async (params: unknown): Promise<unknown> => {
    const path = requiredText(params, "path");
    await answered(acts.write("fs/write_text_file", path, Buffer.from(requiredText(params, "content"))));
    return {};
  };

  const createTerminal = async (params: unknown): Promise<unknown> => {
    const words = listAt(params, "args").filter((word) => typeof word === "string");
    const terminalId = await answered(
      acts.run("terminal/create", {
        argv: [requiredText(params, "command"), ...words],
        cwd: textAt(params, "cwd") ?? "/workspace",
        env: plainVariables(params),
        outputBytesMax: numberAt(params, "outputByteLimit"),
      }),
    );
    return { terminalId };
  };

  return {
    answer: async (method, params) => {
      const terminal = textAt(params, "terminalId") ?? "";
      switch (method) {
        case "session/request_permission":
          return acts.inOrder(async () => permission(params));
        case "fs/read_text_file":
          return acts.inOrder(async () => readFile(params));
        case "fs/write_text_file":
          return acts.inOrder(async () => writeFile(params));
        case "terminal/create":
          return acts.inOrder(async () => createTerminal(params));
        case "terminal/output": {
          const said = terminals.output(terminal);
          if (said === undefined) throw RequestError.resourceNotFound(terminal);
          const exitStatus = said.end === undefined ? null : { exitCode: said.end.code, signal: said.end.signal };
          return { output: said.output, truncated: said.truncated, exitStatus };
        }
        case "terminal/wait_for_exit": {
          const said = await terminals.wait(terminal);
          if (said?.end === undefined) throw RequestError.resourceNotFound(terminal);
          return { exitCode: said.end.code, signal: said.end.signal };
        }
        case "terminal/kill":
        case "terminal/release":
          await terminals.kill(terminal);
          return {};
        default:
          throw RequestError.methodNotFound(method);
      }
    },
    note: (update) => {
      const callId = textAt(update, "toolCallId");
      if (callId !== undefined) calls.set(callId, readToolCall(update, calls.get(callId)));
    },
    cancel: () => acts.cancel(),
  };
};

const REFUSED = -32001;
const NOT_FOUND = -32002;

const requiredText = (params: unknown, name: string): string => {
  const text = textAt(params, name);
  if (text === undefined) throw RequestError.invalidParams({ missing: name });
  return text;
};

// A no, and what the hand could not do, is the agent's to hear; that the hand is gone is not.
const answered = async <T>(act: Promise<T>): Promise<T> => {
  try {
    return await act;
  } catch (error) {
    if (error instanceof ActRefused) throw new RequestError(REFUSED, error.message);
    if (error instanceof HandRefusal)
      throw new RequestError(error.code === "ENOENT" ? NOT_FOUND : REFUSED, error.message);
    throw error;
  }
};

const linesFrom = (text: string, line: number | undefined, limit: number | undefined): string => {
  if (line === undefined && limit === undefined) return text;
  const from = Math.max(0, (line ?? 1) - 1);
  return text
    .split("\n")
    .slice(from, limit === undefined ? undefined : from + limit)
    .join("\n");
};

const plainVariables = (params: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    listAt(params, "env").flatMap((entry) => {
      const name = textAt(entry, "name") ?? "";
      const value = textAt(at(entry), "value");
      return /^[A-Za-z_]\w{0,99}$/.test(name) && !/^CTO_/i.test(name) && value !== undefined && !value.includes("\0")
        ? [[name, value]]
        : [];
    }),
  );
