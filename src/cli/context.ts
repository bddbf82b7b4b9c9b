import type { CommandContext } from "@stricli/core";

import type { Evidence } from "../harness/evidence/evidence.ts";
import type { BackupOrder, BackupView, RestoreOrder, RestoreView } from "../harness/home/backup.ts";
import type { Machine, MadeHome, NewHomeOrder, NoHome } from "../harness/home/first-things.ts";
import type { Serve } from "../harness/home/served.ts";
import type { StoreKeeper } from "../harness/home/store-keeper.ts";
import type { World } from "../harness/world.ts";
import type { Guide } from "./guide.ts";
import type { LspGround } from "./lsp/lsp-ground.ts";
import type { Proposes } from "./proposes.ts";

/** A stream that a command writes to; a TTY may be redrawn. */
export interface Output {
  write(text: string | Uint8Array): void;
  readonly isTTY: boolean;
}

/** All that a command is given. Nothing else of the process is touched, so a test passes buffers. */
export interface CliContext {
  readonly process: {
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env: Readonly<Record<string, string | undefined>>;
    exitCode?: number | string | null;
  };
  readonly cwd: string;
  /** Undefined when standard input is not a terminal: then nothing prompts. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Questions with choices at a terminal; undefined where `ask` is. */
  readonly guide: (() => Promise<Guide>) | undefined;
  readonly readInput: () => Promise<Uint8Array>;
  /** Opens the home that `--home` names, or the nearest one; on wish without the variables that open gates, or with others. */
  readonly openWorld: (
    home: string | undefined,
    mode: "read" | "write",
    switches?: "without-switches" | Readonly<Record<string, string | undefined>>,
  ) => Promise<World>;
  /** Reads folders that claim to be bundles; needs no home. */
  readonly openEvidence: () => Promise<Evidence>;
  /** Makes what a home lacks, overwriting nothing. */
  readonly makeHome: (order: NewHomeOrder) => Promise<MadeHome | NoHome>;
  /** Looks after the ledger of a home, which is opened by nobody meanwhile. */
  readonly openStoreKeeper: (home: string | undefined) => Promise<StoreKeeper>;
  /** Writes a home into one file, and makes one out of it. */
  readonly backUpHome: (order: BackupOrder) => Promise<BackupView>;
  readonly restoreHome: (order: RestoreOrder) => Promise<RestoreView>;
  /** Looks at this machine; needs no home. */
  readonly openMachine: () => Promise<Machine>;
  /** Starts the Control Surface over an open home. */
  readonly serve: Serve;
  /** Serves an assistant on standard input and output until it leaves (surface.md 5.1); without a home it is a Failure. */
  readonly serveMcp: (home: string | undefined) => Promise<void>;
  /** Serves an editor on standard input and output until it leaves. */
  readonly serveLsp: (ground: LspGround, version: string) => Promise<void>;
  /** Calls back on Ctrl-C and TERM; answers how to stop listening. */
  readonly onStop: (stop: () => void) => () => void;
  /** Ends the process at once with this exit code, though something is still waited for. */
  readonly abandon: (exit: number) => void;
}

/** What the parser is given in place of a command's context: streams of its own, until it understood the command line. */
export interface Parsing extends CommandContext {
  readonly command: CliContext;
  /** There where a shell asks what may stand next, and no command is given. */
  readonly propose?: (kinds: readonly Proposes[]) => Promise<readonly string[]>;
}

/** Flags of every command. */
export interface CommonFlags {
  readonly home?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}
