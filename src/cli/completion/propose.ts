import path from "node:path";

import { proposeCompletions } from "@stricli/core";

import { TOPICS } from "../../harness/home/explanations.ts";
import { knownIds } from "../../harness/home/known-ids.ts";
import { assertNever } from "../../workflow/assert-never.ts";
import { isElsewhere, readServices, SERVICES_PATH } from "../../workflow/home-services.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { SHOWN_STATES } from "../../workflow/state-words.ts";
import { visible } from "../../workflow/visible-text.ts";
import { buildApp } from "../app.ts";
import { leadingFlags, wordsBefore } from "../common-flags.ts";
import type { CliContext, Parsing } from "../context.ts";
import { failureIn } from "../exit-code.ts";
import type { Proposes } from "../proposes.ts";
import { SHELLS } from "./shells.ts";

/** What may stand in the place of the last word. */
export interface Proposals {
  readonly names: readonly Proposal[];
  /** Whether a path may stand there as well; the shell knows those best. */
  readonly paths: "files" | "folders" | "none";
}

export interface Proposal {
  readonly name: string;
  readonly says: string;
}

/** The parser's own proposals for the words of a command line without `cto`, the last of which is not finished. Only reads. */
export const propose = async (words: readonly string[], context: CliContext): Promise<Proposals> => {
  const partial = words.at(-1) ?? "";
  const { flags, rest: before } = leadingFlags(words.slice(0, -1));
  if (before.length === 0 && partial.startsWith("-"))
    return { names: startingWith(partial, FIRST_FLAGS), paths: "none" };
  if (before[0] === "--home") return { names: [], paths: "folders" };
  const joined = /^(--[^=]+=)(.*)$/s.exec(partial);
  const [, prefix = "", value = partial] = joined ?? [];
  const inputs = [...before, ...(joined === null ? [] : [prefix.slice(0, -1)]), value];
  let paths: Proposals["paths"] = "none";
  const known = async (kind: Proposes): Promise<readonly string[]> => {
    switch (kind) {
      case "file":
        paths = "files";
        return [];
      case "folder":
        paths = "folders";
        return [];
      case "name":
        return TOPICS.flatMap(({ names }) => names);
      case "state":
        return SHOWN_STATES;
      case "shell":
        return SHELLS;
      case "work":
      case "run":
      case "packet":
      case "target":
      case "approval":
      case "agent":
      case "setting":
        return idsOf(context, kind, homeIn([...flags, ...inputs]));
      default:
        return assertNever(kind);
    }
  };
  const forCommand = (): Parsing => ({
    process: { stdout: NOWHERE, stderr: NOWHERE },
    command: context,
    propose: async (kinds) => (await Promise.all(kinds.map(known))).flat(),
  });
  const process = { stdout: NOWHERE, stderr: NOWHERE };
  const found = await proposeCompletions(buildApp(), inputs, { process, forCommand });
  const values = found.filter(({ kind }) => kind !== "argument:flag");
  // Flags stand behind a dash, or where nothing else can: a list of ids with seven flags in it is no help.
  const shown = value === "" && (values.length > 0 || paths !== "none") ? values : [...found, ...HELP];
  // Of a value the parser only knows what its argument is.
  const names = shown.map(({ completion, ...of }) => ({
    name: completion,
    says: of.kind === "argument:value" ? "" : of.brief,
  }));
  return { names: startingWith(value, names).map(({ name, says }) => ({ name: prefix + name, says })), paths };
};

const NOWHERE = { write: (): void => undefined };

const HELP = [
  { kind: "argument:flag", completion: "--help", brief: "examples, arguments, flags, exit codes" },
] as const;

const FIRST_FLAGS: readonly Proposal[] = [
  { name: "--help", says: "every command" },
  { name: "--home", says: "the home" },
  { name: "--json", says: "one JSON object on stdout" },
  { name: "--quiet", says: "no progress on stderr" },
  { name: "--verbose", says: "more detail" },
  { name: "--version", says: "the version of this build" },
];

/** The proposals that go on with what was typed. A name that hides, steers or breaks a line is none. */
export const startingWith = (partial: string, all: readonly Proposal[]): readonly Proposal[] => {
  const names = new Map(all.map((each) => [each.name, each]));
  return [...names.values()]
    .filter(({ name }) => name !== "" && name !== "--" && name.startsWith(partial) && visible(name) === name)
    .slice(0, LIMITS.proposalsMax);
};

const homeIn = (words: readonly string[]): string | undefined => {
  const flags = wordsBefore(words, "--");
  const at = flags.indexOf("--home");
  const named = at === -1 ? flags.find((word) => word.startsWith("--home="))?.slice("--home=".length) : flags[at + 1];
  return named === "" ? undefined : named;
};

// A home that cannot be read has no ids to propose; whoever gives the command is told why. A tab is pressed in any
// folder: no server of another machine, which a file in it names, is dialled or given a password for that.
const idsOf = async (
  context: CliContext,
  kind: keyof typeof knownIds,
  home: string | undefined,
): Promise<readonly string[]> => {
  const { env } = context.process;
  const folder = home?.startsWith("~/") === true ? path.join(env["HOME"] ?? "/", home.slice(2)) : home;
  try {
    if (await leadsElsewhere(context, folder)) return [];
    const world = await context.openWorld(folder, "read", "without-switches");
    try {
      return await knownIds[kind](world);
    } finally {
      await world.store.close();
    }
  } catch (error) {
    failureIn(error);
    return [];
  }
};

const leadsElsewhere = async (context: CliContext, folder: string | undefined): Promise<boolean> => {
  const { home } = (await context.openStoreKeeper(folder)).formats;
  const document = await home.read(SERVICES_PATH);
  if (document === "absent") return false;
  const read = readServices(document.bytes);
  return read.ok && isElsewhere(read.value.store);
};
