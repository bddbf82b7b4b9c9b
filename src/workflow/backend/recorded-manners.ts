import type { Frame } from "./frame.ts";
import { at, listAt, textAt } from "./loose.ts";

/** How an agent was spoken to before the prompt, as the frames of that session hold it (backends.md 6, steps 2 to 5). */
export interface RecordedManners {
  readonly clientCapabilities: {
    readonly fs: { readonly readTextFile: boolean; readonly writeTextFile: boolean };
    readonly terminal: boolean;
  };
  readonly authenticate?: string;
  readonly mode?: string;
  readonly mcpServers: readonly unknown[];
  /** What was done by our own tools is not in the frames, so nobody is offered them again. */
  readonly harnessTools: false;
  readonly sessionMeta?: unknown;
}

export const recordedManners = (frames: readonly Frame[]): RecordedManners => {
  const sent = frames.flatMap((line) => (line.dir === "out" && "frame" in line ? [line.frame] : []));
  const prompt = sent.findIndex((message) => textAt(message, "method") === "session/prompt");
  const before = prompt === -1 ? sent : sent.slice(0, prompt);
  const asked = (method: string): unknown =>
    at(
      before.find((message) => textAt(message, "method") === method),
      "params",
    );
  const authenticate = textAt(asked("authenticate"), "methodId");
  const mode = textAt(asked("session/set_mode"), "modeId");
  const sessionMeta = at(asked("session/new"), "_meta");
  const can = (...names: readonly string[]): boolean =>
    at(asked("initialize"), "clientCapabilities", ...names) === true;
  return {
    clientCapabilities: {
      fs: { readTextFile: can("fs", "readTextFile"), writeTextFile: can("fs", "writeTextFile") },
      terminal: can("terminal"),
    },
    mcpServers: listAt(asked("session/new"), "mcpServers"),
    harnessTools: false,
    ...(authenticate === undefined ? {} : { authenticate }),
    ...(mode === undefined ? {} : { mode }),
    ...(sessionMeta === undefined ? {} : { sessionMeta }),
  };
};
