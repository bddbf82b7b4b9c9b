import { leadingFlags, wordsBefore } from "./common-flags.ts";
import type { CliContext, Parsing } from "./context.ts";
import { EXIT, exitOfParser, type ExitCode } from "./exit-code.ts";
import { firstPage } from "./first-page.ts";
import { jsonLine } from "./json-line.ts";

/** One command line from its words to its exit code. With --json there is exactly one line on stdout, whatever happens. */
export const runCli = async (given: readonly string[], context: CliContext): Promise<number> => {
  const argv = commonFlagsLast(given);
  const isJson = wordsBefore(given, "--").includes("--json");
  if (asksForFirstPage(argv)) return tellPage(context, isJson, firstPage());
  const parsed = await parseAndRun(argv, context);
  const { exitCode } = context.process;
  // A command that ran another one for its caller ends with that one's code.
  if (exitCode !== undefined && exitCode !== null) return Number(exitCode);
  if (parsed.exit === EXIT.done) return tellPage(context, isJson, parsed.stdout);
  return tellMistake(context, isJson, parsed);
};

const asksForFirstPage = ([first, ...others]: readonly string[]): boolean =>
  others.length === 0 && (first === undefined || first === "--help" || first === "-h");

interface Parsed {
  readonly exit: ExitCode;
  readonly stdout: string;
  readonly message: string;
  /** The command that was meant, as far as it was understood. */
  readonly route: readonly string[];
}

// The parser has streams of its own, so that its words can be told in our form and apart from a command's answer. It
// is loaded here, so that the first page waits for nothing.
const parseAndRun = async (argv: readonly string[], command: CliContext): Promise<Parsed> => {
  const [{ run }, { buildApp }] = await Promise.all([import("@stricli/core"), import("./app.ts")]);
  let route: readonly string[] = [];
  const said = { stdout: "", stderr: "" };
  const parser = {
    stdout: { write: (text: string) => void (said.stdout += text) },
    stderr: { write: (text: string) => void (said.stderr += text) },
    env: {},
    exitCode: null as number | string | null,
  };
  const forCommand = ({ prefix }: { readonly prefix: readonly string[] }): Parsing => {
    route = prefix;
    return { process: parser, command };
  };
  await run(buildApp(), argv, { process: parser, forCommand });
  const message = said.stderr.trim();
  return {
    exit: exitOfParser(Number(parser.exitCode ?? 0)),
    stdout: said.stdout,
    message,
    route: route.length > 0 ? route : routeIn(argv, message),
  };
};

const tellPage = ({ process: { stdout } }: CliContext, isJson: boolean, text: string): ExitCode => {
  stdout.write(isJson ? jsonLine({ schema: "cto.help.v1", ok: true, refusals: [], text }) : text);
  return EXIT.done;
};

const tellMistake = (
  { process: { stdout, stderr } }: CliContext,
  isJson: boolean,
  { exit, message, route }: Parsed,
): ExitCode => {
  const next = `${route.join(" ")} --help`;
  const none = { ok: false, refusals: [] };
  if (exit === EXIT.bug) {
    if (isJson) stdout.write(jsonLine({ schema: "cto.bug.v1", ...none, bug: message }));
    else
      stderr.write(`bug       ${message}\nnext      please report this with the output of the same command and -v\n`);
  } else if (isJson) stdout.write(jsonLine({ schema: "cto.usage.v1", ...none, usage: { message, next } }));
  else stderr.write(`usage     ${message}\nnext      ${next}\n`);
  return exit;
};

const commonFlagsLast = (given: readonly string[]): readonly string[] => {
  const { flags, rest } = leadingFlags(given);
  if (flags.length === 0 || rest.length === 0) return rest;
  const words = wordsBefore(rest, "--");
  return [...words, ...flags, ...rest.slice(words.length)];
};

// Of a command that was not found the parser tells no route: the words before it are one.
const routeIn = (argv: readonly string[], message: string): readonly string[] => {
  const at = argv.findIndex((word) => message.includes(` ${word}`));
  return ["cto", ...argv.slice(0, Math.max(0, at)).filter((word) => /^[a-z]+$/.test(word))];
};
