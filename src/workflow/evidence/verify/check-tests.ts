import { hex, latin1 } from "./bytes.ts";
import { eventsOf, type EventData } from "./events.ts";
import { lastTold } from "./log-against.ts";
import type { Reading } from "./reading.ts";
import type { TestRun } from "./test-log-reader.ts";
import { fail, pass, passUnless, type Check } from "./verdict.ts";

const ID = "tests";
const FILE = "test.log";

/** Step 10: the command of the contract passed on the very tree that was committed; log, events and report agree. */
export const checkTests = async (reading: Reading): Promise<readonly Check[]> => {
  const { files, tests, manifest, report } = reading;
  const off = (says: string): Check => fail(ID, "evidence/report-contradicted", says, FILE);
  if (!files.has(FILE)) {
    const isSilent = (report?.validation.length ?? 0) === 0 && manifest?.reach !== "commit";
    return isSilent ? [pass(ID, "no validation was run")] : [off("validation is reported without its log")];
  }
  if (tests === undefined) return [off("it does not read as test-log/v1")];
  const runs = tests.filter(({ on }) => on !== "probe");
  const objections = [
    ...(manifest?.reach === "commit" ? decidingRows(reading, runs[0]) : []),
    ...(await Promise.all(runs.map((run) => runRows(reading, run)))).flat(),
    ...strangerRows(reading, tests),
    ...junitRows(reading, runs),
    ...(sameRuns(report?.validation ?? [], runs) ? [] : ["the report tells of other runs"]),
  ].map(off);
  return passUnless(
    ID,
    objections,
    `${runs.length} runs, exit ${runs.map(({ exitCode }) => exitCode ?? "none").join(", ")}`,
  );
};

const decidingRows = ({ commit, records }: Reading, run: TestRun | undefined): readonly string[] => [
  ...(run?.on === "candidate" ? [] : ["its first run was not on the candidate"]),
  ...(run?.tree === commit?.tree ? [] : ["another tree was validated than committed"]),
  ...(run?.exitCode === 0 ? [] : ["the command did not pass"]),
  ...(JSON.stringify(run?.argv) === JSON.stringify(records.contract?.validation.argv)
    ? []
    : ["another command was run than the contract's"]),
  ...(run?.manifestBefore !== undefined && run.manifestBefore === run.manifestAfter
    ? []
    : ["the command changed the tree"]),
];

const runRows = async ({ events, tools }: Reading, run: TestRun): Promise<readonly string[]> => {
  const told = eventsOf(events, "validation.finished").some(({ data }) => eventKey(data) === runKey(run));
  // What is kept was digested, also where the rest was cut off.
  const isSame = hex(await tools.sha256(run.output)) === run.outputSha256;
  return [
    ...(told ? [] : [`no event tells of the run on ${run.on}`]),
    ...(isSame ? [] : [`the output of the run on ${run.on} has another digest`]),
  ];
};

const eventKey = ({ on, treeOid, exitCode, logSha256 }: EventData["data"]): string =>
  JSON.stringify([on, treeOid, exitCode, logSha256]);

const runKey = ({ on, tree, exitCode, outputSha256 }: TestRun): string =>
  JSON.stringify([on, tree, exitCode, outputSha256]);

/** No execution of the last validation is left out of the log: each is a run that stands there, or half of a probe. */
const strangerRows = ({ events = [] }: Reading, tests: readonly TestRun[]): readonly string[] => {
  const runs = tests.filter(({ on }) => on !== "probe").map(runKey);
  const probes = tests
    .filter(({ on }) => on === "probe")
    .flatMap(({ exitCode, onBase }) => [`candidate ${exitCode}`, `base ${onBase}`]);
  return lastTold(events, "validation.finished").flatMap(({ data, sequence }) => {
    const isKnown = taken(runs, eventKey(data)) || taken(probes, `${String(data["on"])} ${String(data["exitCode"])}`);
    return isKnown ? [] : [`event ${Number(sequence)} tells of a run that is not in the log`];
  });
};

/** Takes one of these out, if it is there. */
const taken = (list: string[], one: string): boolean => {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
};

/** A JUnit document is what the code under test printed: it stands in the output of its run, or somebody else wrote it. */
const junitRows = ({ files, paths }: Reading, runs: readonly TestRun[]): readonly string[] =>
  paths
    .filter((path) => path.startsWith("validation/"))
    .flatMap((path) => {
      const on = /^validation\/junit\.([a-z-]+)\.xml$/.exec(path)?.[1];
      const output = runs.find((run) => run.on === on)?.output;
      const junit = files.get(path);
      const isPrinted = output !== undefined && junit !== undefined && latin1(output).includes(latin1(junit));
      return isPrinted ? [] : [`no run printed ${path}`];
    });

const sameRuns = (
  told: readonly { readonly on: string; readonly tree: string; readonly exitCode: number | null }[],
  runs: readonly TestRun[],
): boolean => {
  const line = ({ on, tree, exitCode }: Pick<TestRun, "on" | "tree" | "exitCode">): string =>
    JSON.stringify([on, tree, exitCode]);
  return told.map(line).sort().join("\n") === runs.map(line).sort().join("\n");
};
