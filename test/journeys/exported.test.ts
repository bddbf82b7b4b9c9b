import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import { run } from "../../src/harness/run/run.ts";
import type { World } from "../../src/harness/world.ts";
import { runId } from "../../src/workflow/ids.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import { UNITTEST_FILES, UNITTEST_STEPS } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
let world: World;
const cto = (argv: readonly string[]): ReturnType<typeof runCto> =>
  runCto(argv, { home: ground.home, cwd: ground.root });

beforeAll(async () => {
  ground = await makeGround({ validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
  world = await ground.open();
  await admit(world, ground);
  const ended = async (steps: readonly object[], kind: string, go = () => runOnce(world, ground)): Promise<void> => {
    await ground.plays(steps);
    if (kind !== "blocked") expect(await approveBy(world, ground)).toEqual([]);
    expect(endOf(await go())[0]).toBe(kind);
  };
  await ended(UNITTEST_STEPS, "blocked");
  await ended([...UNITTEST_STEPS, { write: ".env", content: "A=b\n", native: true }], "voided");
  await ended([{ crash: 7 }], "failed");
  await ended([{ hang: true }], "stopped", () => {
    const stop = new AbortController();
    return run(world, ground.work, stop.signal, (line) => line.includes("cto.backend.started.v1") && stop.abort());
  });
  await ended(UNITTEST_STEPS, "awaiting_outcome");
  const order = { run: runId(ground.work, 5), reason: "not what I meant", acknowledged: [], words: undefined };
  expect(await decideOutcome(world, { ...order, outcome: "rejected", key: ground.key })).toMatchObject({ ok: true });
}, 240_000);
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

interface ExportJson {
  readonly verdicts: { readonly integrity: string; readonly completeness: string; readonly alarms: readonly string[] };
  readonly population: readonly {
    readonly runNo: number;
    readonly ending: string;
    readonly verify: string;
    readonly identity: string;
    readonly outcome: string;
  }[];
  readonly frameworks: readonly {
    readonly id: string;
    readonly controls: readonly {
      readonly id: string;
      readonly status: string;
      readonly counts: Readonly<Record<string, number>>;
    }[];
  }[];
}

const exported = async (...argv: readonly string[]): Promise<ExportJson & { readonly exit: number }> => {
  const said = await cto(["audit", "export", "--json", ...argv]);
  return { ...(jsonOf(said) as unknown as ExportJson), exit: said.exit ?? -1 };
};

test("R138 R143 an export tells every run, blocked and voided ones too, and what each comes to", async () => {
  const { exit, verdicts, population, frameworks } = await exported();
  expect(verdicts).toEqual({ integrity: "PASS", completeness: "PASS", alarms: [] });
  expect(exit).toBe(0);
  expect(population.map(({ runNo, ending, verify, outcome }) => `${runNo} ${ending} ${verify} ${outcome}`)).toEqual([
    "1 blocked PASS none",
    "2 voided PASS none",
    "3 failed PASS none",
    "4 stopped PASS none",
    "5 awaiting_outcome PASS rejected",
  ]);
  expect(population.map(({ identity }) => identity)).toEqual([
    "no approval",
    ...Array.from({ length: 4 }, () => "verified"),
  ]);
  expect(frameworks.map(({ id }) => id)).toEqual([
    "soc2-cc8.1",
    "aiuc-1",
    "owasp-asi",
    "iso-42001",
    "eu-ai-act",
    "nist",
  ]);
  const [cc81] = frameworks[0]?.controls ?? [];
  expect(cc81?.counts).toMatchObject({ "not-applicable": 4, insufficient: 0 });
  expect(frameworks.find(({ id }) => id === "eu-ai-act")?.controls.map(({ status }) => status)).toEqual(
    Array.from({ length: 3 }, () => "not-applicable"),
  );
});

test("R144 the page prints its two verdicts first, its non-claims, and what it rests on", async () => {
  const said = await cto(["audit", "export", "--framework", "soc2-cc8.1"]);
  expect(said.exit).toBe(0);
  expect(said.stdout).toMatch(/^integrity {5}PASS .*\ncompleteness {2}PASS/);
  expect(said.stdout).toContain("not claimed");
  expect(said.stdout).toContain("stage5-owned-repo-proof.json rollback.equalsBaseTree");
  expect(said.stdout).not.toContain("owasp");
});

test("R138 the tar is the same bytes twice, sha256sum accepts it, and cto verify accepts every bundle of it elsewhere", async () => {
  for (const name of ["one.tar", "two.tar"]) expect((await cto(["audit", "export", "--out", name])).exit).toBe(0);
  const [one, two] = await Promise.all(["one.tar", "two.tar"].map((name) => readFile(path.join(ground.root, name))));
  const sha = (bytes: Buffer | undefined): string =>
    createHash("sha256")
      .update(bytes ?? "")
      .digest("hex");
  expect(sha(one)).toBe(sha(two));
  expect((await cto(["audit", "export", "--out", "one.tar"])).exit).toBe(2);

  const elsewhere = path.join(ground.root, "elsewhere");
  await mkdir(elsewhere);
  execFileSync("tar", ["-xf", "../one.tar"], { cwd: elsewhere });
  const folder = path.join(elsewhere, "cto-audit-export");
  const checked = execFileSync("sha256sum", ["-c", "--strict", "--quiet", "SHA256SUMS"], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(checked).toBe("");
  const bundles = await readdir(path.join(folder, "bundles"));
  expect(bundles).toHaveLength(5);
  const trust = path.join(ground.home, ".sot/authority/allowed_signers");
  for (const bundle of bundles) {
    const said = await runCto(["verify", path.join(folder, "bundles", bundle), "--trust", trust], { cwd: elsewhere });
    expect([bundle, said.exit]).toEqual([bundle, 0]);
  }
  // The outcome that lies in the tar is of one of them, and of no other.
  const [decided, other] = [runId(ground.work, 5), runId(ground.work, 2)];
  const outcome = path.join(folder, "outcomes", `${decided}.outcome.json`);
  const rowsOf = async (...argv: readonly string[]): Promise<readonly string[]> => {
    const said = await runCto(["verify", ...argv, "--json"], { cwd: elsewhere });
    const checks = jsonOf(said)["checks"] as readonly {
      readonly id: string;
      readonly verdict: string;
      readonly says: string;
    }[];
    return checks
      .filter(({ id }) => id === "outcome")
      .map(({ verdict, says }) => `${said.exit} ${verdict} ${says.split(",")[0]}`);
  };
  const at = (run: string): string => path.join(folder, "bundles", run);
  expect(await rowsOf(at(decided), "--trust", trust, "--outcome", outcome)).toEqual(["0 PASS rejected by jp"]);
  expect(await rowsOf(at(other), "--trust", trust, "--outcome", outcome)).toContain("5 FAIL it is about another run");
  expect((await rowsOf(at(decided), "--outcome", outcome))[0]).toMatch(/^5 NOT-PROVEN signed by SHA256:/);
  await rm(`${outcome}.sig`);
  expect(await rowsOf(at(decided), "--trust", trust, "--outcome", outcome)).toEqual(["5 FAIL it is not signed"]);
  expect((await runCto(["verify", at(decided), "--outcome", `${outcome}.none`], { cwd: elsewhere })).exit).toBe(2);
});

test("R119 cto verify of a run of this home finds its outcome, and a changed one fails whatever the ledger still holds", async () => {
  const decided = runId(ground.work, 5);
  const outcome = path.join(ground.home, ".cto/runs", `${decided}.addenda`, "outcome.json");
  const rowOf = async (): Promise<unknown> => {
    const said = await cto(["verify", decided, "--json"]);
    const checks = jsonOf(said)["checks"] as readonly { readonly id: string; readonly verdict: string }[];
    return [said.exit, checks.filter(({ id }) => id === "outcome").map(({ verdict }) => verdict)];
  };
  expect(await rowOf()).toEqual([0, ["PASS"]]);
  const before = await readFile(outcome, "utf8");
  await chmod(outcome, 0o644);
  await writeFile(outcome, before.replace("not what I meant", "exactly what I meant"));
  expect(await rowOf()).toEqual([5, ["FAIL"]]);
  await rm(outcome);
  expect(await rowOf()).toEqual([0, ["PASS"]]);
  await writeFile(outcome, before);
});

test("R138 R145 a changed bundle breaks integrity alone, a lost run completeness, and both are exit 5", async () => {
  const bundle = path.join(ground.home, ".cto/runs", runId(ground.work, 2));
  const file = path.join(bundle, "report.md");
  const before = await readFile(file);
  await chmod(bundle, 0o755);
  await chmod(file, 0o644);
  await writeFile(file, Buffer.concat([before, Buffer.from("x")]));
  const changed = await exported();
  expect([changed.exit, changed.verdicts.integrity, changed.verdicts.completeness]).toEqual([5, "FAIL", "PASS"]);
  await writeFile(file, before);

  const database = new Database(path.join(ground.home, ".cto/ledger.db"));
  database.pragma("foreign_keys = OFF");
  database.prepare("DELETE FROM runs WHERE run_no = 3").run();
  database.close();
  const lost = await exported();
  expect([lost.exit, lost.verdicts.integrity, lost.verdicts.completeness]).toEqual([5, "PASS", "FAIL"]);
  expect(lost.verdicts.alarms).toEqual(
    expect.arrayContaining([
      "run numbers are missing: 3",
      `the bundle of ${runId(ground.work, 3)} is here, and the ledger knows no such run`,
    ]),
  );
});
