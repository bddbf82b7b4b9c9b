import type { HereAgent } from "../../seams/backend.ts";
import { at, listAt, numberAt, textAt } from "../../workflow/backend/loose.ts";
import { runId, type WorkId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { tryStage } from "../workspace/try-stage.ts";
import type { World } from "../world.ts";

/** What an agent answered to initialize and session/new in a stage of its own, with no model behind it. */
export interface Greeting {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly protocol: number | undefined;
  readonly modes: readonly string[];
  /** Whether a session was opened; some agents want a model first. */
  readonly opened: boolean;
  /** What a run would have been told of it. */
  readonly attempts: number;
  readonly confinement: string;
}

/** Starts an agent that speaks ACP in the stage of a work item, says hello, asks nothing of a model, and ends it. */
export const greetAgent = async (world: World, work: WorkId, agent: HereAgent): Promise<Result<Greeting, Refusal>> => {
  const stopping = new AbortController();
  const answers = new Map<number, unknown>();
  let rest = "";
  const decoder = new TextDecoder();
  const hear = (stream: "stdout" | "stderr", bytes: Uint8Array): void => {
    if (stream === "stderr" || rest.length > LIMITS.frameBytesMax) return;
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) note(answers, line);
    if (answers.has(SESSION)) stopping.abort();
  };
  const { argv, env } = agent.start(runId(work, 0));
  const words = ["/usr/bin/env", ...Object.entries(env).map(([name, value]) => `${name}=${value}`), ...argv];
  const timer = setTimeout(() => stopping.abort(), LIMITS.handshakeTimeoutMs);
  try {
    const tried = await tryStage(
      { ...world, backendOf: () => agent.backend },
      {
        work,
        argv: words,
        input: new TextEncoder().encode(HELLO),
        inputStays: true,
        heard: hear,
        signal: stopping.signal,
      },
    );
    if (!tried.ok) return tried;
    const [ready, session] = [answers.get(READY), answers.get(SESSION)];
    return ok({
      name: textAt(ready, "agentInfo", "name"),
      version: textAt(ready, "agentInfo", "version"),
      protocol: numberAt(ready, "protocolVersion"),
      modes: listAt(session, "modes", "availableModes").flatMap((mode) => textAt(mode, "id") ?? []),
      opened: textAt(session, "sessionId") !== undefined,
      attempts: tried.value.attempts.length,
      confinement: tried.value.confinement,
    });
  } finally {
    clearTimeout(timer);
  }
};

const READY = 1;
const SESSION = 2;

const message = (id: number, method: string, params: object): string =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;

const HELLO = [
  message(READY, "initialize", {
    protocolVersion: 1,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  }),
  message(SESSION, "session/new", { cwd: "/workspace", mcpServers: [] }),
].join("");

const note = (answers: Map<number, unknown>, line: string): void => {
  try {
    const said: unknown = JSON.parse(line);
    const id = numberAt(said, "id");
    if ((id === READY || id === SESSION) && at(said, "method") === undefined)
      answers.set(id, at(said, "result") ?? null);
  } catch {
    // What is no JSON says nothing of a greeting.
  }
};
