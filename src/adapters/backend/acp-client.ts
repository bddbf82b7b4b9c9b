import { client, RequestError, type ClientConnection } from "@agentclientprotocol/sdk";

import type { Room, ToolDesk } from "../../seams/backend.ts";
import type { Confined } from "../../seams/sandbox.ts";
import { assertNever } from "../../workflow/assert-never.ts";
import { stopOf } from "../../workflow/backend/acp-turn.ts";
import type { Assignment } from "../../workflow/backend/assignment.ts";
import type { Attempt, BackendProbe } from "../../workflow/backend/attempt.ts";
import { at } from "../../workflow/backend/loose.ts";
import { acpStory, type AcpStory } from "../../workflow/backend/normalize-acp.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { openActs, type AcpActs } from "./acp-acts.ts";
import {
  openSession,
  promptOnce,
  setMode,
  type AcpManners,
  type AcpPartner,
  type AcpSession,
} from "./acp-conversation.ts";
import { acpStream, type AcpStream } from "./acp-stream.ts";
import { openTerminals } from "./acp-terminals.ts";
import { agentsWords } from "./agents-words.ts";
import { openErrorStream, type ErrorStream } from "./error-stream.ts";
import { openFrameLog, type FrameLog } from "./frame-log.ts";
import { openGrantedActs } from "./granted-acts.ts";
import { openHand } from "./hand.ts";
import { openHeldMode } from "./held-mode.ts";
import { openToolDesk } from "./tool-server.ts";
import { openWatch, within, type Interruption } from "./watch.ts";

/** An agent to be led: how it is started, what was found of it before, how it is spoken to. */
export interface AcpLead {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly probe: BackendProbe;
  readonly manners: AcpManners;
}

/** Leads one agent through one turn: never prompted twice, never resumed (backends.md 6). */
export const leadAcpAgent = async (lead: AcpLead, assignment: Assignment, room: Room): Promise<Attempt> => {
  const story = acpStory({ declared: lead.probe.declared });
  const log = openFrameLog(room, story, (limit) => watch.interrupt({ kind: "limit", limit }));
  const terminals = openTerminals(room, log.own);
  const watch = openWatch(room, assignment.limits, () => (terminals.running() > 0 ? 0 : log.quietMs()));
  const hand = openHand(room);
  const granted = openGrantedActs({ room, hand, terminals, limits: assignment.limits, tell: log.own });
  const acts = openActs({ room, terminals, acts: granted, tell: log.own });
  if (lead.manners.harnessTools)
    room.offerTools(
      offered(openToolDesk({ acts: granted, terminals }), (error) => watch.interrupt({ kind: "broken", error })),
    );
  const confined = await room.start(lead.argv, lead.env);
  const errors = openErrorStream(room, confined.stderr, assignment.limits.outputBytesMax);
  const stream = acpStream(confined, log, {
    onLimit: (limit) => watch.interrupt({ kind: "limit", limit }),
    onNotification: (method, params) => {
      if (method !== "session/update") return;
      const update = at(params, "update");
      acts.note(update);
      held.hear(update);
    },
  });
  const held = openHeldMode((wanted, times) => {
    if (times > 1) watch.interrupt({ kind: "cancel", reason: "the agent changed its mode again" });
    else void setBack(turn, partner, wanted, watch.interrupt);
  });
  const turn: Turn = { lead, assignment, confined, log, acts, stream, errors, session: undefined };
  const connection = connect(turn, watch.interrupt);
  const partner: AcpPartner = {
    agent: connection.agent,
    held,
    shown: (said) => agentsWords(room.frames, said),
    isGone: () => connection.signal.aborted,
  };
  let ending: Ending;
  try {
    ending = await endingOf(turn, partner, watch.interrupted);
  } finally {
    watch.end();
    room.offerTools(undefined);
    await leave(turn, connection);
    await Promise.all([terminals.close(), hand.close()]);
    await errors.ended(LIMITS.killTimeoutMs);
    log.end();
  }
  // What it still says while it leaves counts as well.
  return attemptOf(lead.probe, story, ending);
};

// What breaks in a tool is ours, and ends the turn: the agent is only told that there is no answer.
const offered =
  (desk: ToolDesk, onBroken: (error: unknown) => void): ToolDesk =>
  async (message) => {
    try {
      return await desk(message);
    } catch (error) {
      onBroken(error);
      return undefined;
    }
  };

interface Turn {
  readonly lead: AcpLead;
  readonly assignment: Assignment;
  readonly confined: Confined;
  readonly log: FrameLog;
  readonly acts: AcpActs;
  readonly stream: AcpStream;
  readonly errors: ErrorStream;
  session: AcpSession | undefined;
}

type Ending =
  | { readonly kind: "said"; readonly stop: string }
  | { readonly kind: "cancelled"; readonly said: string }
  | { readonly kind: "limit"; readonly limit: string };

