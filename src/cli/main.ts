import { withoutSwitches } from "../harness/reading/without-switches.ts";
import type { CliContext } from "./context.ts";
import { EXIT } from "./exit-code.ts";
import { leaveWith } from "./leave.ts";
import { runCli } from "./run-cli.ts";

/** Runs the command line of this process. Adapters are loaded only when a command opens a home or looks at the machine. */
export const main = async (): Promise<void> => {
  const { stdin, stdout, stderr, env } = process;
  const cwd = process.cwd();
  // One that takes from the owner what he makes himself would take their own files from a run and its sandboxes.
  process.umask(process.umask() & 0o077);
  const context: CliContext = {
    process: { stdout: outputOf(stdout), stderr: outputOf(stderr), env },
    cwd,
    ask: stdin.isTTY ? ask : undefined,
    guide:
      stdin.isTTY && stderr.isTTY
        ? async () => (await import("./clack-guide.ts")).clackGuide({ input: stdin, output: stderr })
        : undefined,
    readInput: async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      return new Uint8Array(Buffer.concat(chunks));
    },
    openWorld: async (home, mode, switches) => {
      const environment = switches === "without-switches" ? withoutSwitches(env) : (switches ?? env);
      return (await import("../compose.ts")).openHome({ home, mode, cwd, environment, terminal: stdin.isTTY });
    },
    openEvidence: async () => (await import("../compose.ts")).evidence(),
    makeHome: async (order) => (await import("../compose.ts")).makeHome(order),
    openStoreKeeper: async (home) => (await import("../compose-store.ts")).openStoreKeeper(home, cwd),
    backUpHome: async (order) => (await import("../compose-backup.ts")).backUpHome(order, env),
    restoreHome: async (order) => (await import("../compose-backup.ts")).restoreHome(order, env),
    openMachine: async () => (await import("../compose.ts")).openMachine(env),
    serve: async (order) => (await import("../control-surface/serve.ts")).serveSurface(order),
    serveMcp: async (home) => (await import("../compose-mcp.ts")).serveMcp({ home, cwd, environment: env }),
    serveLsp: async (ground, version) => {
      const { serveLsp } = await import("./lsp/serve-lsp.ts");
      await serveLsp(ground, { input: stdin, output: stdout, version });
      // An editor that said farewell may keep its end open for ever.
      stdin.destroy();
    },
    onStop: (stop) => {
      process.on("SIGINT", stop);
      process.on("SIGTERM", stop);
      return () => {
        process.off("SIGINT", stop);
        process.off("SIGTERM", stop);
      };
    },
    abandon: (exit) => process.exit(exit),
  };
  leaveWith(await runCli(process.argv.slice(2), context));
};

// Who reads along may leave (`cto run W | head`): what a command does goes on, and is told to nobody.
const outputOf = (stream: NodeJS.WriteStream): CliContext["process"]["stdout"] => {
  let isLeft = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    isLeft = true;
  });
  return {
    write: (text) => {
      if (!isLeft) stream.write(text);
    },
    isTTY: stream.isTTY,
  };
};

// Whoever closes the input has said nothing: that is an answer too, and no consent. Ctrl-C at a question ends the
// command, with nothing begun that could be left half done.
const ask = async (question: string): Promise<string> => {
  const { createInterface } = await import("node:readline/promises");
  const { stdin: input, stderr: output } = process;
  const lines = createInterface({ input, output });
  lines.once("SIGINT", () => {
    output.write("\n");
    process.exit(EXIT.stopped);
  });
  const closed = new Promise<string>((resolve) => {
    lines.once("close", () => resolve(""));
  });
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
};
