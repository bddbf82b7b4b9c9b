import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Log } from "sarif";
import { afterAll, beforeAll, expect, test } from "vitest";

import { contractDigest, type Contract } from "../../src/workflow/contract/contract.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { seedText } from "../fixtures/seed-packet.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, readText, runCto, STEERING, type Given, type Said } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

const cto = (line: string, given: Given = {}): Promise<Said> =>
  runCto(line.split(" "), { home: ground.home, cwd: ground.root, ...given });

test("R025 lint tells the packets of the home with warnings, and records who linted which bytes", async () => {
  const said = await cto("packet lint");
  expect(said).toMatchObject({ exit: 0, stderr: "" });
  expect(said.stdout).toMatch(
    /^\.sot\/03-PROTOCOLS\/CTO-SAMPLE-APPROVAL-PACKET\.md:6:9 {2}warning {2}packet\/source-missing\n {4}6 \| source: .*\n {6}\| {9}\^ /,
  );
  expect(said.stdout).toMatch(/0 errors, 2 warnings in 1 packet\n$/);
  const linted = await lookInto(ground.home, async ({ store }) =>
    (await store.leaves(0)).findLast(({ type }) => type === "packet.linted"),
  );
  expect(linted).toMatchObject({
    digests: { packet: digestOf(await readFile(path.join(ground.home, ground.packet))) },
    detail: { path: ground.packet },
  });
});

test("R025 an error is told where it stands, in text, for GitHub and in JSON; exit 3", async () => {
  await writeFile(
    path.join(ground.root, "bad.md"),
    seedText("a").replace("- `src/strings.py`", "- `.github/workflows/ci.yml`"),
  );
  const text = await runCto(["packet", "lint", "bad.md"], { cwd: ground.root });
  expect(text.exit).toBe(3);
  expect(text.stdout).toMatch(
    /^bad\.md:\d+:\d+ {2}error {4}packet\/allowed-is-forbidden\n +\d+ \| - `\.github\/workflows\/ci\.yml`\n +\| +\^ /m,
  );
  const github = await runCto(["packet", "lint", "bad.md", "--format", "github"], { cwd: ground.root });
  expect(github.stdout).toMatch(/^::error file=bad\.md,line=\d+,col=\d+,title=packet\/allowed-is-forbidden::/m);
  for (const flag of [["--json"], ["--format", "json"]]) {
    const json = jsonOf(await runCto(["packet", "lint", "bad.md", ...flag], { cwd: ground.root }));
    expect(json).toMatchObject({ schema: "cto.lint.v1", ok: false, counts: { packets: 1 } });
    expect(json["diagnostics"]).toContainEqual(
      expect.objectContaining({
        code: "packet/allowed-is-forbidden",
        severity: "error",
        line: expect.any(Number),
        endColumn: expect.any(Number),
      }),
    );
  }
});

test("R025 SARIF names the rule with its explain text, and columns in units of UTF-16", async () => {
  const token = `ghp_${"a".repeat(36)}`;
  await writeFile(
    path.join(ground.root, "an odd %.md"),
    seedText("a").replace("Task: align", `Task: 𝒈 ${token} align`),
  );
  const said = await runCto(["packet", "lint", "an odd %.md", "--format", "sarif"], { cwd: ground.root });
  expect(said.exit).toBe(3);
  const log = JSON.parse(said.stdout) as Log;
  const [run] = log.runs;
  expect(log).toMatchObject({ version: "2.1.0", runs: [{ columnKind: "utf16CodeUnits" }] });
  const found = run?.results?.find(({ ruleId }) => ruleId === "packet/secret");
  expect(found).toMatchObject({ level: "error" });
  expect(found?.locations?.[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: "an%20odd%20%25.md" },
    region: { startLine: 26, startColumn: 10, endLine: 26, endColumn: expect.any(Number) },
  });
  const rule = run?.tool.driver.rules?.[found?.ruleIndex ?? -1];
  const explained = jsonOf(await runCto(["explain", "packet/secret", "--json"]));
  expect(rule).toMatchObject({
    id: "packet/secret",
    shortDescription: { text: explained["message"] },
    fullDescription: { text: explained["why"] },
  });
  expect(said.stdout).not.toContain(token);
});

test("R025 what a packet says is no link and no place for an argument in SARIF", async () => {
  const name = "steering.md";
  await writeFile(path.join(ground.root, name), seedText("a").replace("- push\n", "- [push](https://a.example) {0}\n"));
  const { stdout } = await runCto(["packet", "lint", name, "--format", "sarif"], { cwd: ground.root });
  const texts = (JSON.parse(stdout) as Log).runs.flatMap(({ results }) => results?.map(({ message }) => message.text));
  const told = texts.find((text) => text?.includes("a.example"));
  expect(told).toContain(String.raw`\[push](https://a.example) {{0}}`);
});

test("R025 what a path or a text holds ends no workflow command of GitHub and begins none", async () => {
  const name = "a,b:c%0A.md";
  await writeFile(path.join(ground.root, name), "::error::x\n");
  const { stdout } = await runCto(["packet", "lint", name, "--format", "github"], { cwd: ground.root });
  for (const line of stdout.trimEnd().split("\n"))
    expect(line).toMatch(/^::error file=a%2Cb%3Ac%250A\.md,line=\d+,col=\d+,title=packet\/[a-z-]+::[^\n]+$/);
});

