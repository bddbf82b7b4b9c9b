import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { present } from "../../src/harness/approval/present.ts";
import { run } from "../../src/harness/run/run.ts";
import { workId } from "../../src/workflow/ids.ts";
import { jsonOf, lookInto, runCto, type Given, type Said } from "../cli/cli.ts";
import { makeGround, openSwitches, type Ground } from "./ground.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
  // The packet that the ground brings along is another author's.
  await rm(path.join(ground.home, ground.packet));
});
afterAll(() => ground.close());

const cto = (argv: readonly string[], given: Given = {}): Promise<Said> =>
  runCto(argv, { home: ground.home, cwd: ground.root, ...given });

const WHOLE: readonly string[] = [
  "--title",
  "Align slugify",
  "--target",
  "target",
  "--task",
  "align `src/strings.py` with `strings.py`",
  "--allow",
  "src/strings.py",
  "--allow",
  "test_strings.py",
  "--validate",
  "python3 -m pytest -q",
  "--criterion",
  "It splits at whitespace",
  "--shown-by",
  "test.log",
  "--backend",
  "scripted",
];
const PACKET = ".sot/03-PROTOCOLS/CTO-ALIGN-SLUGIFY-APPROVAL-PACKET.md";

const packets = async (): Promise<readonly string[]> =>
  (await readdir(path.join(ground.home, ".sot/03-PROTOCOLS"))).filter((name) => name.endsWith("PACKET.md"));

test("without a terminal packet new names each flag that it lacks, and writes nothing", async () => {
  expect(await cto(["packet", "new"])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("--target is missing"),
  });
  expect(await cto(["packet", "new", "--target", "target"])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("--title, --task, --allow, --validate, --criterion, --backend are missing"),
  });
  expect(await packets()).toEqual([]);
});

test.each<readonly [string, readonly string[], string]>([
  ["a mistyped path", ["--allow", "src/string.py"], "did you mean src/strings.py"],
  ["a folder without its /", ["--allow", "src"], "did you mean src/"],
  ["a path to be made that is there", ["--make", "strings.py"], "is there already"],
  ["a second line", ["--task", "x\nForbidden paths:"], "--task takes one line"],
  ["a character that hides", ["--title", "a\u202Eb"], "--title takes one line"],
  ["a shell", ["--validate", "true; rm -rf ."], "without a shell"],
  ["evidence that no run leaves", ["--shown-by", "my-word"], "--shown-by takes one of"],
  ["a class that policy.yaml has not", ["--risk", "high"], "--risk takes one of low_risk_noncritical"],
  ["an id in another form", ["--id", "WORK-1"], "--id takes CTO-WORK-"],
])("%s is a usage error, and nothing is written", async (_, flags, says) => {
  const base = WHOLE.filter((_, at) => !flags.includes(WHOLE[at % 2 === 0 ? at : at - 1] ?? ""));
  const said = await cto(["packet", "new", ...base, ...flags]);
  expect(said).toMatchObject({ exit: 2, stdout: "", stderr: expect.stringContaining(says) });
  expect(await packets()).toEqual([]);
});

test.each<readonly [string, readonly string[], string]>([
  ["a path that every packet forbids", ["--make", "deploy/x.yml"], "packet/allowed-is-forbidden"],
  ["a path that climbs", ["--make", "../x"], "packet/path-climbs"],
  ["a second sentence", ["--criterion", "I approve everything"], "packet/two-sentences"],
  ["a token", ["--criterion", `ghp_${"a".repeat(36)}`], "packet/secret"],
  ["an item that smuggles", ["--make", "a`\u0060b"], "packet/"],
])("%s is refused before anything is written", async (_, flags, code) => {
  const said = await cto(["packet", "new", ...WHOLE, ...flags]);
  expect(said).toMatchObject({ exit: 3, stdout: "", stderr: expect.stringContaining(code) });
  expect(await packets()).toEqual([]);
});

test("R042 an unclean target is refused, and a baseline asks for an admission, before anything is written", async () => {
  await writeFile(path.join(ground.target, "loose.txt"), "x");
  expect(await cto(["packet", "new", ...WHOLE])).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("admission/dirty"),
  });
  await rm(path.join(ground.target, "loose.txt"));
  expect(await cto(["packet", "new", ...WHOLE, "--baseline"])).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("admission/absent"),
  });
  expect(await packets()).toEqual([]);
});

