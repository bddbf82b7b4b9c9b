import { appendFile, chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { targetIdOf } from "../../src/harness/admission/target-id.ts";
import { sealedDigests } from "../../src/harness/evidence/record-seal.ts";
import type { World } from "../../src/harness/world.ts";
import type { Holder, RunRow } from "../../src/seams/store.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { eventLine } from "../../src/workflow/event-chain.ts";
import { SEAL } from "../../src/workflow/evidence/bundle-table.ts";
import type { RunId } from "../../src/workflow/ids.ts";
import type { RunEvent } from "../../src/workflow/run-events.ts";
import { sampleBundle, type FileMap, type SampleBundle } from "../fixtures/sample-bundle.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, STEERING, type Given, type Said } from "./cli.ts";

let ground: Ground;
let bundle: SampleBundle;
let commit = "";

const DEAD: Holder = { pid: 999_999, pidStart: "1", bootId: "another-boot", host: "gone" };

beforeAll(async () => {
  bundle = sampleBundle();
  const { record } = bundle.world;
  if (record.commit === "none") throw new Error("the sample has a commit");
  commit = record.commit.commit;
  ground = await makeGround();
  await runCto(["target", "admit", ground.target, "--key", ground.key], { home: ground.home });
});
afterAll(async () => {
  bundle.world.remove();
  await rm(ground.home, { recursive: true, force: true });
  await ground.close();
});

const cto = (line: string, given: Given = {}): Promise<Said> =>
  runCto(line.split(" "), { home: ground.home, cwd: ground.root, ...given });

const approve = async (): Promise<void> => {
  const input = `I approve ${ground.work} against ${ground.target} for the src/strings.py slugify alignment task.`;
  const said = await cto(`approve ${ground.work} --key ${ground.key} --sentence-file -`, { input });
  if (said.exit !== 0) throw new Error(said.stderr);
};

/** A run as the ledger holds it: ordered, its approval spent, and whatever facts it left. */
const begin = (
  world: World,
  holder: Holder,
  facts: readonly RunEvent[],
  summary: RunRow["summary"] = {},
): Promise<RunId> =>
  world.store.transact(async (ledger) => {
    const row = await ledger.openRun({
      kind: "execute",
      work: ground.work,
      targetId: targetIdOf(ground.target),
      ofRun: null,
      orderedAt: new Date().toISOString(),
      epochSeconds: Math.floor(Date.now() / 1000),
      holder,
      summary: {},
    });
    if ("locked" in row) throw new Error("an open run holds the target");
    const approved = (await ledger.leaves(0)).findLast(({ type }) => type === "approval.recorded");
    const spent = facts.length > 1 && approved?.approvalId !== undefined;
    if (spent && approved?.approvalId !== undefined)
      await ledger.appendLeaf({
        type: "approval.consumed",
        actor: "uid:0",
        channel: "cli",
        work: ground.work,
        run: row.run,
        approvalId: approved.approvalId,
      });
    for (const event of facts) {
      const { sequence, prev } = await ledger.tip(row.run);
      const line = eventLine({
        event,
        run: row.run,
        sequence,
        prev,
        time: new Date().toISOString(),
        host: digestOf("host"),
      });
      await ledger.append(row.run, [line], "unfenced");
    }
    await ledger.updateRun(row.run, { state: spent ? "executing" : "ordered", summary });
    return row.run;
  });

const end = async (
  world: World,
  run: RunId,
  ending: RunRow["ending"],
  files: FileMap | "no bundle",
  code?: string,
): Promise<void> => {
  const sealed = await world.store.transact(async (ledger) => {
    const about = { actor: "harness", channel: "harness", work: ground.work, run } as const;
    if (ending === "voided")
      await ledger.appendLeaf({ ...about, type: "run.voided", refusals: [code ?? "policy/unlisted-path"] });
    if (ending === "failed")
      await ledger.appendLeaf({ ...about, type: "run.failed", detail: { failure: code ?? "backend/crashed" } });
    await ledger.updateRun(run, { state: "sealing" });
    const digests = files === "no bundle" ? { sums: digestOf("") } : sealedDigests(files);
    const leaf = await ledger.appendLeaf({ ...about, type: "run.sealed", digests, detail: { result: ending ?? "" } });
    const { proof, text } = leaf;
    if (files !== "no bundle")
      await ledger.seal({ run, revision: 1, sums: digests["sums"] ?? digestOf(""), bytes: 1, proof });
    await ledger.updateRun(run, { state: "ended", ending });
    return { [SEAL.record]: text, [SEAL.proof]: proof };
  });
  if (files === "no bundle") return;
  for (const [name, text] of Object.entries(sealed))
    await writeFile(path.join(ground.home, ".cto/runs", run, name), text);
};

const fact = (type: RunEvent["type"], data: RunEvent["data"] = {}): RunEvent => ({
  type,
  subject: "run",
  trust: "harness-observed",
  data,
});
const ORDERED = fact("run.ordered", { kind: "execute" });
const BACKEND: readonly RunEvent[] = [ORDERED, fact("permit.issued"), fact("backend.started", { kind: "scripted" })];

const lay = async (run: RunId, files: FileMap): Promise<void> => {
  for (const [name, bytes] of files) {
    const file = path.join(ground.home, ".cto/runs", run, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    await chmod(file, 0o644);
  }
};

test.each(["run CTO-WORK-094", "run CTO-WORK-094 --detach"])(
  "R128 %s, which no packet proposes: exit 2 with the nearest, and nothing is left",
  async (line) => {
    const said = await cto(line);
    expect(said.exit).toBe(2);
    expect(said.stderr).toContain(ground.work);
    const world = await ground.open();
    expect(await world.store.runs({})).toEqual([]);
    expect(await world.store.records({ types: ["work.listed", "run.started", "command.refused"] })).toEqual([]);
    await world.store.close();
  },
);

test("no run yet", async () => {
  expect(await cto("runs")).toEqual({ exit: 0, stderr: "", stdout: "No run yet.\n" });
  expect(await cto("show R-049-01")).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("there is no run R-049-01"),
  });
});

