import { isTest, type Rule, type SourceFile } from "./source.ts";
import type { Token } from "./tokens.ts";

// Switches over words that others wrote: what has no case is kept as it came or answered with a no, never dropped.
const OPEN_SWITCHES: ReadonlySet<string> = new Set([
  "src/workflow/backend/acp-update.ts",
  "src/workflow/backend/normalize-acp.ts",
  "src/workflow/backend/normalize-case.ts",
  "src/workflow/backend/command-parser.ts",
  "src/adapters/backend/acp-acts.ts",
  "src/adapters/backend/tool-server.ts",
  "src/workflow/evidence/verify/check-criteria.ts",
]);

/** A switch over a closed union ends in `assertNever` or in nothing. */
export const silentDefaults: Rule = (files) =>
  files
    .filter((file) => !isTest(file) && !OPEN_SWITCHES.has(file.path))
    .flatMap(({ path, tokens }) =>
      tokens.flatMap((token, at) => {
        if (!isDefaultOfSwitch(tokens, at)) return [];
        const then = tokens.slice(at + 2, at + 6).map(({ text }) => text);
        return then.includes("assertNever") ? [] : [`${path}:${token.line}: default: ${then.join(" ")}`];
      }),
    );

const isDefaultOfSwitch = (tokens: readonly Token[], at: number): boolean => {
  const [before, token, after] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token?.kind !== "word" || token.text !== "default" || after?.text !== ":") return false;
  const isKey =
    before?.kind === "word" ||
    before?.text === "," ||
    before?.text === "." ||
    (before?.text === "{" && tokens[at - 2]?.text !== ")");
  return !isKey;
};

// Files that do something about a Failure, and what. Whoever only passes it on needs no place here.
const CATCHERS: Readonly<Record<string, string>> = {
  "src/harness/run-workflow.ts": "ends the run as failed, with evidence",
  "src/harness/evidence/push-sealed.ts": "a bundle that did not reach its bucket yet is sealed all the same",
  "src/harness/admission/admission-file.ts": "a switch that leads to nothing that can be read opens nothing",
  "src/harness/packet/lint-packets.ts":
    "a target that cannot be looked at is no fault of a packet: lint says nothing of it",
  "src/cli/exit-code.ts": "exit 4 instead of 1",
  "src/harness/home/check-formats.ts":
    "a ledger that cannot be looked at is a form that cannot be read, beside the others",
  "src/cli/run-command.ts": "shows it",
  "src/control-surface/problem.ts": "answers 503 instead of 500",
  "src/adapters/sandbox/probe.ts": "what breaks while a protection is tried is a protection that does not work",
  "src/adapters/sandbox/bubblewrap-sandbox.ts": "gives it back unchanged, beside what a tool or a disk says",
  "src/adapters/sandbox/canaries/run-canaries.ts":
    "a stage in which nothing starts any more has no second pass, and says so",
  "src/adapters/target/landing.ts": "git said no to the compare-and-swap: looks again where the branch stands",
  "src/adapters/engine/local-worker.ts": "an order waits, has failed or is left, and its worker goes on or ends",
  "src/adapters/engine/dbos-performer.ts": "an order waits, has failed or is left, and its worker goes on or ends",
  "src/harness/orders/serve-orders.ts": "a worker goes on after what may pass, and ends at the rest",
  "src/cli/commands/serve.ts": "a ledger that is busy is asked again, one that was moved ends the server",
  "src/harness/run/let-go.ts": "tells a stop from a run that another worker goes on with",
  "src/adapters/home/beneath.ts": "gives it back unchanged, beside the errors of the file system",
};

/** A Failure is caught in the files of the list and nowhere else. */
export const failureCatches: Rule = (files) =>
  files
    .filter((file) => !isTest(file) && !(file.path in CATCHERS))
    .flatMap(({ path, tokens }) =>
      tokens.flatMap((token, at) => {
        const asks = token.text === "instanceof" && tokens[at + 1]?.text === "Failure";
        return asks && !passesOn(tokens, at) ? [`${path}:${token.line}: catches a Failure`] : [];
      }),
    );

// `if (error instanceof Failure) throw error;`, alone or with an `||` beside it.
const passesOn = (tokens: readonly Token[], at: number): boolean => {
  if (tokens[at - 2]?.text === "(" && tokens[at - 3]?.text === "!") return false;
  let open = 1;
  for (let index = at + 1; index < tokens.length; index += 1) {
    const { text } = tokens[index] ?? {};
    if (text === "(") open += 1;
    if (text === ")") open -= 1;
    if (open === 0) return tokens[index + 1]?.text === "throw";
    if (open === 1 && text === "&") return false;
  }
  return false;
};

