import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { digestOf } from "../../src/workflow/digest.ts";
import { makeKey } from "../fixtures/ssh.ts";
import { ADMISSION, makeGround, openSwitches, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, refusalCodes, runCto, type Given, type Said } from "./cli.ts";

let ground: Ground;
let sentence = "";

beforeAll(async () => {
  ground = await makeGround();
  await admitAgain();
  sentence = `I approve ${ground.work} against ${ground.target} for the src/strings.py slugify alignment task.`;
});
afterAll(() => ground.close());

const cto = (line: string, given: Given = {}): Promise<Said> =>
  runCto(line.split(" "), { home: ground.home, cwd: ground.root, ...given });
const admitAgain = (): Promise<Said> => cto(`target admit ${ground.target} --key ${ground.key}`);
const approve = (input: string | Uint8Array, more: string = ""): Promise<Said> =>
  cto(`approve ${ground.work} --key ${ground.key} --sentence-file -${more}`, { input });

const leaves = (): Promise<readonly string[]> =>
  lookInto(ground.home, async ({ store }) => (await store.leaves(0)).map(({ type }) => type));

test("R043 an admission is signed, listed, shown and holds; the gate finds it by what admit printed", async () => {
  const admitted = jsonOf(
    await cto(`target admit ${ground.target} --key ${ground.key} --expires 30d --reason test --json`),
  );
  expect(admitted).toMatchObject({
    path: ADMISSION,
    admission: { status: "admitted", owner: "jp", stages: [5], backends: ["scripted"] },
    signedBy: expect.stringMatching(/^SHA256:/),
  });
  expect(admitted["sha256"]).toBe(digestOf(await readFile(path.join(ground.home, ADMISSION))));
  expect((await cto("target list")).stdout).toMatch(/^admitted {2}CTO-SAMPLE-TARGET {2}\S+ {2}expires in 30 d$/m);
  expect(await cto("target check CTO-S")).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^drift +none$/m) });
  expect(jsonOf(await cto(`target show ${ground.target} --json`))).toMatchObject({
    drift: [],
    observed: { branch: "main" },
  });
});

test("R043 a target that drifted is told with every difference, exit 3, and not a byte of it is written", async () => {
  await writeFile(path.join(ground.target, "strange.txt"), "x");
  try {
    const said = await cto("target check CTO-SAMPLE");
    expect(said).toMatchObject({ exit: 3, stdout: "" });
    expect(refusalCodes(said)).toEqual(["admission/dirty"]);
    expect(jsonOf(await cto("target check CTO-SAMPLE --json"))).toMatchObject({
      ok: false,
      refusals: [{ code: "admission/dirty" }],
      observed: null,
    });
  } finally {
    await rm(path.join(ground.target, "strange.txt"));
  }
});

test("R043 what cannot be admitted is refused with its reasons and writes nothing", async () => {
  const said = await cto(`target admit ${ground.home} --key ${ground.key}`);
  expect(said).toMatchObject({ exit: 3, stdout: "" });
  expect(said.stderr).toContain("Nothing was admitted and nothing was written.");
  const stranger = await cto(`target admit ${ground.target} --key ${ground.key} --owner eve`);
  expect(refusalCodes(stranger)).toEqual(["admission/not-the-owner"]);
});

test("R043 suspend and revoke take the approval's authority at once; a revocation is not made milder", async () => {
  await approve(sentence);
  expect(await cto("target suspend CTO-SAMPLE --reason moving", {})).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("suspended"),
  });
  expect(jsonOf(await cto(`work show ${ground.work} --json`))).toMatchObject({
    state: "blocked",
    reason: "admission/suspended",
  });
  expect(await cto("target revoke CTO-SAMPLE --reason gone")).toMatchObject({ exit: 0 });
  const again = await cto("target suspend CTO-SAMPLE --reason milder");
  expect(again).toMatchObject({ exit: 3, stdout: "" });
  expect(refusalCodes(again)).toEqual(["admission/revoked"]);
  await admitAgain();
});

test("R027 preview prints exactly the bytes whose digest the approval binds", async () => {
  const preview = await cto(`packet preview ${ground.work}`);
  expect(preview).toMatchObject({ exit: 0, stderr: "" });
  const approved = jsonOf(await approve(sentence, " --json"));
  expect(approved).toMatchObject({ approval: { digests: { presented: digestOf(preview.stdout) } } });
});

