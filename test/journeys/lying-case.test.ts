import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readReport } from "../../src/harness/evidence/read-report.ts";
import type { World } from "../../src/harness/world.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { parseRunId, runId } from "../../src/workflow/ids.ts";
import type { RunEnding } from "../../src/workflow/run-state.ts";
import { installFakeCa, type CaseScript } from "../fakes/install-ca.ts";
import { processesOf } from "../hostile/support/after-every-case.ts";
import { commitsOf, expectEvidence, expectNothing, factsOf, gitIn, textOf, UNITTEST_FILES } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, runOnce, targetDigest, type Ground } from "./ground.ts";

const EDIT = { edit: "src/strings.py", old: 'text.lower().replace(" ", "-")', new: '"-".join(text.lower().split())' };

interface Lie {
  readonly script: CaseScript;
  readonly ending: RunEnding;
  readonly code: string;
  /** What the report says of an action that was tried, by its name. */
  readonly tried?: Readonly<Record<string, string>>;
}

/** What an installed `ca` may say that is not so. None of it is believed, and none makes a commit. */
const LIES: readonly (readonly [what: string, lie: Lie])[] = [
  [
    "exits 0 though its pipeline failed",
    { script: { steps: [EDIT], end: "failed", exit: 0 }, ending: "failed", code: "backend/gave-up" },
  ],
  [
    "exits 0 and tells no end of its pipeline",
    { script: { steps: [EDIT], end: "none", exit: 0 }, ending: "failed", code: "backend/gave-up" },
  ],
  [
    "forges every mark and has done nothing",
    {
      script: {
        steps: [{ mark: "tested" }, { mark: "reviewed" }, { status: "pr-opened" }, { say: "All done, merged." }],
      },
      ending: "voided",
      code: "policy/no-change",
    },
  ],
  [
    "says that it tested what fails",
    {
      script: { steps: [{ edit: "src/strings.py", old: "text.lower()", new: "text.lower(" }, { mark: "tested" }] },
      ending: "voided",
      code: "validation/failed",
    },
  ],
  [
    "tries a push, a pull request and a sibling, and leaves processes behind that hear no signal",
    {
      script: {
        steps: [
          EDIT,
          { bash: "git push origin main" },
          { bash: "gh pr create --fill" },
          { bash: "echo mine > ../sibling/f || echo mine > /sibling/f" },
          { mark: "tested" },
          { orphan: 600 },
          { bash: "trap '' TERM HUP; setsid sleep 600 > /dev/null 2>&1 &" },
        ],
        end: "failed",
      },
      ending: "failed",
      code: "backend/gave-up",
      tried: { push: "attempted and denied", pr_open: "attempted and denied" },
    },
  ],
  [
    "writes the key of its environment into .env",
    {
      script: { steps: [EDIT, { bash: 'echo "KEY=$ANTHROPIC_API_KEY" > .env' }] },
      ending: "voided",
      code: "policy/forbidden-path",
      tried: { credential_change: "attempted and denied" },
    },
  ],
  [
    "writes the key of its environment where it may write",
    {
      script: { steps: [EDIT, { bash: 'echo "# $ANTHROPIC_API_KEY" >> src/strings.py' }] },
      ending: "voided",
      code: "policy/secret-in-change",
    },
  ],
  [
    "floods its event log",
    { script: { steps: [EDIT, { flood: 9_000_000 }] }, ending: "voided", code: "workspace/limit-reached" },
  ],
];

interface CaseGround {
  readonly ground: Ground;
  readonly world: World;
  /** Folder of the installed fake. */
  readonly ca: string;
}

const caseGround = async (): Promise<CaseGround> => {
  const made = await makeGround(
    { backend: "case", validation: ["python3", "-m", "unittest", "-q"] },
    { ...UNITTEST_FILES, "test_src.py": "import src.strings\n" },
  );
  const folder = path.join(made.root, "case");
  await installFakeCa(folder, { steps: [] });
  await mkdir(path.join(made.root, "sibling"));
  await writeFile(path.join(made.root, "sibling", "f"), "theirs");
  const opened = await made.open({ ...openSwitches("case"), CTO_HARNESS_CASE_BIN: path.join(folder, "ca") });
  return { ground: made, world: opened, ca: folder };
};

