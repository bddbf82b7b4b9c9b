import type { TestCounts } from "./validation.ts";

interface Runner {
  readonly name: string;
  readonly runs: (argv: readonly string[]) => boolean;
  readonly counts: (output: string) => TestCounts | undefined;
}

/** The runners whose closing words are read. For any other command only the exit status is known. */
const RUNNERS: readonly Runner[] = [
  {
    name: "pytest",
    runs: (argv) => names(argv, "pytest") || names(argv, "py.test"),
    counts: (output) => pytestCounts(output),
  },
  { name: "unittest", runs: (argv) => names(argv, "unittest"), counts: (output) => unittestCounts(output) },
  {
    name: "cargo",
    runs: (argv) => names(argv, "cargo") && argv.includes("test"),
    counts: (output) => cargoCounts(output),
  },
  {
    name: "node",
    runs: (argv) => names(argv, "node") && argv.includes("--test"),
    counts: (output) => nodeCounts(output),
  },
  {
    name: "vitest",
    runs: (argv) => names(argv, "vitest") || names(argv, "jest"),
    counts: (output) => vitestCounts(output),
  },
];

/** The runner that a command is known to be, or undefined. */
export const runnerOf = (argv: readonly string[]): string | undefined => RUNNERS.find(({ runs }) => runs(argv))?.name;

/** What the runner counted, read from the last lines that it printed; undefined where it printed none. */
export const countTests = (argv: readonly string[], output: string): TestCounts | undefined =>
  RUNNERS.find(({ runs }) => runs(argv))?.counts(output);

export const totalOf = (counts: TestCounts): number => counts.passed + counts.failed + counts.errors;

const names = (argv: readonly string[], word: string): boolean =>
  argv.some((part) => part === word || part.endsWith(`/${word}`));

const COLOURS = new RegExp(String.raw`${String.fromCodePoint(0x1b)}\[[0-9;]*m`, "g");

const lastMatch = (output: string, pattern: RegExp): RegExpMatchArray | undefined =>
  output
    .replaceAll(COLOURS, "")
    .split("\n")
    .reverse()
    .map((line) => line.match(pattern))
    .find((match) => match !== null) ?? undefined;

const numberBefore = (text: string, word: string): number =>
  Number(text.match(new RegExp(String.raw`(\d+) ${word}`))?.[1] ?? 0);

const pytestCounts = (output: string): TestCounts | undefined => {
  const line = lastMatch(output, /^=*\s*((?:\d+ \w+(?:, )?)+|no tests ran)(?: in [\d.]+m?s.*)?=*$/)?.[0];
  if (line === undefined) return undefined;
  return {
    passed: numberBefore(line, "passed"),
    failed: numberBefore(line, "failed"),
    // A test that is expected to fail decides nothing, whichever way it goes: it counts as one that was skipped.
    skipped: numberBefore(line, "skipped") + numberBefore(line, "xfailed") + numberBefore(line, "xpassed"),
    errors: numberBefore(line, "errors?"),
  };
};

const unittestCounts = (output: string): TestCounts | undefined => {
  const ran = lastMatch(output, /^Ran (\d+) tests? in /)?.[1];
  if (ran === undefined) return undefined;
  const tail = lastMatch(output, /^(?:OK|FAILED|NO TESTS RAN)\b.*$/)?.[0] ?? "";
  const of = (word: string): number => Number(tail.match(new RegExp(String.raw`(?<=[(,] ?)${word}=(\d+)`))?.[1] ?? 0);
  const failed = of("failures");
  const errors = of("errors");
  const skipped = of("skipped") + of("expected failures") + of("unexpected successes");
  return { passed: Number(ran) - failed - errors - skipped, failed, skipped, errors };
};

const cargoCounts = (output: string): TestCounts | undefined => {
  const results = output
    .replaceAll(COLOURS, "")
    .split("\n")
    .filter((line) => line.startsWith("test result: "));
  if (results.length === 0) return undefined;
  const sum = (word: string): number => results.reduce((total, line) => total + numberBefore(line, word), 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("ignored"), errors: 0 };
};

const nodeCounts = (output: string): TestCounts | undefined => {
  const of = (word: string): string | undefined => lastMatch(output, new RegExp(String.raw`^[#ℹ] ${word} (\d+)$`))?.[1];
  const passed = of("pass");
  if (passed === undefined) return undefined;
  return {
    passed: Number(passed),
    failed: Number(of("fail") ?? 0),
    skipped: Number(of("skipped") ?? 0),
    errors: Number(of("cancelled") ?? 0),
  };
};

const vitestCounts = (output: string): TestCounts | undefined => {
  const line = lastMatch(output, /^\s*Tests:?\s+\d.*$/)?.[0];
  if (line === undefined) return undefined;
  return {
    passed: numberBefore(line, "passed"),
    failed: numberBefore(line, "failed"),
    skipped: numberBefore(line, "skipped"),
    errors: 0,
  };
};
