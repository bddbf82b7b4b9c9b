import { RequestError } from "@agentclientprotocol/sdk";

import type { Room } from "../../seams/backend.ts";
import type { Intent, Verdict } from "../../workflow/backend/attempt.ts";
import type { OwnFact } from "../../workflow/backend/frame.ts";
import { at, listAt, numberAt, textAt } from "../../workflow/backend/loose.ts";
import { commandLine, readToolCall, type ToolCall } from "../../workflow/backend/tool-call.ts";
import type { RunLimits } from "../../workflow/limits.ts";
import { insideWorkspace } from "../../workflow/policy/judge-intent.ts";
import { askedIntents, judgeAll, optionFor } from "./acp-permission.ts";
import type { Terminals } from "./acp-terminals.ts";
import { HandRefusal, type Hand } from "./hand.ts";

/** Answers what an agent asks of its client: permissions, files, commands. In order; judged first, then done. */
export interface AcpActs {
  answer(method: string, params: unknown): Promise<unknown>;
  /** Remembers what was said of a tool call, for the permission request that follows. */
  note(update: unknown): void;
  /** From now on everything open and to come is answered "cancelled". */
  cancel(): void;
}

export interface AcpTools {
  readonly room: Room;
  readonly hand: Hand;
  readonly terminals: Terminals;
  readonly limits: RunLimits;
  readonly tell: (fact: OwnFact) => void;
}

export const openActs = ({ room, hand, terminals, limits, tell }: AcpTools): AcpActs => {
  const calls = new Map<string, ToolCall>();
  let queue: Promise<unknown> = Promise.resolve();
  let isCancelled = false;

  const inOrder = async <T>(act: () => Promise<T>): Promise<T> => {
    const done = queue.then(act);
    queue = done.catch(() => undefined);
    return done;
  };

  /** Judges, tells, and answers the rule that allows; a no becomes the error that the agent is given. */
  const granted = (method: string, intents: readonly [Intent, ...Intent[]]): Verdict => {
    if (isCancelled) throw refusedError("the turn was cancelled");
    const start = performance.now();
    const { intent, verdict } = judgeAll(room, intents);
    const ms = Math.round(performance.now() - start);
    tell({
      did: "judged",
      method,
      intent,
      decision: verdict.allowed ? "allowed" : "denied",
      ...ruleOf(verdict),
      by: "policy",
      ms,
    });
    if (!verdict.allowed) throw refusedError(verdict.rule);
    return verdict;
  };

  const permission = async (params: unknown): Promise<unknown> => {
    const method = "session/request_permission";
    const start = performance.now();
    const intents = askedIntents(params, calls);
    const callId = textAt(params, "toolCall", "toolCallId");
    const cancelled = { outcome: { outcome: "cancelled" } };
    const fact = { did: "judged", method, callId } as const;
    if (isCancelled) {
      tell({ ...fact, intent: intents[0], decision: "cancelled", rule: "backend/cancelled", by: "cancel", ms: 0 });
      return cancelled;
    }
    const { intent, verdict } = judgeAll(room, intents);
    const optionId = optionFor(params, verdict.allowed);
    const decision = !verdict.allowed ? "denied" : optionId === undefined ? "cancelled" : "allowed";
    tell({
      ...fact,
      intent,
      decision,
      ...ruleOf(verdict),
      optionId,
      by: "policy",
      ms: Math.round(performance.now() - start),
    });
    return optionId === undefined ? cancelled : { outcome: { outcome: "selected", optionId } };
  };

  const readFile = async (params: unknown): Promise<unknown> => {
    const path = requiredText(params, "path");
    const { rule } = granted("fs/read_text_file", [{ kind: "read", path }]);
    const { content, bytes, sha256 } = await found(hand.read(path));
    tell({ did: "read", path, bytes, sha256, rule });
    return {
      content: linesFrom(Buffer.from(content).toString("utf8"), numberAt(params, "line"), numberAt(params, "limit")),
    };
  };

  const writeFile = async (params: unknown): Promise<unknown> => {
    const path = requiredText(params, "path");
    const content = requiredText(params, "content");
    const { rule } = granted("fs/write_text_file", [{ kind: "write", path }]);
    const { bytes, sha256 } = await found(hand.write(path, Buffer.from(content)));
    tell({ did: "wrote", path, bytes, sha256, rule });
    return {};
  };

  const createTerminal = async (params: unknown): Promise<unknown> => {
    const argv = [
      requiredText(params, "command"),
      ...listAt(params, "args").filter((word) => typeof word === "string"),
    ];
    const cwd = textAt(params, "cwd") ?? "/workspace";
    const line = commandLine(argv);
    const { rule } = granted("terminal/create", [
      { kind: "read", path: cwd },
      { kind: "run", line },
    ]);
    const id = await terminals.create({
      line,
      argv,
      cwd: insideWorkspace(cwd) ?? ".",
      env: plainVariables(params),
      outputBytesMax: Math.min(numberAt(params, "outputByteLimit") ?? limits.outputBytesMax, limits.outputBytesMax),
      rule,
    });
    if (id === undefined) throw refusedError("too many terminals");
    return { terminalId: id };
  };

  return {
    answer: async (method, params) => {
      const terminal = textAt(params, "terminalId") ?? "";
      switch (method) {
        case "session/request_permission":
          return inOrder(async () => permission(params));
        case "fs/read_text_file":
          return inOrder(async () => readFile(params));
        case "fs/write_text_file":
          return inOrder(async () => writeFile(params));
        case "terminal/create":
          return inOrder(async () => createTerminal(params));
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
    cancel: () => {
      isCancelled = true;
    },
  };
};

const ruleOf = ({ rule, action }: Verdict): Pick<Verdict, "rule" | "action"> =>
  action === undefined ? { rule } : { rule, action };

const refusedError = (rule: string): RequestError => new RequestError(-32001, `refused: ${rule}`);

const requiredText = (params: unknown, name: string): string => {
  const text = textAt(params, name);
  if (text === undefined) throw RequestError.invalidParams({ missing: name });
  return text;
};

// What the hand could not do is the agent's to hear; that the hand is gone is not.
const found = async <T>(act: Promise<T>): Promise<T> => {
  try {
    return await act;
  } catch (error) {
    if (error instanceof HandRefusal) throw new RequestError(error.code === "ENOENT" ? -32002 : -32001, error.message);
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
