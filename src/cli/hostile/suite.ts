import { availableParallelism } from "node:os";

import { hostShell, machineFacts, openMachine } from "../../compose.ts";
import type { ConfinementLevel } from "../../workflow/authority.ts";
import type { HostileCase } from "./case-form.ts";
import type { ReadCase } from "./read-cases.ts";
import { runCase } from "./run-case.ts";
import { openSurroundings, PATH, type Surroundings } from "./surroundings.ts";

/** One row of the table: what came of one attack. */
export interface CaseRow {
  readonly id: string;
  readonly group: string;
  readonly attack: string;
  readonly expected: string;
  readonly got: string;
  readonly by: string;
  readonly verdict: "held" | "ESCAPED" | "not run";
  /** Why it did not hold, or was not run. */
  readonly says: readonly string[];
  readonly ms: number;
}

export interface SuiteResult {
  readonly rows: readonly CaseRow[];
  readonly confinement: ConfinementLevel | "none";
  /** When, on what, by which build. */
  readonly machine: ReturnType<typeof machineFacts>;
}

/** Plays cases on this machine, a few at a time; each is told as it ends. A case that this machine cannot play is said to be. */
export const runSuite = async (
  cases: readonly ReadCase[],
  tell: (row: CaseRow) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<SuiteResult> => {
  const { confinement, checks } = await openMachine({}).probeSandbox();
  const why = confinement === "none" ? checks.filter(({ ok }) => !ok).map(({ says }) => says) : [];
  const surroundings = await openSurroundings();
  const rows = new Map<string, CaseRow>();
  const worker = async (waiting: ReadCase[]): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const row = await rowOf(next, surroundings, why, stop);
      rows.set(next.file, row);
      tell(row);
    }
  };
  // An act that falls into a moment of a run holds this whole process: what else is played here would starve.
  const alone = cases.filter(holdsTheProcess);
  const together = cases.filter((one) => !holdsTheProcess(one));
  try {
    await Promise.all(Array.from({ length: Math.min(WORKERS_MAX, availableParallelism()) }, () => worker(together)));
    await worker(alone);
  } finally {
    await surroundings.close();
  }
  return { rows: cases.flatMap(({ file }) => rows.get(file) ?? []), confinement, machine: machineFacts() };
};

const holdsTheProcess = (read: ReadCase): boolean =>
  read.ok && read.value.host.some(({ at }) => at.startsWith("event:"));

const WORKERS_MAX = 3;
/** Far above what any case takes; one that reaches it did not hold. */
const CASE_TIMEOUT_MS = 180_000;

const rowOf = async (
  read: ReadCase,
  surroundings: Surroundings,
  noSandbox: readonly string[],
  stop: AbortSignal,
): Promise<CaseRow> => {
  if (!read.ok) return { ...UNREADABLE, id: read.file, says: [read.problem] };
  const one = read.value;
  const row = { id: one.id, group: one.group, attack: one.attack, expected: `${one.expect} ${one.code}` };
  const missing = await missingOf([...NEEDED_BY_ALL, ...one.needs]);
  if (stop.aborted) return notRun(row, ["stopped"]);
  if (noSandbox.length > 0) return notRun(row, noSandbox);
  if (missing.length > 0) return notRun(row, [`this machine has no ${missing.join(", ")}`]);
  const started = performance.now();
  const reachedBefore = surroundings.reached();
  const judged = await judgement(one, surroundings, stop);
  const reached = surroundings.reached() === reachedBefore ? [] : ["a service of the host was reached"];
  const wrong = [...judged.wrong, ...reached];
  const ms = Math.round(performance.now() - started);
  return { ...row, got: judged.got, by: judged.by, verdict: wrong.length === 0 ? "held" : "ESCAPED", says: wrong, ms };
};

/** Whatever breaks a case counts against it: an attack that nobody could follow to its end did not hold. */
const judgement = async (
  one: HostileCase,
  surroundings: Surroundings,
  stop: AbortSignal,
): Promise<{ readonly got: string; readonly by: string; readonly wrong: readonly string[] }> => {
  try {
    return await runCase(one, surroundings, AbortSignal.any([stop, AbortSignal.timeout(CASE_TIMEOUT_MS)]));
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { got: "broken", by: "nothing", wrong: [says] };
  }
};

/** The targets are of Python, the attacks of bash and perl, the owners sign with ssh-keygen. */
const NEEDED_BY_ALL = ["python3", "perl", "git", "ssh-keygen"];

const missingOf = async (names: readonly string[]): Promise<readonly string[]> => {
  const missing: string[] = [];
  for (const name of names) {
    const script = name === "pytest" ? "python3 -c 'import pytest'" : `command -v ${name}`;
    const { exit } = await hostShell({ script, folder: "/", env: { PATH }, timeoutMs: 20_000 });
    if (exit !== 0) missing.push(name);
  }
  return missing;
};

const notRun = (row: Pick<CaseRow, "id" | "group" | "attack" | "expected">, says: readonly string[]): CaseRow => ({
  ...row,
  got: "not run",
  by: "",
  verdict: "not run",
  says,
  ms: 0,
});

const UNREADABLE: CaseRow = {
  id: "",
  group: "?",
  attack: "a case that cannot be read",
  expected: "",
  got: "unreadable",
  by: "",
  verdict: "ESCAPED",
  says: [],
  ms: 0,
};
