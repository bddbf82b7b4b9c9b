import { buildCommand, type Command } from "@stricli/core";
import type { TypedCommandFlagParameters } from "@stricli/core";

import { Failure } from "../workflow/failure.ts";
import type { Answer } from "./answer.ts";
import type { CliContext, CommonFlags } from "./context.ts";
import { EXIT, exitOfError, type ExitCode } from "./exit-code.ts";
import { jsonFailure, jsonRefusal, showFailure, showRefusals } from "./show.ts";

/** What a command does: given the context, its flags and arguments, it answers. It prints progress to stderr only. */
export type Act<Flags, Args extends readonly string[]> = (
  context: CliContext,
  flags: Flags & CommonFlags,
  ...args: Args
) => Promise<Answer>;

const COMMON = {
  home: { kind: "parsed", parse: String, optional: true, brief: "the home (default: the nearest parent with .sot)", placeholder: "DIR" },
  json: { kind: "boolean", default: false, brief: "print one JSON object on stdout", withNegated: false },
  quiet: { kind: "boolean", default: false, brief: "no progress on stderr", withNegated: false },
  verbose: { kind: "boolean", default: false, brief: "more detail", withNegated: false },
} as const;

export interface CommandSpec<Flags, Args extends readonly string[]> {
  readonly brief: string;
  /** Longer text: examples first, then what it does, exit codes. */
  readonly about: string;
  readonly flags?: TypedCommandFlagParameters<Flags & Record<never, never>, CliContext>;
  /** Names of the arguments, each required unless it ends with `?`; a last one with `...` takes the rest. */
  readonly args?: readonly { readonly placeholder: string; readonly brief: string; readonly optional?: true }[];
  /** Takes any number of arguments of this name. */
  readonly rest?: { readonly placeholder: string; readonly brief: string };
  readonly load: () => Promise<{ readonly act: Act<Flags, Args> }>;
}

/** A command of `cto`: common flags, one place that prints, one place that turns errors into exit codes. */
export const command = <Flags, Args extends readonly string[]>(spec: CommandSpec<Flags, Args>): Command<CliContext> => {
  const parameter = ({ placeholder, brief, optional }: NonNullable<CommandSpec<Flags, Args>["args"]>[number]): object => ({
    brief,
    placeholder,
    parse: String,
    ...(optional === undefined ? {} : { optional }),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser's types cannot be computed from a generic spec
  return buildCommand({
    docs: { brief: spec.brief, fullDescription: spec.about },
    parameters: {
      flags: { ...COMMON, ...spec.flags },
      aliases: { q: "quiet", v: "verbose" },
      positional:
        spec.rest === undefined
          ? { kind: "tuple", parameters: (spec.args ?? []).map(parameter) }
          : { kind: "array", parameter: parameter(spec.rest) },
    },
    loader: async () =>
      async function (this: CliContext, flags: Flags & CommonFlags, ...args: Args): Promise<void> {
        this.process.exitCode = await answerWith(this, flags, async () => (await spec.load()).act(this, flags, ...args));
      },
  } as unknown as Parameters<typeof buildCommand>[0]) as unknown as Command<CliContext>;
};

const answerWith = async (context: CliContext, flags: CommonFlags, act: () => Promise<Answer>): Promise<ExitCode> => {
  try {
    const answer = await act();
    print(context, flags, answer);
    return answer.exit;
  } catch (error) {
    const exit = exitOfError(error);
    printError(context, flags, error);
    return exit;
  }
};

const print = ({ process: { stdout, stderr } }: CliContext, { json }: CommonFlags, answer: Answer): void => {
  const { noun, data, text, refusals = [], spared, exit } = answer;
  if (json) {
    const ok = exit === EXIT.done;
    stdout.write(`${JSON.stringify({ schema: `cto.${noun}.v1`, ok, refusals: refusals.map(jsonRefusal), ...data })}\n`);
    return;
  }
  if (text !== "") stdout.write(`${text}\n`);
  if (refusals.length > 0) stderr.write(`${showRefusals(refusals, spared)}\n`);
};

const printError = ({ process: { stdout, stderr } }: CliContext, { json, verbose }: CommonFlags, error: unknown): void => {
  if (error instanceof Failure) {
    if (json) stdout.write(`${JSON.stringify({ schema: "cto.failure.v1", ok: false, refusals: [], failure: jsonFailure(error) })}\n`);
    else stderr.write(`${showFailure(error)}\n`);
  } else {
    const says = error instanceof Error ? error.message : String(error);
    if (json) stdout.write(`${JSON.stringify({ schema: "cto.bug.v1", ok: false, refusals: [], bug: says })}\n`);
    else stderr.write(`bug       ${says}\nnext      please report this with the output of the same command and -v\n`);
  }
  if (verbose && error instanceof Error) stderr.write(`${error.stack ?? ""}\n`);
};