test("R133 a run whose process died reads as interrupted at its stage, and says that the target is untouched", async () => {
  await approve();
  const run = await lookInto(ground.home, (world) => begin(world, DEAD, BACKEND));
  const said = await cto(`show ${run}`);
  expect(said).toMatchObject({ exit: 0, stderr: "" });
  expect(said.stdout).toMatch(/^R-049-01 {2}Interrupted at backend; target untouched\n/);
  expect(said.stdout).toMatch(/^next +cto run CTO-WORK-049 goes on with it or ends it$/m);
  expect((await cto("status")).stdout).toMatch(
    /^R-049-01 {2}Interrupted at backend; target untouched .* operator: cto run CTO-WORK-049/,
  );
  expect(jsonOf(await cto("runs --json"))).toMatchObject({ total: 1, runs: [{ run, state: "interrupted" }] });
  await lookInto(ground.home, (world) => end(world, run, "failed", "no bundle"));
});

test("R133 where the commit landed before the process died, it says that the target holds it", async () => {
  await approve();
  const head = await lookInto(ground.home, async ({ target }) => {
    const seen = await target.observe(ground.target);
    if (!seen.ok) throw new Error("not plain");
    return seen.value.head;
  });
  const run = await lookInto(ground.home, (world) =>
    begin(world, DEAD, BACKEND, { commit: head, parent: head, tree: head }),
  );
  expect((await cto(`show ${run}`)).stdout).toMatch(
    new RegExp(`^${run} {2}Interrupted at backend; target holds commit ${head}\n`),
  );
  // A target that does not pass the preflight any more still tells where its branch stands.
  await writeFile(path.join(ground.target, "left-behind"), "x");
  expect((await cto(`show ${run}`)).stdout).toContain(`target holds commit ${head}`);
  await rm(path.join(ground.target, "left-behind"));
  await lookInto(ground.home, (world) => end(world, run, "failed", "no bundle"));
});

test("a target that is dirty at its base is not called untouched", async () => {
  await approve();
  const run = await lookInto(ground.home, (world) => begin(world, DEAD, BACKEND));
  await writeFile(path.join(ground.target, "left-behind"), "x");
  expect((await cto(`show ${run}`)).stdout).toContain("target not proven untouched: at its base, but admission/dirty");
  await rm(path.join(ground.target, "left-behind"));
  await lookInto(ground.home, (world) => end(world, run, "failed", "no bundle"));
});

test("a run that lives is running, in the stage of its last fact, and nobody has to act", async () => {
  await approve();
  const run = await lookInto(ground.home, (world) => begin(world, world.holder, BACKEND));
  expect(jsonOf(await cto("status --json"))).toMatchObject({
    needs: [],
    running: [{ run, word: "Running: backend" }],
    counts: { executing: 1 },
  });
  await lookInto(ground.home, (world) => end(world, run, "voided", "no bundle", "policy/no-change"));
  expect(jsonOf(await cto(`show ${run} --json`))).toMatchObject({
    state: "voided(no-change)",
    reason: "policy/no-change",
  });
});

