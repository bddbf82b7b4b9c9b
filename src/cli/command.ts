import { buildCommand, buildRouteMap, type Command, type RouteMap } from "@stricli/core";

import type { Answer } from "./answer.ts";
import type { CliContext, CommonFlags, Parsing } from "./context.ts";
import type { Flag } from "./flags.ts";
import { helpOfCommand, helpOfGroup, type Argument } from "./help.ts";
import type { Proposes } from "./proposes.ts";

/** What a command does: given the context, its flags and arguments, it answers. It prints progress to stderr only. */
export type Act<Flags, Args extends readonly (string | undefined)[]> = (
  context: CliContext,
  flags: Flags & CommonFlags,
  ...args: Args
) => Promise<Answer>;

export interface CommandSpec<Flags, Args extends readonly (string | undefined)[]> {
  readonly brief: string;
  /** Whole command lines, shown first: how it is mostly given. */
  readonly examples: readonly string[];
  /** What the reader should know besides, a few short lines. */
  readonly about?: readonly string[];
  readonly args?: readonly Argument[];
  readonly flags?: { readonly [Name in keyof Flags]-?: Flag };
  /** Exit codes besides usage (2), failure (4) and bug (1), which every command has. */
  readonly exits: string;
  readonly see?: string;
  readonly load: () => Promise<{ readonly act: Act<Flags, Args> }>;
}

const COMMON = {
  home: { kind: "parsed", parse: String, optional: true, brief: "the home", placeholder: "DIR", proposes: ["folder"] },
  json: { kind: "boolean", default: false, brief: "one JSON object on stdout", withNegated: false },
  quiet: { kind: "boolean", default: false, brief: "no progress on stderr", withNegated: false },
  verbose: { kind: "boolean", default: false, brief: "more detail", withNegated: false },
} as const;

/** A command of `cto`: common flags, help in one form, and one place that prints and turns errors into exit codes. */
export const command = <Flags, Args extends readonly (string | undefined)[]>(
  spec: CommandSpec<Flags, Args>,
): Command<Parsing> => {
  const parameters = (spec.args ?? []).map(({ placeholder, brief, optional, proposes }) => ({
    placeholder,
    brief,
    parse: String,
    proposeCompletions: proposing(proposes),
    ...(optional === undefined ? {} : { optional }),
  }));
  const flags = Object.entries<Flag>({ ...COMMON, ...spec.flags }).map(
    ([name, flag]) =>
      [name, flag.kind === "parsed" ? { ...flag, proposeCompletions: proposing(flag.proposes) } : flag] as const,
  );
  const takesRest = spec.args?.at(-1)?.rest === true;
  const builder = {
    docs: { brief: spec.brief },
    parameters: {
      flags: ownMembers(Object.fromEntries(flags)),
      aliases: ownMembers({ q: "quiet", v: "verbose" }),
      positional: takesRest ? { kind: "array", parameter: parameters.at(-1) } : { kind: "tuple", parameters },
    },
    loader: async () => {
      const { answerWith } = await import("./run-command.ts");
      return async function (this: Parsing, flags: Flags & CommonFlags, ...args: Args): Promise<void> {
        const { command } = this;
        command.process.exitCode = await answerWith(command, flags, async () =>
          (await spec.load()).act(command, flags, ...args),
        );
      };
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser's types cannot be computed from a generic spec
  const built = buildCommand(builder as unknown as Parameters<typeof buildCommand>[0]) as unknown as Command<Parsing>;
  return { ...built, formatHelp: ({ prefix }) => helpOfCommand(prefix.join(" "), spec) };
};

const proposing = (kinds: readonly Proposes[] = []) =>
  async function (this: Parsing): Promise<readonly string[]> {
    return (await this.propose?.(kinds)) ?? [];
  };

// The parser asks with `in`: without this, --toString and --constructor would be flags of every command.
const ownMembers = <T extends object>(members: T): T => Object.assign(Object.create(null), members);

/** Commands with one noun before them: `cto packet lint`. */
export const group = (brief: string, routes: Readonly<Record<string, Command<Parsing>>>): RouteMap<Parsing> => {
  const built = buildRouteMap<string, Parsing>({ routes, docs: { brief } });
  const briefs = Object.entries(routes).map(([name, route]) => [name, route.brief] as const);
  return { ...built, formatHelp: ({ prefix }) => helpOfGroup(prefix.join(" "), brief, briefs) };
};
