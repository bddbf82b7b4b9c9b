import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { parseArgs, promisify } from "node:util";

import { readCases } from "../../src/cli/hostile/read-cases.ts";
import { resultOf } from "../../src/cli/hostile/result-file.ts";
import { runSuite, type CaseRow } from "../../src/cli/hostile/suite.ts";
import { tableOf } from "../../src/cli/hostile/table.ts";
import { runAttackControls, type ControlRow } from "./attack-control.ts";
import { runControl } from "./control.ts";
import { ELSEWHERE, NOT_HELD, NOTHING_TO_ATTACK } from "./open-set.ts";
import { CANARY } from "./sandbox-fixture.ts";

// `npm run test:hostile`: every data case, the attack scripts right in the sandbox, the tests that hold what no data
// case can, and how many of the attacks succeed where nothing confines them.

const ROOT = path.join(import.meta.dirname, "../..");
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    json: { type: "string" },
    /** Only how many attacks succeed where nothing confines them. */
    control: { type: "boolean", default: false },
    /** script/test ran, and passed, just before this. */
    "tests-ran": { type: "boolean", default: false },
  },
});

const attackRows = async (level: string): Promise<readonly CaseRow[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(import.meta.dirname, "sandbox-trial.ts")], {
    env: {
      CTO_SECRET: `${CANARY}harness`,
      HOME: homedir(),
      PATH: "/usr/bin:/bin",
      TMPDIR: tmpdir(),
      CTO_TRIAL_LEVEL: level,
    },
    maxBuffer: 16_777_216,
  });
  return Object.entries(JSON.parse(stdout) as Record<string, string>).map(([name, verdict]) =>
    rowOf(`attack: ${name}`, "right in the sandbox", "CONTAIN", verdict, "the sandbox"),
  );
};

const testRows = (): readonly CaseRow[] => {
  if (values["tests-ran"])
    return Object.entries(ELSEWHERE).map(([id, { file }]) =>
      rowOf(id, file, "as its test says", "held", "its test, run before"),
    );
  const folder = mkdtempSync(path.join(tmpdir(), "cto-hostile-"));
  const report = path.join(folder, "tests.json");
  const files = [...new Set(Object.values(ELSEWHERE).map(({ file }) => file))];
  const command = ["exec", "--", "vitest", "run", "--reporter=json", `--outputFile.json=${report}`, ...files];
  spawnSync("npm", command, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    readonly testResults: readonly { readonly name: string; readonly status: string }[];
  };
  rmSync(folder, { recursive: true });
  return Object.entries(ELSEWHERE).map(([id, { file }]) => {
    const status = testResults.find(({ name }) => name.endsWith(file))?.status ?? "was not run";
    return rowOf(id, file, "as its test says", status === "passed" ? "held" : status, "its test");
  });
};

const missingRows = (): readonly CaseRow[] => {
  const absent = Object.entries(NOTHING_TO_ATTACK).map(
    ([id, place]) => [id, `there is no ${place} to attack`] as const,
  );
  return [...absent, ...Object.entries(NOT_HELD)].map(([id, why]) => ({
    ...rowOf(id, "nothing holds it", "", why, ""),
    got: "",
    by: "",
    verdict: "not run",
  }));
};

const rowOf = (id: string, attack: string, expected: string, verdict: string, by: string): CaseRow => {
  const isHeld = verdict === "held";
  return {
    id,
    group: "",
    attack,
    expected,
    got: isHeld ? "held" : "not held",
    by: isHeld ? by : "nothing",
    verdict: isHeld ? "held" : "ESCAPED",
    says: isHeld ? [] : [verdict.slice(0, 2_000)],
    ms: 0,
  };
};

const cases = (await readCases()).filter(
  ({ file }) => values.only === undefined || values.only.some((id) => file.includes(id)),
);

const tellControl = (what: string, rows: readonly ControlRow[]): void => {
  const came = (kind: ControlRow["came"]): readonly ControlRow[] => rows.filter((row) => row.came === kind);
  for (const { id, says } of came("without")) console.log(`not tried without the sandbox: ${id}: ${says}`);
  for (const { id, says } of came("stopped")) console.log(`WITHOUT TEETH HERE: ${id}: ${says.trim()}`);
  console.log(
    `${came("succeeds").length} of ${rows.length} ${what} succeed without the sandbox, ` +
      `${came("without").length} say why they cannot, ${came("stopped").length} are without teeth here`,
  );
};

const controls = {
  cases: await runControl(cases.flatMap((read) => (read.ok ? [read.value] : []))),
  attacks: values.only === undefined ? await runAttackControls() : [],
};
tellControl("scripts of cases", controls.cases);
if (values.only === undefined) tellControl("attack scripts", controls.attacks);

if (!values.control) {
  const tell = ({ verdict, id, ms }: CaseRow): void => console.error(`${verdict.padEnd(8)}${id}  ${ms} ms`);
  const suite = await runSuite(cases, tell);
  const canRun = suite.confinement !== "none";
  if (!canRun) console.error("SKIPPED: nothing confines a process on this machine; cto doctor says why");
  const more =
    values.only === undefined && canRun
      ? [...(await attackRows(suite.confinement)), ...testRows(), ...missingRows()]
      : [];
  const rows = [...suite.rows, ...more];
  if (values.json !== undefined)
    writeFileSync(
      values.json,
      `${JSON.stringify({ ...resultOf({ ...suite, rows }, rows.length), control: controls }, null, 2)}\n`,
    );
  console.log(tableOf(rows));
  process.exitCode = rows.some(({ verdict }) => verdict === "ESCAPED") ? 1 : 0;
}
