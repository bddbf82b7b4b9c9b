import type { CommandContext } from "@stricli/core";

import type { World } from "../harness/world.ts";

/** A stream that a command writes to; a TTY may be redrawn. */
export interface Output {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
}

/** All that a command is given. Nothing else of the process is touched, so a test passes buffers. */
export interface CliContext extends CommandContext {
  readonly process: {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Record<string, string | undefined>>;
    exitCode?: number | string | null;
  };
  readonly cwd: string;
  /** Undefined when standard input is not a terminal: then nothing prompts. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly readInput: () => Promise<Uint8Array>;
  /** Opens the home that `--home` names, or the nearest one. */
  readonly openWorld: (home: string | undefined, mode: "read" | "write") => Promise<World>;
  /** Calls back on Ctrl-C and TERM; answers how to stop listening. */
  readonly onStop: (stop: () => void) => () => void;
}

/** Flags of every command. */
export interface CommonFlags {
  readonly home?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