const connect = (turn: Turn, interrupt: (by: Interruption) => void): ClientConnection =>
  client({ name: "cto-harness" })
    .onRequest("*", async ({ method, params }) => {
      try {
        return await turn.acts.answer(method, params);
      } catch (error) {
        if (!(error instanceof RequestError)) interrupt({ kind: "broken", error });
        throw error instanceof RequestError ? error : RequestError.internalError();
      }
    })
    .connect(turn.stream);

// A mode that it took by itself is set back once; an agent that stays in it is not led any further.
const setBack = async (
  { session }: Turn,
  partner: AcpPartner,
  wanted: string,
  interrupt: (by: Interruption) => void,
): Promise<void> => {
  if (session === undefined) return;
  try {
    await setMode(partner, session, wanted);
    partner.held.isBack();
  } catch {
    // Of an agent that is gone its end tells.
    if (!partner.isGone()) interrupt({ kind: "cancel", reason: "the agent does not take its mode back" });
  }
};

const endingOf = async (turn: Turn, partner: AcpPartner, interrupted: Promise<Interruption>): Promise<Ending> => {
  const said = converse(turn, partner);
  const ending = said.catch((error: unknown): Interruption => ({ kind: "broken", error }));
  const first = await Promise.race([ending, interrupted, crash(turn)]);
  if (typeof first === "string") return { kind: "said", stop: first };
  switch (first.kind) {
    case "limit":
      return first;
    case "broken":
      return limitElse(turn.confined, first.error);
    case "cancel":
      return { kind: "cancelled", said: await cancel(turn, partner, said, first.reason) };
    default:
      return assertNever(first);
  }
};

// At a limit the stage ends everything and starts nothing more: what breaks then breaks because of the limit.
const limitElse = async (confined: Confined, error: unknown): Promise<Ending> => {
  const ended = await within(LIMITS.limitSettleMs, confined.ended);
  if (ended === "late" || ended.limit === undefined) throw error;
  return { kind: "limit", limit: ended.limit };
};

const converse = async (turn: Turn, partner: AcpPartner): Promise<string> => {
  try {
    turn.session = await openSession(partner, turn.lead.manners);
    partner.held.holds();
    return await promptOnce(partner, turn.session, turn.assignment.words);
  } catch (error) {
    if (error instanceof Failure) throw error;
    // An error for an answer is a stop as well.
    if (error instanceof RequestError) return `error ${error.code}: ${partner.shown(error.message)}`;
    const ended = await within(LIMITS.killTimeoutMs, turn.confined.ended);
    throw await crashOf(turn, ended === "late" ? undefined : ended, error);
  }
};

// The stream's end says it first; this is for an agent that is dead while something of it holds the stream open.
const crash = async (turn: Turn): Promise<Interruption> => {
  const ended = await turn.confined.ended;
  if (ended.limit !== undefined) return { kind: "limit", limit: ended.limit };
  await new Promise((resolve) => setTimeout(resolve, LIMITS.cancelTimeoutMs).unref());
  return { kind: "broken", error: await crashOf(turn, ended) };
};

const crashOf = async (
  { errors }: Turn,
  ended: Awaited<Confined["ended"]> | undefined,
  cause?: unknown,
): Promise<Failure> => {
  await errors.ended(LIMITS.limitSettleMs);
  const how =
    ended === undefined ? "its output ended" : `exit ${ended.code ?? "none"}, signal ${ended.signal ?? "none"}`;
  const line = errors.lastLine();
  const words = line === undefined ? "" : ` The last line of its error stream, its own words: ${line}`;
  return new Failure("backend/crashed", `The agent ended before it answered: ${how}.${words}`, { cause });
};

const cancel = async (turn: Turn, { agent }: AcpPartner, said: Promise<string>, reason: string): Promise<string> => {
  const start = performance.now();
  turn.log.own({ did: "cancelled", reason });
  turn.acts.cancel();
  const { session } = turn;
  if (session !== undefined)
    await agent.notify("session/cancel", { sessionId: session.sessionId }).catch(() => undefined);
  const settled =
    session === undefined
      ? "late"
      : await within(
          LIMITS.cancelTimeoutMs,
          said.catch(() => "no answer"),
        );
  const forced = settled === "late";
  if (forced) await turn.confined.stop();
  turn.log.own({ did: "settled", ms: Math.round(performance.now() - start), forced });
  return forced ? reason : settled;
};

// Close the input, wait a little, then the end of every process.
const leave = async ({ acts, confined, stream }: Turn, connection: ClientConnection): Promise<void> => {
  acts.cancel();
  await stream.closeInput();
  await within(LIMITS.leaveTimeoutMs, confined.ended);
  await confined.stop();
  await within(LIMITS.killTimeoutMs, stream.done);
  connection.close();
};

const attemptOf = (probe: BackendProbe, story: AcpStory, ending: Ending): Attempt => {
  const claims = { probe, ...story.tally() };
  switch (ending.kind) {
    case "said":
      return { stop: stopOf(ending.stop), said: ending.stop, ...claims };
    case "cancelled":
      return { stop: "cancelled", said: ending.said, ...claims };
    case "limit":
      return { stop: "gave_up", said: `limit ${ending.limit}`, limit: ending.limit, ...claims };
    default:
      return assertNever(ending);
  }
};
