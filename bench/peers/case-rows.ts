import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

import type { HostileCase } from "../../src/cli/hostile/case-form.ts";
import { preamble } from "../../src/cli/hostile/field.ts";
import { readCases } from "../../src/cli/hostile/read-cases.ts";
import { runSuite } from "../../src/cli/hostile/suite.ts";
import { openSurroundings } from "../../src/cli/hostile/surroundings.ts";
import { factsOf, layOut, SMALL } from "../../test/hostile/control.ts";
import { runInside } from "../../test/hostile/sandbox-fixture.ts";
import type { Unconfined } from "../../test/hostile/unconfined.ts";
import type { AttackRow } from "./attack-rows.ts";

/** Data cases of the suite that a command alone can play, and that the attack scripts have not: git, agents' and tests' files. */
const CASES: readonly string[] = [
  "git-hook-plant",
  "git-config-fsmonitor",
  "git-dir-replace",
  "gitattributes-filter",
  "nested-repository",
  "sibling-repository",
  "write-forbidden-file",
  "create-file-in-forbidden-dir",
  "agent-config",
  "pytest-conftest-plant",
  "read-signing-key",
  "shared-memory-ipc",
];

const played = async (): Promise<readonly HostileCase[]> =>
  (await readCases()).flatMap((read) => (read.ok && CASES.includes(read.value.id) ? [read.value] : []));

/** The scripts of these cases in a peer's sandbox, over a workspace that is a git repository. */
export const caseRows = async (control: Unconfined): Promise<readonly AttackRow[]> => {
  const surroundings = await openSurroundings();
  const rows: AttackRow[] = [];
  try {
    for (const one of await played()) {
      const root = path.join(surroundings.folder, "field", one.id);
      rows.push({ name: `${one.id}: ${one.attack}`, ...(await rowOf(one, root, surroundings.facts, control)) });
    }
    return rows;
  } finally {
    await surroundings.close();
  }
};

const rowOf = async (
  one: HostileCase,
  root: string,
  given: Readonly<Record<string, string>>,
  control: Unconfined,
): Promise<Omit<AttackRow, "name">> => {
  mkdirSync(root, { recursive: true });
  layOut(path.join(root, "field"), one);
  const field = path.join(root, "field");
  const folder = path.join(field, "workspace");
  const before = bytesOf(folder, one);
  const stage = await control.open({
    checkout: (uid) => {
      if (process.getuid?.() === 0) execFileSync("/bin/chown", ["-R", "-h", "--", `${uid}:${uid}`, root]);
      return Promise.resolve({ folder, over: "nothing" });
    },
  });
  const facts = { ...factsOf(field, given), ...SMALL, ATTACK_PID: String(control.victim()) };
  const script = `${preamble({ ...facts, ATTACK_HARNESS_PID: facts.ATTACK_PID })}\n${one.script}\necho over`;
  const { out } = await runInside(stage, ["/bin/bash", "-c", script]);
  const { alive } = await stage.close();
  if (!out.includes("over")) return { verdict: "could not run", says: out.trim().slice(-120) };
  const after = bytesOf(folder, one);
  const reached = [
    ...out
      .split("\n")
      .flatMap((line) =>
        line.startsWith("ESCAPED") && !NO_EFFECT.has(line) ? [line.slice(8).replaceAll(root, "HOST")] : [],
      ),
    // A folder .GIT is nothing to git where letters are told apart.
    ...[...after].flatMap(([name, bytes]) =>
      before.get(name) === bytes || name.startsWith(".GIT") ? [] : [`${name} is made`],
    ),
    ...(alive > 0 ? [`${alive} processes went on`] : []),
  ];
  return reached.length === 0
    ? { verdict: "held", says: "" }
    : { verdict: "not held", says: [...new Set(reached)].slice(0, 4).join(", ").slice(0, 160) };
};

/** That the workspace is a repository, or that a file of such a name is anywhere on the machine, is nothing reached. */
const NO_EFFECT: ReadonlySet<string> = new Set(["ESCAPED repository", "ESCAPED found"]);

/** What stands at the paths for which the case is voided by us. */
const bytesOf = (folder: string, { paths }: HostileCase): ReadonlyMap<string, string> =>
  new Map(
    paths.map((name) => {
      try {
        return [name, readFileSync(path.join(folder, name), "latin1")];
      } catch {
        return [name, "nothing"];
      }
    }),
  );

/** The same cases as whole runs of this product: what lands in the Workspace goes nowhere, and the run is voided. */
export const ourCaseRows = async (): Promise<readonly AttackRow[]> => {
  const reads = (await readCases()).filter((read) => read.ok && CASES.includes(read.value.id));
  const { rows } = await runSuite(reads, () => undefined);
  return rows.map(({ id, attack, verdict, got, says }) => ({
    name: `${id}: ${attack}`,
    verdict: verdict === "held" ? "held" : verdict === "not run" ? "could not run" : "not held",
    says: verdict === "held" ? got : says.join(", ").slice(0, 160),
  }));
};
