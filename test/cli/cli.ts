import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect } from "vitest";

import type { CliContext } from "../../src/cli/context.ts";
import { LEFT, type Guide } from "../../src/cli/guide.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import { backUpHome, restoreHome } from "../../src/compose-backup.ts";
import { openMcpGround } from "../../src/compose-mcp.ts";
import { openStoreKeeper } from "../../src/compose-store.ts";
import { evidence, makeHome, openHome, openMachine } from "../../src/compose.ts";
import { withoutSwitches } from "../../src/harness/reading/without-switches.ts";
import type { World } from "../../src/harness/world.ts";

/** What one command line left: both streams and the exit code. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

export interface Given {
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Standard input, where it is no terminal. */
  readonly input?: string | Uint8Array;
  /** What a person types at a terminal, one after the other; without it there is no terminal. */
  readonly types?: readonly string[];
  /** What a person chooses and types where choices are offered; without it there are none. */
  readonly guide?: readonly (string | readonly string[])[];
  /** Hears what is printed as it is printed, for commands that go on until they are told to end. */
  readonly heard?: (text: string) => void;
  /** What is started in place of xdg-open; there is none if it is left out. */
  readonly browser?: string;
  /** Ctrl-C. */
  readonly ctrlC?: AbortSignal;
}

/** One `cto` command line in this process, over real adapters, with buffers for streams. */
export const runCto = async (argv: readonly string[], given: Given = {}): Promise<Said> => {
  const said = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const env = given.env ?? {};
  const cwd = given.cwd ?? "/";
  const typed = [...(given.types ?? [])];
  const terminal = given.types !== undefined;
  const context: CliContext = {
    process: {
      stdout: {
        write: (text) => {
          said.stdout.push(Buffer.from(text));
          given.heard?.(Buffer.from(text).toString());
        },
        isTTY: false,
      },
      stderr: { write: (text) => void said.stderr.push(Buffer.from(text)), isTTY: false },
      env,
    },
    cwd,
    ask: terminal
      ? async (question) => {
          const answer = typed.shift() ?? "";
          // As a terminal shows it: what is typed stands behind the question.
          said.stderr.push(Buffer.from(`${question}${answer}\n`));
          return Promise.resolve(answer);
        }
      : undefined,
    guide: given.guide === undefined ? undefined : () => Promise.resolve(guideOf(given.guide ?? [], said.stderr)),
    readInput: () =>
      Promise.resolve(
        typeof given.input === "string" ? new TextEncoder().encode(given.input) : (given.input ?? new Uint8Array()),
      ),
    openWorld: (home, mode, switches) =>
      openHome({
        home,
        cwd,
        mode,
        terminal,
        environment: switches === "without-switches" ? withoutSwitches(env) : (switches ?? env),
      }),
    openEvidence: () => Promise.resolve(evidence()),
    makeHome,
    openStoreKeeper: (home) => openStoreKeeper(home, cwd),
    backUpHome: (order) => backUpHome(order, env),
    restoreHome: (order) => restoreHome(order, env),
    openMachine: () => Promise.resolve(openMachine(env, given.browser ?? "/nonexistent/xdg-open")),
    serve: async (order) => (await import("../../src/control-surface/serve.ts")).serveSurface(order),
    // Here a client leaves before it has said anything; test/mcp leads real ones.
    serveMcp: async (home) => (await openMcpGround({ home, cwd, environment: env })).close(),
    serveLsp: () => Promise.resolve(),
    onStop: (stop) => {
      given.ctrlC?.addEventListener("abort", stop);
      if (given.ctrlC?.aborted === true) stop();
      return () => given.ctrlC?.removeEventListener("abort", stop);
    },
    abandon: () => undefined,
  };
  const withHome = given.home === undefined ? argv : [...argv, "--home", given.home];
  const exit = await runCli(withHome, context);
  return { stdout: Buffer.concat(said.stdout).toString(), stderr: Buffer.concat(said.stderr).toString(), exit };
};

/** A person who answers the questions one after the other; one who has no answer left leaves. */
const guideOf = (answers: readonly (string | readonly string[])[], told: Buffer[]): Guide => {
  const left = [...answers];
  const next = (question: string): string | readonly string[] | typeof LEFT => {
    told.push(Buffer.from(`${question}\n`));
    return left.shift() ?? LEFT;
  };
  return {
    text: async (question, { initial, problem }) => {
      for (;;) {
        const given = next(question);
        if (given === LEFT) return LEFT;
        const text = given === "" ? (initial ?? "") : String(given);
        const wrong = problem(text);
        if (wrong === undefined) return text;
        told.push(Buffer.from(`${wrong}\n`));
      }
    },
    one: async (question, options) => {
      const given = next(question);
      return options.some(({ value }) => value === given) ? String(given) : LEFT;
    },
    some: async (question, options) => {
      const given = next(question);
      const chosen = options.filter(({ value }) => given !== LEFT && given.includes(value)).map(({ value }) => value);
      return given === LEFT || chosen.length === 0 ? LEFT : chosen;
    },
  };
};

/** The one line of JSON that stdout holds. */
export const jsonOf = ({ stdout }: Said): Readonly<Record<string, unknown>> => {
  expect(stdout.endsWith("\n")).toBe(true);
  expect(stdout.trimEnd()).not.toContain("\n");
  const read: unknown = JSON.parse(stdout);
  expect(read).toMatchObject({
    schema: expect.stringMatching(/^cto\.[a-z-]+\.v1$/),
    ok: expect.any(Boolean),
    refusals: expect.any(Array),
  });
  return read as Readonly<Record<string, unknown>>;
};

/** Opens the home of a test for looking behind the command line. */
export const lookInto = async <T>(home: string, look: (world: World) => Promise<T>): Promise<T> => {
  const world = await openHome({ home, cwd: "/", mode: "write", environment: {}, terminal: false });
  try {
    return await look(world);
  } finally {
    await world.store.close();
  }
};

export const readText = (folder: string, file: string): Promise<string> => readFile(path.join(folder, file), "utf8");

/** Characters that would steer a terminal, or hide or turn what it shows. */
export const STEERING: RegExp = /[\p{Cc}\p{Cf}]/u;

/** The codes that were refused, as a person reads them. */
export const refusalCodes = (said: Said): readonly string[] =>
  [...said.stderr.matchAll(/^refused +(\S+)/gm)].map(([, code]) => code ?? "");
