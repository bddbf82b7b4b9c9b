import { RequestError, type ClientContext } from "@agentclientprotocol/sdk";

import { numberAt, textAt } from "../../workflow/backend/loose.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** What is settled before the prompt; a profile may say more (backends.md 6, steps 2 to 5). */
export interface AcpManners {
  readonly clientCapabilities: {
    readonly fs: { readonly readTextFile: boolean; readonly writeTextFile: boolean };
    readonly terminal: boolean;
  };
  readonly authenticate?: string;
  readonly mode?: string;
  readonly mcpServers: readonly unknown[];
  /** Whether the relay's door for our own tools stands open during the turn. */
  readonly harnessTools: boolean;
  readonly sessionMeta?: unknown;
}

export interface AcpSession {
  readonly sessionId: string;
  readonly mode: string | undefined;
}

/** The handshake, each step with its time. */
export const openSession = async (agent: ClientContext, manners: AcpManners): Promise<AcpSession> => {
  const initialized = await inTime(
    "initialize",
    agent.request("initialize", { protocolVersion: 1, clientCapabilities: manners.clientCapabilities }),
  );
  const version = numberAt(initialized, "protocolVersion");
  if (version !== 1)
    throw new Failure(
      "backend/protocol-unknown",
      `The agent speaks protocol ${version ?? "nothing that it names"}, not 1.`,
    );
  if (manners.authenticate !== undefined)
    await inTime("authenticate", agent.request("authenticate", { methodId: manners.authenticate }));
  const opened = await inTime(
    "session/new",
    agent.request("session/new", {
      cwd: "/workspace",
      mcpServers: manners.mcpServers,
      ...(manners.sessionMeta === undefined ? {} : { _meta: manners.sessionMeta }),
    }),
  );
  const sessionId = textAt(opened, "sessionId");
  if (sessionId === undefined) throw new Failure("backend/no-answer", "The agent opened no session.");
  if (manners.mode !== undefined) await setMode(agent, sessionId, manners.mode);
  return { sessionId, mode: manners.mode ?? textAt(opened, "modes", "currentModeId") };
};

export const setMode = async (agent: ClientContext, sessionId: string, modeId: string): Promise<void> => {
  await inTime("session/set_mode", agent.request("session/set_mode", { sessionId, modeId }));
};

/** One prompt, once. Answers its stop word; an error answer is a stop as well. */
export const promptOnce = async (agent: ClientContext, sessionId: string, words: string): Promise<string> => {
  try {
    const answer = await agent.request("session/prompt", {
      sessionId,
      prompt: [{ type: "text", text: words }],
    });
    return textAt(answer, "stopReason") ?? "no stop reason";
  } catch (error) {
    if (error instanceof RequestError) return `error ${error.code}: ${error.message}`;
    throw error;
  }
};

const inTime = async <T>(step: string, answer: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Failure("backend/no-answer", `The agent did not answer ${step}.`)),
    LIMITS.handshakeTimeoutMs,
  );
  try {
    return await Promise.race([answer, promise]);
  } finally {
    clearTimeout(timer);
  }
};
