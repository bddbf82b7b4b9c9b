import type { Confined, Ended } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { inputStream, outputStream } from "./byte-streams.ts";
import { lastWords, type Exit, type Launched } from "./launch.ts";
import { childrenOf, signal, type ProcessId } from "./processes.ts";

export interface ConfinedProcess extends Confined {
  /** Waits for what it sent into the stage, and ends with it. */
  readonly monitor: ProcessId;
  /** KILL to everything of it at once, for the reason named. */
  kill(limit?: string): void;
}

/** One command inside, as its caller sees it. `seen` is told of every chunk that comes out, and of what came before. */
export const confinedProcess = (launched: Launched, seen: (bytes: number, before: number) => void): ConfinedProcess => {
  const from = performance.now();
  const { monitor, init, exited } = launched;
  let limit: string | undefined;
  let killed = false;
  let tail = "";
  let overdue: NodeJS.Timeout | undefined;

  const kill = (reason?: string): void => {
    killed = true;
    limit ??= reason;
    // The death of PID 1 ends its whole namespace. Whoever sent it in stays a moment to reap it: an orphan is reaped by
    // the host's PID 1, which may let it lie for seconds, and until then the namespace that it entered cannot end.
    for (const one of [init, ...childrenOf(monitor)]) signal(one, "SIGKILL", "process");
    overdue ??= setTimeout(() => signal(monitor, "SIGKILL", "group"), LIMITS.reapGraceMs);
  };
  const stop = async (): Promise<void> => {
    killed = true;
    signal(init, "SIGTERM", "group");
    const grace = new AbortController();
    const waited = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LIMITS.termGraceMs);
      grace.signal.addEventListener("abort", () => (clearTimeout(timer), resolve()));
    });
    await Promise.race([exited.then(() => grace.abort()), waited]);
    kill();
    await exited;
  };
  const ended = exited.then(async (exit): Promise<Ended> => {
    clearTimeout(overdue);
    if (!exit.reached && !killed) throw new Failure("sandbox/broken", await reasonOf(launched, exit, tail));
    const ms = performance.now() - from;
    return { code: exit.code, signal: exit.signal, ms, ...(limit === undefined ? {} : { limit }) };
  });
  // Whoever never asks how it ended must not be ended by the answer.
  ended.catch(() => undefined);

  const counted = (keep: (chunk: Uint8Array) => void): ((chunk: Uint8Array) => void) => {
    let before = 0;
    return (chunk) => {
      seen(chunk.length, before);
      before += chunk.length;
      keep(chunk);
    };
  };
  const keepTail = (chunk: Uint8Array): void => {
    tail = (tail + new TextDecoder().decode(chunk)).slice(-1000);
  };

  return {
    pid: monitor.pid,
    monitor,
    stdin: inputStream(launched.stdin),
    stdout: outputStream(
      launched.stdout,
      counted(() => undefined),
    ),
    stderr: outputStream(launched.stderr, counted(keepTail)),
    stop,
    kill,
    ended,
  };
};

const reasonOf = async (launched: Launched, exit: Exit, tail: string): Promise<string> =>
  `the sandbox was not finished (exit ${exit.code ?? exit.signal}): ${tail.trim() || (await lastWords(launched.stderr, launched.exited))}`;