test("R047 an approval tells its assurance, its expiry, that it is used once, and what comes next", async () => {
  const said = await approve(`${sentence}\n`);
  expect(said.exit).toBe(0);
  expect(said.stdout).toMatch(
    /^recorded {2}ap-\d+ · A2 · SSH key · expires in 24 h · single use · ledger \d+\nnext {6}cto gate CTO-WORK-049, then cto run CTO-WORK-049\n$/,
  );
  // R052: the whole contract stands above the question.
  expect(said.stderr).toContain("Required approval, exactly these words");
  expect(said.stderr).toContain("self-approved");
});

// The 22 variants are held by the sentence's own tests; here is what a person sees of them.
const NEAR_MISSES: readonly (readonly [what: string, change: (words: string) => string, says: RegExp])[] = [
  [
    "two letters swapped",
    (words) => words.replace("against", "agianst"),
    /At character 26: expected "a"[^,]*, got "i" \(U\+0069\)\. Nothing was recorded\./,
  ],
  ["a mark that turns the text", (words) => `${words}\u202E`, /expected the end, got U\+202E\. Nothing was recorded\./],
  ["nothing at all", () => "", /At character 1: expected "I"[^,]*, got the end\. Nothing was recorded\./],
];

test.each(NEAR_MISSES)(
  "R044 %s is refused with place and code point, exit 3, and records no consent",
  async (_, change, says) => {
    const before = (await leaves()).filter((type) => type === "approval.recorded").length;
    const said = await approve(change(sentence));
    expect(said).toMatchObject({ exit: 3, stdout: "" });
    expect(refusalCodes(said)).toEqual(["approval/not-exact"]);
    expect(said.stderr).toMatch(says);
    expect(said.stderr).not.toContain("\u202E");
    expect((await leaves()).filter((type) => type === "approval.recorded")).toHaveLength(before);
  },
);

test("R053 without a terminal and without --sentence-file nothing is asked: exit 2 names the flag", async () => {
  const said = await cto(`approve ${ground.work} --key ${ground.key}`);
  expect(said).toMatchObject({ exit: 2, stdout: "" });
  expect(said.stderr).toContain("--sentence-file");
  expect(said.stderr).not.toContain("Required approval");
});

test("R053 at a terminal the words are asked for up to three times, and each try is in the ledger", async () => {
  const refused = (await leaves()).filter((type) => type === "approval.refused").length;
  const third = await cto(`approve ${ground.work} --key ${ground.key}`, { types: ["yes", "I approve.", sentence] });
  expect(third).toMatchObject({ exit: 0 });
  expect((await leaves()).filter((type) => type === "approval.refused")).toHaveLength(refused + 2);
  const never = await cto(`approve ${ground.work} --key ${ground.key}`, { types: ["a", "b", "c", sentence] });
  expect(never).toMatchObject({ exit: 3, stdout: "" });
  const closed = await cto(`approve ${ground.work} --key ${ground.key}`, { types: [""] });
  expect([...closed.stderr.matchAll(/Type exactly/g)]).toHaveLength(1);
});

test("R047 without a key the words are host-attested only, told before they are asked for, and refused by policy", async () => {
  const said = await cto(`approve ${ground.work}`, { types: [sentence] });
  expect(said.exit).toBe(3);
  expect(said.stderr).toMatch(/note {6}without --key this is A1 at most: consent is host-attested only/);
  expect(refusalCodes(said)).toContain("approval/below-minimum");
});

test("R047 a key of nobody who may approve is told before the words are asked for, and refused with them", async () => {
  const { file } = makeKey(ground.root, "stranger");
  const said = await cto(`approve ${ground.work} --key ${file}`, { types: [sentence] });
  expect(said).toMatchObject({ exit: 3, stdout: "" });
  const [note, asked] = [
    said.stderr.indexOf("is no key of jp in allowed_signers"),
    said.stderr.indexOf("Type exactly"),
  ];
  expect(note).toBeGreaterThan(0);
  expect(asked).toBeGreaterThan(note);
  expect((await approve(sentence)).stderr).not.toContain("is no key of");
});

