import { RequestError, type ClientContext } from "@agentclientprotocol/sdk";

import { offeredModes, openedMode } from "../../workflow/backend/acp-mode.ts";
import { numberAt, textAt } from "../../workflow/backend/loose.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { HeldMode } from "./held-mode.ts";

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
  /** Versions that the agent may name as its own; none where nobody has pinned it. */
  readonly pins?: readonly string[];
}

export interface AcpSession {
  readonly sessionId: string;
}

/** The agent at the other end, and how its words are heard. */
export interface AcpPartner {
  readonly agent: ClientContext;
  readonly held: HeldMode;
  /** What it said, as a sentence of ours may repeat it. */
  readonly shown: (said: string) => string;
  readonly isGone: () => boolean;
}

/** The handshake, each step with its time. What the agent answers otherwise than its profile says is a Failure. */
export const openSession = async (partner: AcpPartner, manners: AcpManners): Promise<AcpSession> => {
  const { agent, held, shown } = partner;
  const initialized = await inTime(
    partner,
    "initialize",
    agent.request("initialize", { protocolVersion: 1, clientCapabilities: manners.clientCapabilities }),
  );
  const version = numberAt(initialized, "protocolVersion");
  if (version !== 1)
    throw new Failure(
      "backend/protocol-unknown",
      `The agent speaks protocol ${version ?? "nothing that it names"}, not 1.`,
    );
  const named = textAt(initialized, "agentInfo", "version");
  if (manners.pins !== undefined && named !== undefined && !manners.pins.includes(named))
    throw new Failure(
      "backend/another-version",
      `The agent says that it is ${shown(named)}; its profile was looked at with ${manners.pins.join(", ")}.`,
    );
  if (manners.authenticate !== undefined)
    await inTime(partner, "authenticate", agent.request("authenticate", { methodId: manners.authenticate }));
  const opened = await inTime(
    partner,
    "session/new",
    agent.request("session/new", {
      cwd: "/workspace",
      mcpServers: manners.mcpServers,
      ...(manners.sessionMeta === undefined ? {} : { _meta: manners.sessionMeta }),
    }),
  );
  const sessionId = textAt(opened, "sessionId");
  if (sessionId === undefined) throw new Failure("backend/no-answer", "The agent opened no session.");
  const session = { sessionId };
  const initial = openedMode(opened);
  if (manners.mode !== undefined) await enterMode(partner, session, manners.mode, offeredModes(opened));
  else if (initial !== undefined) held.wants(initial);
  return session;
};

/** Sets a mode that the agent offers, and hears whether it says another. ACP's answer to it is empty. */
const enterMode = async (
  partner: AcpPartner,
  session: AcpSession,
  mode: string,
  offered: readonly string[],
): Promise<void> => {
  const { held, shown } = partner;
  const no = (problem: string, cause?: unknown): Failure =>
    new Failure("backend/mode-not-set", `The agent cannot be held in mode ${mode}: ${problem}.`, { cause });
  if (!offered.includes(mode))
    throw no(offered.length === 0 ? "it offers no modes" : `it offers ${shown(offered.join(", "))}`);
  held.wants(mode);
  try {
    await setMode(partner, session, mode);
  } catch (error) {
    throw error instanceof RequestError ? no(`it answers ${shown(error.message)}`, error) : error;
  }
  const said = held.said();
  if (said !== undefined && said !== mode) throw no(`it says that it is in ${shown(said)}`);
};

export const setMode = async (partner: AcpPartner, { sessionId }: AcpSession, modeId: string): Promise<void> => {
  const answer = partner.agent.request("session/set_mode", { sessionId, modeId });
  await inTime(partner, "session/set_mode", answer, LIMITS.setModeTimeoutMs);
};

/** One prompt, once. Answers its stop word, as it may be told. */
export const promptOnce = async (partner: AcpPartner, { sessionId }: AcpSession, words: string): Promise<string> => {
  try {
    const answer = await partner.agent.request("session/prompt", {
      sessionId,
      prompt: [{ type: "text", text: words }],
    });
    return partner.shown(textAt(answer, "stopReason") ?? "no stop reason");
  } catch (error) {
    throwUnknown(partner, error);
    throw error;
  }
};

// An agent that wants a login of its own cannot be led by a placeholder: ACP has one code for that.
const throwUnknown = ({ shown }: AcpPartner, error: unknown): void => {
  if (error instanceof RequestError && error.code === AUTH_REQUIRED)
    throw new Failure("backend/not-authenticated", `The agent wants a login: ${shown(error.message)}.`, {
      cause: error,
    });
};

const AUTH_REQUIRED = -32000;

const inTime = async <T>(
  partner: AcpPartner,
  step: string,
  answer: Promise<T>,
  ms: number = LIMITS.handshakeTimeoutMs,
): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Failure("backend/no-answer", `The agent did not answer ${step}.`)), ms);
  try {
    return await Promise.race([answer, promise]);
  } catch (error) {
    throwUnknown(partner, error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
};
