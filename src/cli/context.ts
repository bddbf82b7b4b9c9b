import type { CommandContext } from "@stricli/core";

import type { World } from "../harness/world.ts";
import type { Answer } from "./answer.ts";
import type { ExitCode } from "./exit-code.ts";

/** A stream that a command writes to; a TTY may be redrawn. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
}

/** All that a command is given. Nothing else of the process is touched, so a test passes buffers. */
export interface CliContext extends CommandContext {
  readonly process: { readonly stdout: Output; readonly stderr: Output; readonly env: Readonly<Record<string, string | undefined>>; exitCode?: number | string | null };
  readonly cwd: string;
  /** Null when standard input is not a terminal: then nothing prompts. */
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly readInput: () => Promise<Uint8Array>;
  /** Opens the home that `--home` names, or the nearest one; the caller closes it. */
  readonly openWorld: (home: string | undefined) => Promise<World>;
  /** Called once the command has its answer. */
  readonly finish: (answer: Answer, flags: CommonFlags) => void;
  readonly fail: (error: unknown, flags: CommonFlags) => ExitCode;
  readonly onSignal: (stop: () => void) => () => void;
}

/** Flags of every command. */
export interface CommonFlags {
  readonly home?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
