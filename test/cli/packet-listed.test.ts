import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, runCto, type Said } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());
beforeEach(async () => {
  // The packet that the ground brings along is another author's.
  for (const name of await documents()) await rm(at(`${FOLDER}/${name}`));
});

const FOLDER = ".sot/03-PROTOCOLS";
const FIRST = `${FOLDER}/CTO-WORK-ISSUES.md`;
const PLAN = `${FOLDER}/CTO-PLAN-ISSUES.md`;
const at = (file: string): string => path.join(ground.home, file);
const read = (file: string): Promise<string> => readFile(at(file), "utf8");
const documents = async (): Promise<readonly string[]> => (await readdir(at(FOLDER))).toSorted();

const cto = (...argv: readonly string[]): Promise<Said> => runCto(argv, { home: ground.home, cwd: ground.root });
const asked = (title: string): readonly string[] => [
  "--title",
  title,
  "--target",
  "target",
  "--task",
  "align `src/strings.py`",
  "--allow",
  "src/strings.py",
  "--validate",
  "python3 -m pytest -q",
  "--criterion",
  "It splits",
  "--shown-by",
  "test.log",
  "--backend",
  "scripted",
];
const made = (title: string, ...more: readonly string[]): Promise<Said> =>
  cto("packet", "new", ...asked(title), ...more, "--json");
const codes = async (): Promise<readonly string[]> => {
  const { diagnostics } = jsonOf(await cto("sot", "lint", "--json"));
  return (diagnostics as readonly { code: string }[]).map(({ code }) => code);
};

test("R016 the first packet of a home is listed in a list made for it, and neither of both is a finding of lint", async () => {
  const told = await cto("packet", "new", ...asked("Align | `slugify`"));
  expect(told).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^listed {4}\S+\/CTO-WORK-ISSUES\.md {3}made for it$/m),
  });
  expect(told.stdout).not.toContain("packet/source-missing");
  expect(await read(FIRST)).toContain("- `CTO-WORK-001` - Align | `slugify`\n");
  expect((await codes()).filter((code) => !code.startsWith("packet/criterion"))).toEqual([]);
  expect(await cto("sot", "write", "--check")).toMatchObject({ exit: 0 });
  expect(jsonOf(await made("Again"))).toMatchObject({ work: "CTO-WORK-002", list: FIRST });
  expect(await read(FIRST)).toMatch(/CTO-WORK-001[^]*CTO-WORK-002` - Again\n/);
  expect((await documents()).filter((name) => name.endsWith("ISSUES.md"))).toEqual(["CTO-WORK-ISSUES.md"]);
});

test("R016 the packet of a work item that a list names comes from that list, which keeps every byte", async () => {
  const plan = "# Plan\n\n- CTO-WORK-007: In a person's words\n";
  await writeFile(at(PLAN), plan);
  await writeFile(at(FIRST), "- CTO-WORK-001: a\n");
  expect(jsonOf(await made("Seven", "--id", "CTO-WORK-007"))).toMatchObject({ ok: true, list: PLAN });
  expect(await read(PLAN)).toBe(plan);
  expect(await cto("packet", "new", ...asked("Once more"), "--id", "CTO-WORK-007")).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("work/id-used"),
  });
});

test("a packet comes from the only list there is, or from that of the packet that it is taken from", async () => {
  await writeFile(at(PLAN), "# Plan\n");
  expect(jsonOf(await made("First"))).toMatchObject({ list: PLAN });
  expect(await read(PLAN)).toMatch(/^# Plan\n[^]*- `CTO-WORK-001` - First\n/);
  await writeFile(at(`${FOLDER}/CTO-SECOND-ISSUES.md`), "# Second\n");
  const from = at(`${FOLDER}/CTO-FIRST-APPROVAL-PACKET.md`);
  expect(jsonOf(await made("Like it", "--from", from))).toMatchObject({ list: PLAN });
  expect(jsonOf(await made("Of several"))).toMatchObject({ list: FIRST });
});

test.each<readonly [what: string, text: string, code: string]>([
  ["a list that repeats an id", "- CTO-WORK-001: a\n- CTO-WORK-001: b\n", "contract/work-repeated"],
  ["a list of another name", "---\nname: x\n---\n", "packet/key-missing"],
  ["a list with a fence open at its end", "```\n", "contract/list-form"],
])("beside %s nothing is written, neither packet nor list", async (_, text, code) => {
  await writeFile(at(PLAN), text);
  const before = await documents();
  expect(await cto("packet", "new", ...asked("First"))).toMatchObject({
    exit: 3,
    stdout: "",
    stderr: expect.stringMatching(new RegExp(`${code}[^]*Nothing was written`)),
  });
  expect(await documents()).toEqual(before);
  expect(await read(PLAN)).toBe(text);
});