const CODE = /^[a-z]+\/[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** A code that nobody gives is dead: nobody can meet it, and no test of its stage can hold it. */
export const unspokenCodes =
  (codes: readonly string[]): Rule =>
  (files) => {
    const tables = /^src\/workflow\/(?:refusals\/[^/]+|failure)\.ts$/;
    const given = new Set(
      files
        .filter((file) => !isTest(file) && !tables.test(file.path))
        .flatMap(({ tokens }) =>
          tokens.filter(({ kind, text }) => kind === "string" && CODE.test(text)).map(({ text }) => text),
        ),
    );
    return codes.filter((code) => !given.has(code));
  };

const LINES_MAX = 250;

/** A table of texts or bounds may be as long as there are texts or bounds. */
const isTable = ({ path }: SourceFile): boolean =>
  path.startsWith("src/workflow/refusals/") || path === "src/workflow/limits.ts";

export const longFiles: Rule = (files) =>
  files
    .filter((file) => !isTest(file) && !isTable(file))
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => `${path}: ${lines} lines`);

const RUNS_LESS = new Set(["only", "skip", "skipIf", "runIf", "todo", "fails"]);
const SUITES = new Set(["test", "it", "describe", "suite", "bench"]);

// Where the design folder is not at hand, its copy of the seed packet cannot be compared with the fixture; where
// Debian's Chromium or PostgreSQL cannot be had, no page and no server can be tried. The last two say so aloud.
const RUN_WHERE_THEY_CAN = new Set([
  "src/adapters/store/copy-ledger.test.ts",
  "test/journeys/backed-up.test.ts",
  "test/cli/completion.test.ts",
  "src/adapters/engine/dbos-engine.test.ts",
  "src/adapters/store/postgres-store.test.ts",
  "src/workflow/contract/seed-packet.test.ts",
  "test/agents/real-case.agents.ts",
  "test/journeys/moved-ledger.test.ts",
  "test/browser/approve.test.ts",
  "test/browser/docs.test.ts",
  "test/browser/frame.test.ts",
  "test/browser/journeys.test.ts",
  "test/browser/lists.test.ts",
  "test/browser/outcome.test.ts",
  "test/browser/passkey.test.ts",
  "test/browser/preview-page.test.ts",
  "test/browser/run-page.test.ts",
  "test/browser/surface.test.ts",
  "test/browser/verify-page.test.ts",
  "test/browser/wording.test.ts",
  "test/engine/postgres.engine.ts",
  "test/engine/workers-page.engine.ts",
]);

/** Every test runs, and runs whole. */
export const silencedTests: Rule = (files) =>
  files
    .filter(({ path }) => !RUN_WHERE_THEY_CAN.has(path))
    .flatMap(({ path, tokens }) =>
      tokens.flatMap((token, at) => {
        const isSilenced =
          token.kind === "word" &&
          RUNS_LESS.has(token.text) &&
          tokens[at - 1]?.text === "." &&
          SUITES.has(suiteOf(tokens, at - 2));
        const isFocused = token.kind === "word" && /^(?:fit|xit|fdescribe|xdescribe|xtest)$/.test(token.text);
        return isSilenced || isFocused ? [`${path}:${token.line}: ${token.text}`] : [];
      }),
    );

// `test.concurrent.only`: walks back over the chain to its first word.
const suiteOf = (tokens: readonly Token[], at: number): string => {
  let first = at;
  while (tokens[first - 1]?.text === ".") first -= 2;
  return tokens[first]?.text ?? "";
};

const PUT_OFF = /\b(?:TODO|FIXME|XXX|HACK)\b/;

/** What is not done is an issue or a decision, not a note in the code. */
export const notesToSelf: Rule = (files) =>
  files.flatMap(({ path, comments }) =>
    comments
      .filter(({ text }) => PUT_OFF.test(text))
      .map(({ line, text }) => `${path}:${line}: ${PUT_OFF.exec(text)?.[0]}`),
  );

const CLAIM = /\b(?:compliant|compliance-ready|certified|meets)\b/i;

/** No text of the product claims what only somebody else could say (R144). */
export const claims: Rule = (files) =>
  files
    .filter((file) => !isTest(file))
    .flatMap(({ path, tokens }) =>
      tokens
        .filter(({ kind, text }) => kind === "string" && CLAIM.test(text))
        .map(({ line, text }) => `${path}:${line}: ${CLAIM.exec(text)?.[0]}`),
    );

export const claimsInProse = (path: string, text: string): readonly string[] =>
  text.split("\n").flatMap((line, index) => (CLAIM.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []));