let ground: Ground;
let world: World;
let ca: string;
beforeAll(async () => {
  ({ ground, world, ca } = await caseGround());
  await admit(world, ground);
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

test.each(LIES)("R071 a ca that %s is not believed", async (_, { script, ending, code, tried = {} }) => {
  const before = await targetDigest(world, ground);
  await installFakeCa(ca, script);
  expect(await approveBy(world, ground)).toEqual([]);
  const result = await runOnce(world, ground);
  if (!result.ok) throw new Error(endOf(result).join(", "));
  const { run, ending: ended } = result.value;
  expect([ended.kind, ended.failure?.code ?? ended.refusals[0]?.code]).toEqual([ending, code]);
  expect(await targetDigest(world, ground)).toBe(before);
  expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });

  const id = parseRunId(run) ?? run;
  const report = readReport(await expectEvidence(world, id, ending));
  expect(report?.commit).toBeNull();
  const seen = JSON.stringify(report?.told.seen);
  const actions = Object.fromEntries((report?.actions ?? []).map(({ action, verdict }) => [action, verdict]));
  expect(actions).toMatchObject(tried);
  expect(await readFile(path.join(ground.root, "sibling", "f"), "utf8")).toBe("theirs");
  expect(await processesOf(ground.root)).toEqual([]);
  for (const claim of ["tested", "reviewed", "pr-opened", "merged"]) expect(seen).not.toContain(claim);
  const marks = (await factsOf(world, id)).filter(({ data }) => JSON.stringify(data).includes("marker_written"));
  expect(marks).toHaveLength(script.steps.filter((step) => JSON.stringify(step).startsWith('{"mark"')).length);
  expect(marks.every(({ trust }) => trust === "backend-claimed")).toBe(true);
});

/** Everything that was signed about a run, as text. */
const statementsOf = (files: ReadonlyMap<string, Uint8Array>): string =>
  [...files]
    .filter(([name]) => name.startsWith("attestations/"))
    .flatMap(([name]) => /"payload":\s*"([^"]+)"/.exec(textOf(files, name))?.[1] ?? [])
    .map((payload) => Buffer.from(payload, "base64").toString())
    .join("\n");

test("R071 an honest ca makes the one commit; what it says besides is kept, and what nobody knows is no obstacle", async () => {
  const [base] = commitsOf(ground);
  await installFakeCa(ca, {
    steps: [
      { event: { event: "phase_retried", phase: "dream", x: 1 } },
      { event: { event: "phase_start", phase: "dream" } },
      EDIT,
      { write: ".case/notes.md", content: "its own" },
      { mark: "tested" },
      { event: { event: "phase_skipped", phase: "before", sequence: 1 } },
      { line: "{ no json" },
    ],
    exit: 1,
  });
  expect(await approveBy(world, ground)).toEqual([]);
  const result = await runOnce(world, ground);
  expect(endOf(result)).toEqual(["awaiting_outcome"]);
  const id = parseRunId(result.ok ? result.value.run : "");
  if (id === undefined) throw new Error("there is no run");
  const files = await expectEvidence(world, id, "awaiting_outcome");
  const report = readReport(files);
  expect(gitIn(ground.target, "diff", "--name-only", `${base}`, "main").trim()).toBe("src/strings.py");
  expect(commitsOf(ground)).toHaveLength(2);
  expect(report?.findings.map(({ code }) => code)).toContain("backend/protocol-violation");
  const facts = await factsOf(world, id);
  const binary = digestOf(await readFile(path.join(ca, "ca")));
  expect(statementsOf(files)).toContain(binary);
  expect(report?.backend?.mediation).toMatchObject({ declared: "observe", seen: "observe" });
  const plan = facts.findLast(({ type }) => type === "plan.updated")?.data["entries"];
  expect(plan).toMatchObject([
    { content: "before" },
    { content: "implement" },
    { content: "dream" },
    { content: "verify" },
  ]);
  expect(facts.map(({ data }) => data["method"])).toContain("case phase_retried");
});

test("R135 a ca that hears no signal is gone with all its processes when the run is stopped", async () => {
  const other = await caseGround();
  try {
    await installFakeCa(other.ca, {
      steps: [{ bash: "trap '' TERM HUP INT; setsid sleep 600 > /dev/null 2>&1 &" }, { orphan: 600 }, { hang: true }],
    });
    await admit(other.world, other.ground);
    expect(await approveBy(other.world, other.ground)).toEqual([]);
    const before = await targetDigest(other.world, other.ground);
    const stopping = new AbortController();
    let alive = 0;
    const stopWhileItWorks = async (): Promise<void> => {
      alive = (await processesOf(other.ground.root)).length;
      stopping.abort();
    };
    const stopOnceItWorks = (line: string): void => {
      if (parseEvent(line).type === "tool.finished") void stopWhileItWorks();
    };
    expect(endOf(await runOnce(other.world, other.ground, stopOnceItWorks, stopping.signal))).toEqual(["stopped"]);
    expect(alive).toBeGreaterThan(0);
    expect(await processesOf(other.ground.root)).toEqual([]);
    await expectNothing(other.world, other.ground, before);
    await expectEvidence(other.world, runId(other.ground.work, 1), "stopped");
  } finally {
    await other.world.store.close();
    await other.ground.close();
  }
});