test("an approval that was withdrawn is listed as such, cannot be withdrawn again, and the work item says by whom", async () => {
  const { id } = jsonOf(await approve(sentence, " --json"))["approval"] as { readonly id: string };
  expect(jsonOf(await cto(`work show ${ground.work} --json`))).toMatchObject({
    state: "approved",
    who: "operator",
    next: `cto run ${ground.work}`,
  });
  expect(jsonOf(await cto(`approval show ${id} --json`))).toMatchObject({
    approval: { state: "open" },
    record: { sentence },
  });
  expect(await cto(`approval withdraw ${id} --reason wrong`)).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining(`withdrawn ${id}`),
  });
  expect((await cto("approval list")).stdout).toMatch(new RegExp(`^${id} .*withdrawn by`, "m"));
  expect(jsonOf(await cto(`work show ${ground.work} --json`))).toMatchObject({ state: "withdrawn" });
  const again = await cto(`approval withdraw ${ground.work} --reason wrong`);
  expect(again).toMatchObject({ exit: 3, stdout: "" });
  expect(refusalCodes(again)).toEqual(["approval/withdrawn"]);
});

test("an older approval is not withdrawn in the place of the newest", async () => {
  const [older, newest] = [jsonOf(await approve(sentence, " --json")), jsonOf(await approve(sentence, " --json"))].map(
    ({ approval }) => (approval as { id: string }).id,
  );
  expect(await cto(`approval withdraw ${older} --reason old`)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("is not the newest approval"),
  });
  expect(jsonOf(await cto(`approval show ${newest} --json`))).toMatchObject({ approval: { state: "open" } });
});

test("R050 an approval whose packet was changed shows as stale with what moved", async () => {
  await approve(sentence);
  await ground.edit(ground.packet, "Approval packet of a test.", "Approval packet of a test, reworded.");
  try {
    const view = jsonOf(await cto(`work show ${ground.work} --json`));
    expect(view).toMatchObject({
      state: "stale",
      word: expect.stringContaining("packet"),
      next: `cto approve ${ground.work} --key KEY`,
    });
  } finally {
    await ground.edit(ground.packet, "Approval packet of a test, reworded.", "Approval packet of a test.");
  }
});

test("R054 the gate tells every reason at once, with its next step, and starts nothing", async () => {
  await cto(`approval withdraw ${ground.work} --reason gate`);
  const said = await cto(`gate ${ground.work}`);
  expect(said).toMatchObject({ exit: 3, stderr: "" });
  for (const code of ["approval/withdrawn", "gate/env-not-set"]) expect(said.stdout).toContain(code);
  expect(said.stdout).toMatch(
    /Blocked by \d+ reasons? in \d+ of \d+ preconditions(?:, \d+ wait for those)?\. Nothing was started\. The target was not written\.\n$/,
  );
  // What is told as a next step is what can be typed: the ids are in their places.
  expect(said.stdout).toContain(`-> cto approve ${ground.work} --key KEY`);
  expect(said.stdout).not.toMatch(/\b(?:WORK-ID|RUN)\b/);
  await approve(sentence);
  const open = await cto(`gate ${ground.work}`, { env: openSwitches("scripted") });
  expect(open).toMatchObject({ exit: 0, stdout: expect.stringMatching(/Open: cto run would start\.\n$/) });
});

test("status says what needs whom", async () => {
  await approve(sentence);
  const status = jsonOf(await cto("status --json"));
  expect(status).toMatchObject({
    needs: [{ work: ground.work, state: "approved", who: "operator" }],
    running: [],
    counts: { approved: 1 },
  });
  expect(jsonOf(await cto("status --needs me --json"))).toMatchObject({ needs: [{ work: ground.work }] });
  expect(jsonOf(await cto("status --needs jp --json"))).toMatchObject({ needs: [] });
  expect((await cto("status")).stdout).toMatch(
    /^CTO-WORK-049 {2}Approved, not started.* operator: cto run CTO-WORK-049\n1 approved\n$/,
  );
});

test.each([
  "gate CTO-WORK-999",
  "approve CTO-WORK-999 --sentence-file -",
  "work show CTO-WORK-999",
  "runs --work CTO-WORK-999",
  "approval withdraw CTO-WORK-999 --reason r",
])("R128 %s names nothing: exit 2, with the nearest", async (line) => {
  expect(await cto(line)).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining("there is no work item CTO-WORK-999; did you mean CTO-WORK-049?"),
  });
});
