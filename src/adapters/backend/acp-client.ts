import { client, RequestError, type ClientConnection } from "@agentclientprotocol/sdk";

import type { Room, ToolDesk } from "../../seams/backend.ts";
import type { Confined } from "../../seams/sandbox.ts";
import { assertNever } from "../../workflow/assert-never.ts";
import { stopOf } from "../../workflow/backend/acp-turn.ts";
import type { Assignment } from "../../workflow/backend/assignment.ts";
import type { Attempt, BackendProbe } from "../../workflow/backend/attempt.ts";
import { at, textAt } from "../../workflow/backend/loose.ts";
import { acpStory, type AcpStory } from "../../workflow/backend/normalize-acp.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { openActs, type AcpActs } from "./acp-acts.ts";
import { openSession, promptOnce, setMode, type AcpManners, type AcpSession } from "./acp-conversation.ts";
import { acpStream, type AcpStream } from "./acp-stream.ts";
import { openTerminals } from "./acp-terminals.ts";
import { openFrameLog, type FrameLog } from "./frame-log.ts";
import { openGrantedActs } from "./granted-acts.ts";
import { openHand } from "./hand.ts";
import { drain } from "./lines.ts";
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
  const stderr = drain(confined.stderr, assignment.limits.outputBytesMax, (bytes) => room.keep("stderr.log", bytes));
  stderr.catch(() => undefined);
  const stream = acpStream(confined, log, {
    onLimit: (limit) => watch.interrupt({ kind: "limit", limit }),
    onNotification: (method, params) => {
      if (method === "session/update") hear(turn, connection, watch.interrupt, params);
    },
  });
  const turn: Turn = { lead, assignment, confined, log, acts, stream, session: undefined, modeRaises: 0 };
  const connection = connect(turn, watch.interrupt);
  try {
    const ending = await endingOf(turn, connection, watch.interrupted);
    log.settle();
    return attemptOf(lead.probe, story, ending);
  } finally {
    watch.end();
    room.offerTools(undefined);
    await leave(turn, connection);
    await Promise.all([terminals.close(), hand.close()]);
    await within(LIMITS.killTimeoutMs, Promise.allSettled([stderr]));
    log.end();
  }
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
  session: AcpSession | undefined;
  modeRaises: number;
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

// A mode that it took by itself is set back once; the second time the turn ends.
const hear = (
  turn: Turn,
  connection: ClientConnection,
  interrupt: (by: Interruption) => void,
  params: unknown,
): void => {
  const update = at(params, "update");
  turn.acts.note(update);
  const { session } = turn;
  const mode = textAt(update, "currentModeId");
  if (textAt(update, "sessionUpdate") !== "current_mode_update" || session?.mode === undefined || mode === session.mode)
    return;
  turn.modeRaises += 1;
  if (turn.modeRaises > 1) interrupt({ kind: "cancel", reason: "the agent changed its mode again" });
  else setMode(connection.agent, session.sessionId, session.mode).catch(() => undefined);
};

const endingOf = async (
  turn: Turn,
  connection: ClientConnection,
  interrupted: Promise<Interruption>,
): Promise<Ending> => {
  const said = converse(turn, connection);
  const ending = said.catch((error: unknown): Interruption => ({ kind: "broken", error }));
  const first = await Promise.race([ending, interrupted, crash(turn.confined)]);
  if (typeof first === "string") return { kind: "said", stop: first };
  switch (first.kind) {
    case "limit":
      return first;
    case "broken":
      return limitElse(turn.confined, first.error);
    case "cancel":
      return { kind: "cancelled", said: await cancel(turn, connection, said, first.reason) };
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

const converse = async (turn: Turn, connection: ClientConnection): Promise<string> => {
  try {
    turn.session = await openSession(connection.agent, turn.lead.manners);
    return await promptOnce(connection.agent, turn.session.sessionId, turn.assignment.words);
  } catch (error) {
    if (error instanceof Failure) throw error;
    if (error instanceof RequestError) return `error ${error.code}: ${error.message}`;
    const ended = await within(LIMITS.killTimeoutMs, turn.confined.ended);
    throw crashOf(ended === "late" ? undefined : ended, error);
  }
};

// The stream's end says it first; this is for an agent that is dead while something of it holds the stream open.
const crash = async (confined: Confined): Promise<Interruption> => {
  const ended = await confined.ended;
  if (ended.limit !== undefined) return { kind: "limit", limit: ended.limit };
  await new Promise((resolve) => setTimeout(resolve, LIMITS.cancelTimeoutMs).unref());
  return { kind: "broken", error: crashOf(ended) };
};

const crashOf = (ended: Awaited<Confined["ended"]> | undefined, cause?: unknown): Failure => {
  const how =
    ended === undefined ? "its output ended" : `exit ${ended.code ?? "none"}, signal ${ended.signal ?? "none"}`;
  return new Failure("backend/crashed", `The agent ended before it answered: ${how}.`, { cause });
};

const cancel = async (
  turn: Turn,
  connection: ClientConnection,
  said: Promise<string>,
  reason: string,
): Promise<string> => {
  const start = performance.now();
  turn.log.own({ did: "cancelled", reason });
  turn.acts.cancel();
  const { session } = turn;
  if (session !== undefined)
    await connection.agent.notify("session/cancel", { sessionId: session.sessionId }).catch(() => undefined);
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