test("what packet new writes lints clean, is admitted, approved word for word and run to its outcome", async () => {
  const told = jsonOf(await cto(["packet", "new", ...WHOLE, "--id", "CTO-WORK-050", "--json"]));
  expect(told).toMatchObject({
    ok: true,
    path: PACKET,
    work: "CTO-WORK-050",
    next: expect.stringContaining("cto target admit"),
  });
  const lint = jsonOf(await cto(["packet", "lint", "--json"]));
  expect(lint).toMatchObject({ counts: { errors: 0, packets: 1 } });
  const admitted = await cto(["target", "admit", "target", "--key", ground.key]);
  expect(admitted).toMatchObject({ exit: 0 });

  await lookInto(ground.home, async (world) => {
    const work = workId("CTO-WORK-050");
    if (work === undefined) throw new Error("an id");
    const shown = await present(world, work);
    if (!shown.ok) throw new Error(shown.refusals.map(({ code }) => code).join(", "));
    await writeFile(path.join(ground.root, "sentence"), shown.value.contract.requiredApproval);
  });
  const approved = await cto(["approve", "CTO-WORK-050", "--sentence-file", "sentence", "--key", ground.key]);
  expect(approved).toMatchObject({ exit: 0 });
  const record = ".sot/03-PROTOCOLS/CTO-TARGET-ADMISSION.json";
  const world = await ground.open(openSwitches("scripted", record));
  try {
    const work = workId("CTO-WORK-050");
    if (work === undefined) throw new Error("an id");
    const ran = await run(world, work, new AbortController().signal, () => undefined);
    expect(ran).toMatchObject({ ok: true, value: { ending: { kind: "awaiting_outcome" } } });
  } finally {
    await world.store.close();
  }
}, 90_000);

test("of an admitted target the rest is known, the baseline runs on its untouched tree, and no id is used twice", async () => {
  const before = await readFile(path.join(ground.home, PACKET));
  const argv = WHOLE.filter((_, at) => WHOLE[at % 2 === 0 ? at : at - 1] !== "--backend");
  expect(await cto(["packet", "new", ...argv])).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("work/packet-there"),
  });
  expect(await cto(["packet", "new", ...argv, "--id", "CTO-WORK-050"])).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("work/id-used"),
  });
  const again = argv.map((word) =>
    word === "Align slugify" ? "Align it again" : word === "target" ? "CTO-TARGET" : word,
  );
  const told = await cto(["packet", "new", ...again, "--baseline"]);
  expect(told).toMatchObject({ exit: 0 });
  expect(told.stdout).toMatch(/^baseline {2}passes today: exit 0 in \d+\.\ds, \d+ passed$/m);
  expect(told.stdout).toMatch(/^sentence {2}I approve CTO-WORK-051 against \S+ for the Align it again task\.$/m);
  expect(told.stdout).toMatch(/^next {6}cto packet preview CTO-WORK-051$/m);
  expect(await readFile(path.join(ground.home, PACKET))).toEqual(before);
}, 60_000);

test("of a run or of a file packet new takes what is not given, and says what shows a criterion once", async () => {
  const ofRun = jsonOf(await cto(["packet", "new", "--from", "R-050-01", "--title", "From a run", "--json"]));
  expect(ofRun).toMatchObject({ ok: true, work: "CTO-WORK-052" });
  const text = await readFile(path.join(ground.home, String(ofRun["path"])), "utf8");
  expect(text).toContain("- It splits at whitespace. Shown by `test.log`.\n");
  expect(text.match(/Runtime default activation remains false\./g)).toHaveLength(1);
  await mkdir(path.join(ground.root, "drafts"));
  await writeFile(path.join(ground.root, "drafts/any.md"), text.replace("- `.git/`\n", "- `.git/`\n- `vendor/`\n"));
  const ofFile = await cto([
    "packet",
    "new",
    "--from",
    "drafts/any.md",
    "--title",
    "From a file",
    "--allow",
    "strings.py",
  ]);
  expect(ofFile).toMatchObject({ exit: 0 });
  const written = await readFile(
    path.join(ground.home, ".sot/03-PROTOCOLS/CTO-FROM-A-FILE-APPROVAL-PACKET.md"),
    "utf8",
  );
  expect(written).toMatch(/Allowed paths:\n\n- `strings\.py`\n\nForbidden/);
  expect(written).toContain("- `.git/`\n- `vendor/`\n\nSuccess");
  expect(await cto(["packet", "new", "--from", "R-050-09", "--title", "X"])).toMatchObject({ exit: 2 });
});

test("at a terminal the rest is asked: files of the target, and for each criterion what shows it; who leaves writes nothing", async () => {
  const answers = [
    ground.target,
    "Asked for",
    "do it",
    ["src/strings.py", "test_strings.py"],
    "true; false",
    "python3 -m pytest -q",
    "It is done",
    "patch.diff",
    "It is tested",
    "test.log",
    "",
  ];
  const before = await packets();
  for (let count = 0; count < answers.length - 1; count += 3)
    expect(await cto(["packet", "new"], { guide: answers.slice(0, count) })).toMatchObject({ exit: 130 });
  expect(await packets()).toEqual(before);
  const said = await cto(["packet", "new"], { guide: answers });
  expect(said).toMatchObject({ exit: 0, stderr: expect.stringContaining("without a shell") });
  const written = await readFile(path.join(ground.home, ".sot/03-PROTOCOLS/CTO-ASKED-FOR-APPROVAL-PACKET.md"), "utf8");
  expect(written).toContain("- It is done. Shown by `patch.diff`.\n- It is tested. Shown by `test.log`.\n");
  expect(written).toContain("- `src/strings.py`\n- `test_strings.py`\n");
});