test("R029 a path that the target does not have is a warning in lint, and no word of the contract", async () => {
  const packet = await readText(ground.home, ground.packet);
  const lintWith = async (allowed: string): Promise<readonly unknown[]> => {
    await writeFile(path.join(ground.home, ground.packet), packet.replace("- `test_strings.py`", `- \`${allowed}\``));
    const { diagnostics } = jsonOf(await cto("packet lint --json"));
    return (diagnostics as readonly Readonly<Record<string, unknown>>[])
      .filter(({ code }) => /path-absent|through-link/.test(String(code)))
      .map(({ code, severity, message }) => [code, severity, message]);
  };
  try {
    expect(await lintWith("test_strings.py")).toEqual([]);
    expect(await lintWith("tests_strings.py")).toEqual([
      ["packet/path-absent", "warning", "tests_strings.py is not in the target: `main` has no such file."],
    ]);
  } finally {
    await writeFile(path.join(ground.home, ground.packet), packet);
  }
});

test("R140 the seed packet lints with 0 errors, unchanged and without a home", async () => {
  await writeFile(path.join(ground.root, "CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md"), seedText("a"));
  const said = await runCto(["packet", "lint", "CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md", "--json"], {
    cwd: ground.root,
  });
  expect(said.exit).toBe(0);
  expect(jsonOf(said)).toMatchObject({ counts: { errors: 0 } });
});

test("R015 what hides or steers is shown as code points, also in the line that is shown", async () => {
  await writeFile(
    path.join(ground.root, "turned.md"),
    seedText("a").replace("Task: align", "Task: \u202Ealign\u001B[31m"),
  );
  const { stdout } = await runCto(["packet", "lint", "turned.md", "--format", "text"], { cwd: ground.root });
  expect(stdout).toContain("Task: <U+202E>align<U+001B>[31m");
  expect(stdout.replaceAll("\n", "")).not.toMatch(STEERING);
  const json = await runCto(["packet", "lint", "turned.md", "--json"], { cwd: ground.root });
  expect(json.stdout.trimEnd()).not.toMatch(STEERING);
});

test("a file that is not there, or is no file, is a usage error", async () => {
  for (const name of ["nowhere.md", "home"])
    expect(await runCto(["packet", "lint", name], { cwd: ground.root })).toMatchObject({ exit: 2, stdout: "" });
});

test("a packet is found by its work item, name or path, or the beginning of one, and shown byte for byte on demand", async () => {
  const bytes = await readText(ground.home, ground.packet);
  for (const id of ["CTO-WORK-049", "CTO-WORK", "cto-sample-approval-packet", ground.packet])
    expect(await cto(`packet show ${id} --raw`)).toEqual({ exit: 0, stderr: "", stdout: bytes });
  expect(await cto("packet show CTO-WORK-94")).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("there is no packet CTO-WORK-94"),
  });
});

test("R028 packet show --contract prints the canonical contract, whose digest is the one that is shown", async () => {
  const { stdout } = await cto("packet show CTO-WORK-049 --contract");
  const shown = jsonOf(await cto("packet show CTO-WORK-049 --json"));
  expect(shown).toMatchObject({
    digests: { contract: digestOf(stdout) },
    state: "blocked",
    sentence: expect.stringMatching(/^I approve/),
  });
  expect(contractDigest(JSON.parse(stdout) as Contract)).toBe(digestOf(stdout));
});

test("R027 preview of what cannot be approved yet shows the contract and says what hinders it", async () => {
  const said = await cto("packet preview CTO-WORK-049");
  expect(said.exit).toBe(0);
  expect(said.stdout).toContain("Required approval, exactly these words");
  expect(said.stderr).toContain("it cannot be approved yet");
  expect(said.stderr).toContain("admission/absent");
  expect(jsonOf(await cto("packet preview CTO-WORK-049 --json"))).toMatchObject({
    view: { approvable: false, sha256: digestOf(said.stdout) },
  });
});

test("R007 preview of a file needs no home and prints the Non-Authority Notice", async () => {
  await writeFile(path.join(ground.root, "CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md"), seedText("b"));
  const said = await runCto(["packet", "preview", "CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md"], {
    cwd: ground.root,
  });
  expect(said.exit).toBe(0);
  expect(said.stdout).toContain("does not authorize mutation before JP approval");
});

test("packets and work items are listed with the state they are in", async () => {
  expect(jsonOf(await cto("packet list --json"))).toMatchObject({
    packets: [{ path: ground.packet, work: "CTO-WORK-049", errors: 0, state: "blocked" }],
  });
  expect(jsonOf(await cto("packet list --state accepted --json"))).toMatchObject({ packets: [] });
  expect(jsonOf(await cto("work list --json"))).toMatchObject({
    works: [{ work: "CTO-WORK-049", state: "blocked", reason: "admission/absent", target: ground.target }],
  });
});

test("R016 a work item that only a list names is a candidate without a packet; one whose packet does not lint is blocked by that", async () => {
  await writeFile(
    path.join(ground.home, ".sot/03-PROTOCOLS/CTO-SAMPLE-ISSUES.md"),
    "- CTO-WORK-050: Something later\n",
  );
  const broken = path.join(ground.home, ".sot/03-PROTOCOLS/CTO-BROKEN-APPROVAL-PACKET.md");
  await writeFile(broken, "# nothing about CTO-WORK-051 here lints\n");
  expect(jsonOf(await cto("work list --json"))).toMatchObject({
    works: [
      { work: "CTO-WORK-049" },
      { work: "CTO-WORK-050", title: "Something later", state: "candidate", who: "author" },
      { work: "CTO-WORK-051", state: "blocked", reason: expect.stringMatching(/^packet\//), who: "author" },
    ],
  });
  expect((await cto("packet list")).stdout).toMatch(/^- +errors: \d+ |^CTO-WORK-051 +errors: \d+ /m);
  const shown = await cto("packet show CTO-WORK-051");
  expect(shown).toMatchObject({ exit: 3, stdout: "", stderr: expect.stringMatching(/^refused +packet\//) });
  expect(await cto("packet show CTO-WORK-052")).toMatchObject({ exit: 2 });
});