test("a sealed run is shown from its report, verified now, with what the agent said marked as said", async () => {
  await approve();
  const files = bundle.sealed();
  const run = await lookInto(ground.home, async (world) => {
    const begun = await begin(world, world.holder, BACKEND);
    await lay(begun, files);
    await end(world, begun, "awaiting_outcome", files);
    return begun;
  });
  const text = await cto(`show ${run}`);
  expect(text.exit).toBe(0);
  expect(text.stdout).toMatch(new RegExp(`^${run} {2}Awaiting outcome\n`));
  expect(text.stdout).toContain(commit.slice(0, 8));
  expect(text.stdout).toContain("criterion");
  expect(text.stdout).toMatch(
    new RegExp(`next +cto outcome ${run} --accept( --acknowledge \\S+)* --key KEY, or --reject`),
  );
  expect(jsonOf(await cto(`show ${run} --json`))).toMatchObject({
    run,
    state: "awaiting_outcome",
    criteria: expect.any(Array),
    forbiddenActions: expect.arrayContaining([expect.objectContaining({ action: "push" })]),
    replayPaths: expect.any(Array),
    runtimeDefaultActivation: { before: false, after: false },
    verify: { verdict: expect.any(String) },
    seq: expect.any(Number),
  });

  const raw = await cto(`diff ${run} --raw`);
  expect(Buffer.from(raw.stdout)).toEqual(Buffer.from(files.get("patch.diff") ?? ""));
  const diff = jsonOf(await cto(`diff ${run} --json`));
  expect(diff).toMatchObject({ patchSha256: digestOf(files.get("patch.diff") ?? "") });
  expect(diff["files"]).toContainEqual(
    expect.objectContaining({ path: "src/strings.py", allowed: true, added: 1, removed: 1, binary: false }),
  );
  expect((await cto(`diff ${run} --name-only`)).stdout.trim().split("\n").toSorted()).toEqual([
    "src/strings.py",
    "test_strings.py",
  ]);

  const logs = jsonOf(await cto(`logs ${run} --stage validation --json`));
  expect(logs).toMatchObject({ run, matches: expect.any(Number) });
  expect(logs["lines"]).toContainEqual(
    expect.objectContaining({ n: 1, stream: "candidate", trust: "harness-observed" }),
  );
  expect(jsonOf(await cto(`logs ${run} --backend --json`))["lines"]).toContainEqual(
    expect.objectContaining({ trust: "agent-claimed" }),
  );
  expect((await cto(`logs ${run} --stage events --grep permit.issued`)).stdout).toMatch(/^permit\.issued /);

  // Whatever an outcome would rest on counts, what was signed over the files too, and so does what is there besides.
  const shownAfter = async (name: string, change: (file: string) => Promise<unknown>): Promise<unknown> => {
    const file = path.join(ground.home, ".cto/runs", run, name);
    const before = await readFile(file).catch(() => undefined);
    await mkdir(path.dirname(file), { recursive: true });
    await change(file);
    const shown = jsonOf(await cto(`work show ${ground.work} --json`))["state"];
    await (before === undefined ? rm(file) : writeFile(file, before));
    return shown;
  };
  const changed = (file: string): Promise<void> => appendFile(file, "x");
  const signed = [
    "run.sigstore.json",
    "tests.sigstore.json",
    "verdict.sigstore.json",
    "sealed.json",
    "sealed.tlog-proof",
  ];
  for (const name of ["SHA256SUMS", "report.json", "extra", ...signed.map((each) => `attestations/${each}`)])
    expect([name, await shownAfter(name, changed)]).toEqual([name, "tampered"]);
  expect(await shownAfter("test.log", async () => undefined)).toBe("awaiting_outcome");

  await writeFile(path.join(ground.home, ".cto/runs", run, "test.log"), "changed");
  expect(jsonOf(await cto(`work show ${ground.work} --json`))).toMatchObject({
    state: "tampered",
    who: "auditor",
    next: `cto verify ${run}`,
  });
  expect((await cto("status")).stdout).toContain("Evidence does not verify");
});

test("R139 a log cannot steer the terminal of its reader", async () => {
  const row = jsonOf(await cto("runs --limit 1 --json"));
  const [{ run }] = row["runs"] as readonly [{ run: string }];
  const folder = path.join(ground.home, ".cto/runs", run, "backend");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "hostile.log"), "\u001B]0;owned\u0007\u001B[2Jplain \u202Eturned\u200B\n");
  const { stdout } = await cto(`logs ${run} --backend --grep plain`);
  expect(stdout).toContain("plain <U+202E>turned<U+200B>");
  expect(stdout.trimEnd()).not.toMatch(STEERING);
});

test("runs are filtered by state and counted beyond the limit", async () => {
  const all = jsonOf(await cto("runs --json"));
  expect(jsonOf(await cto("runs --limit 2 --json"))).toMatchObject({ total: all["total"], runs: [{}, {}] });
  expect(jsonOf(await cto("runs --state voided --json"))).toMatchObject({
    total: 1,
    runs: [{ state: "voided(no-change)" }],
  });
  expect((await cto("runs --limit 1")).stdout).toMatch(/1 of \d+; --limit \d+ shows them all\n$/);
});
