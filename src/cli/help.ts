import type { Flag } from "./flags.ts";
import type { Proposes } from "./proposes.ts";

export interface Argument {
  readonly placeholder: string;
  readonly brief: string;
  readonly optional?: true;
  /** What a shell proposes for it. */
  readonly proposes?: readonly Proposes[];
  /** The last argument may take all that is left. */
  readonly rest?: true;
}

/** What help shows of a command; the whole of it is one screen of 24 lines. */
interface Shown {
  readonly brief: string;
  readonly examples: readonly string[];
  readonly about?: readonly string[];
  readonly args?: readonly Argument[];
  readonly flags?: Readonly<Record<string, Flag>>;
  readonly exits: string;
  readonly see?: string;
}

const COMMON = "--home DIR · --json · -q --quiet · -v --verbose · -h --help";

export const helpOfCommand = (
  name: string,
  { brief, examples, about = [], args = [], flags = {}, exits, see }: Shown,
): string => {
  const rows = [
    ...args.map(({ placeholder, brief: says }) => [placeholder, says] as const),
    ...Object.entries(flags).map(([flag, shown]) => [flagName(flag, shown), shown.brief] as const),
  ];
  const usage = [name, ...args.map(usageOf), ...Object.entries(flags).map(([flag, shown]) => flagUsage(flag, shown))];
  return lines(
    `${name}: ${brief}`,
    "",
    ...examples.map((example) => `  ${example}`),
    "",
    wrapped(usage),
    ...(rows.length === 0 ? [] : ["", ...columns(rows)]),
    ...(about.length === 0 ? [] : ["", ...about]),
    "",
    `exit    ${exits}`,
    `always  ${COMMON}`,
    ...(see === undefined ? [] : [`see     ${see}`]),
  );
};

export const helpOfGroup = (name: string, brief: string, routes: readonly (readonly [string, string])[]): string =>
  lines(
    `${name}: ${brief}`,
    "",
    ...columns(routes.map(([route, says]) => [`${name} ${route}`, says] as const)),
    "",
    `help    ${name} ${routes[0]?.[0] ?? ""} --help`,
    `always  ${COMMON}`,
  );

/** The first screen: what this is, where to begin, every command. */
export const helpOfAll = (
  brief: string,
  examples: readonly string[],
  rows: readonly (readonly [string, string])[],
): string =>
  lines(
    brief,
    "",
    ...examples.map((example) => `  ${example}`),
    "",
    ...columns(rows),
    "",
    "exit    0 done · 1 bug · 2 usage · 3 refused · 4 failed · 5 does not verify · 6 voided · 130 stopped",
    `always  ${COMMON} · --version`,
  );

const flagName = (flag: string, shown: Flag): string =>
  shown.kind === "boolean" ? `--${kebab(flag)}` : `--${kebab(flag)} ${shown.placeholder}`;

const flagUsage = (flag: string, shown: Flag): string => {
  const many = shown.kind !== "boolean" && shown.variadic === true ? "…" : "";
  const isNeeded = shown.kind === "parsed" && shown.optional !== true;
  return isNeeded ? `${flagName(flag, shown)}${many}` : `[${flagName(flag, shown)}${many}]`;
};

const usageOf = ({ placeholder, optional, rest }: Argument): string => {
  if (rest === true) return `[${placeholder}…]`;
  return optional === true ? `[${placeholder}]` : placeholder;
};

const WIDTH = 100;

const wrapped = (words: readonly string[]): string => {
  const [first = "", ...others] = words;
  let text = `usage   ${first}`;
  let width = text.length;
  for (const word of others) {
    const breaks = width + 1 + word.length > WIDTH;
    text += breaks ? `\n          ${word}` : ` ${word}`;
    width = breaks ? 10 + word.length : width + 1 + word.length;
  }
  return text;
};

const columns = (rows: readonly (readonly [string, string])[]): readonly string[] => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, says]) => `  ${name.padEnd(width)}  ${says}`);
};

const kebab = (flag: string): string => flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const lines = (...all: readonly string[]): string => `${all.join("\n")}\n`;
