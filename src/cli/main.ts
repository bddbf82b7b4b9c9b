import { createInterface } from "node:readline/promises";

import { run } from "@stricli/core";

import { buildApp } from "./app.ts";
import type { CliContext } from "./context.ts";
import { EXIT, exitOfParser } from "./exit-code.ts";

/** Runs the command line of this process. Adapters are loaded only when a command opens a home. */
export const main = async (): Promise<void> => {
  const { stdin, stdout, stderr, env } = process;
  const argv = process.argv.slice(2);
  const isJson = argv.includes("--json");
  let parserWords = "";
  const context: CliContext = {
    process: {
      stdout: { write: (text) => void stdout.write(text), isTTY: stdout.isTTY },
      // With --json the parser's own words are collected, so that stdout still gets its one line.
      stderr: { write: (text) => void (isJson ? (parserWords += text) : stderr.write(text)), isTTY: stderr.isTTY },
      env,
    },
    cwd: process.cwd(),
    ask: stdin.isTTY ? ask : undefined,
    readInput: async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of stdin) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      return new Uint8Array(Buffer.concat(chunks));
    },
    openWorld: async (home, mode) => (await import("../compose.ts")).openHome({ home, mode, cwd: process.cwd(), environment: env, terminal: stdin.isTTY }),
    openEvidence: async () => (await import("../compose.ts")).evidence(),
    onStop: (stop) => {
      process.on("SIGINT", stop);
      process.on("SIGTERM", stop);
      return () => {
        process.off("SIGINT", stop);
        process.off("SIGTERM", stop);
      };
    },
  };
  await run(buildApp(), argv, context);
  const exit = Number(context.process.exitCode ?? 0);
  process.exitCode = exit < 0 ? exitOfParser(exit) : exit;
  if (!isJson) return;
  if (process.exitCode === EXIT.usage && exit < 0)
    stdout.write(`${JSON.stringify({ schema: "cto.usage.v1", ok: false, refusals: [], usage: { message: parserWords.trim(), next: "cto --help" } })}\n`);
  else stderr.write(parserWords);
};

const ask = async (question: string): Promise<string> => {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
};
