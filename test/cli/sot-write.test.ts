import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { planLists, writeLists } from "../../src/harness/packet/write-work-lists.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { Failure } from "../../src/workflow/failure.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, STEERING, type Said } from "./cli.ts";

let ground: Ground;
let source = "";
let packet = "";
beforeAll(async () => {
  ground = await makeGround();
  packet = await read(ground.packet);
  source = /^source: (.*)$/m.exec(packet)?.[1] ?? "";
});
afterAll(() => ground.close());
afterEach(async () => {
  const folder = at(".sot/03-PROTOCOLS");
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true });
  await writeFile(at(ground.packet), packet);
});

const at = (file: string): string => path.join(ground.home, file);
const read = (file: string): Promise<string> => readFile(at(file), "utf8");
const write = (...flags: readonly string[]): Promise<Said> => runCto(["sot", "write", ...flags], { home: ground.home });
const OTHER = ".sot/03-PROTOCOLS/CTO-OTHER-APPROVAL-PACKET.md";

/** A second packet of the home, as the first one but for these words. */
const another = async (changes: readonly (readonly [from: string, to: string])[]): Promise<void> => {
  let text = (await read(ground.packet)).replace("name: cto-sample-approval", "name: cto-other-approval");
  for (const [from, to] of changes) text = text.replaceAll(from, to);
  await writeFile(at(OTHER), text);
};

const bytesOf = async (): Promise<readonly string[]> => {
  const entries = await readdir(at(".sot"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const drawn = files.map(async (file) => `${file} ${digestOf(new Uint8Array(await readFile(file)))}`);
  return (await Promise.all(drawn)).toSorted();
};

test("R009 R016 a list that packets name is made, lints without a finding, and is in step from then on", async () => {
  const codes = async (): Promise<readonly string[]> => {
    const { diagnostics } = jsonOf(await runCto(["sot", "lint", "--json"], { home: ground.home }));
    return (diagnostics as readonly { code: string; file: string }[]).map(({ code, file }) => `${code} ${file}`);
  };
  expect(await codes()).toContain(`packet/source-missing ${ground.packet}`);
  expect(await write("--check")).toMatchObject({
    exit: 3,
    stderr: expect.stringMatching(/contract\/list-behind .*CTO-WORK-049 added[^]*next +cto sot write/),
  });
  expect((await bytesOf()).some((file) => file.includes("-ISSUES.md"))).toBe(false);
  expect(jsonOf(await write("--json"))).toMatchObject({
    ok: true,
    lists: [{ path: source, made: true, added: ["CTO-WORK-049"], renewed: [] }],
  });
  expect((await codes()).filter((found) => /source-missing|work-not-listed|ISSUES/.test(found))).toEqual([]);
  const made = await bytesOf();
  expect(await write()).toMatchObject({ exit: 0, stdout: "in step   nothing is to be written\n" });
  expect(await write("--check")).toMatchObject({ exit: 0, stderr: "" });
  expect(await bytesOf()).toEqual(made);
});

test("a title follows its packet, what a person wrote stays byte for byte, and no status or review date changes", async () => {
  await write();
  const mine = `${(await read(source)).replace("status: draft", "status: proposed").replace("core_promotion_status: not-promoted", "core_promotion_status: proposed")}\nMine |  *kept*\n\n- CTO-WORK-333: extra\n`;
  await writeFile(at(source), mine);
  const [, title = ""] = /^# (.*)$/m.exec(await read(ground.packet)) ?? [];
  await ground.edit(ground.packet, `# ${title}`, "# A | new `title`");
  expect(await write("--check")).toMatchObject({ exit: 3, stderr: expect.stringContaining("CTO-WORK-049 renewed") });
  expect(await write()).toMatchObject({ exit: 0, stdout: expect.stringContaining("CTO-WORK-049 renewed") });
  expect(await read(source)).toBe(mine.replace(`- ${title}`, "- A | new `title`"));
});

test("two lists each get the packets that come from them; a packet that cannot be read is told and left out", async () => {
  const second = ".sot/03-PROTOCOLS/CTO-SECOND-ISSUES.md";
  await another([
    ["CTO-WORK-049", "CTO-WORK-050"],
    [source, second],
  ]);
  await writeFile(at(".sot/03-PROTOCOLS/CTO-BROKEN-APPROVAL-PACKET.md"), `CTO-WORK-051\n\u001B[31m`);
  const said = await write();
  expect(said).toMatchObject({
    exit: 0,
    stderr: expect.stringContaining("CTO-BROKEN-APPROVAL-PACKET.md cannot be read"),
  });
  expect(said.stdout.replaceAll("\n", "")).not.toMatch(STEERING);
  expect(await read(source)).not.toContain("CTO-WORK-050");
  expect(await read(second)).toMatch(/- `CTO-WORK-050` - /);
  expect(`${await read(source)}${await read(second)}`).not.toContain("CTO-WORK-051");
});

test("a packet that comes from another kind of document is told, and no list is made of that", async () => {
  await ground.edit(ground.packet, `source: ${source}`, "source: docs/CTO-PLAN-ISSUES.md");
  const before = await bytesOf();
  expect(jsonOf(await write("--json"))).toMatchObject({ ok: true, lists: [], unlisted: [ground.packet] });
  expect(await bytesOf()).toEqual(before);
});

test.each<readonly [what: string, lay: () => Promise<unknown>, exit: number, code: string]>([
  ["two packets with one id", () => another([]), 3, "contract/work-claimed-twice"],
  [
    "an id that another list has",
    () => writeFile(at(".sot/03-PROTOCOLS/CTO-SECOND-ISSUES.md"), "- CTO-WORK-049: elsewhere\n"),
    3,
    "contract/work-listed-elsewhere",
  ],
  ["a list that cannot be read", () => writeFile(at(source), "- CTO-WORK-4: a\n"), 3, "contract/work-id"],
  [
    "a list that repeats an id",
    () => writeFile(at(source), "- CTO-WORK-001: a\n- CTO-WORK-001: b\n"),
    3,
    "contract/work-repeated",
  ],
  ["a list of no text", () => writeFile(at(source), new Uint8Array([0xff])), 3, "packet/not-utf8"],
  [
    "a list whose marks were torn apart",
    () => writeFile(at(source), "<!-- cto sot write: end -->\n"),
    3,
    "contract/list-form",
  ],
  ["a folder where the list would be", () => mkdir(at(source)), 4, "home/unreadable"],
  [
    "a list that is a link out of the home",
    async () => {
      await writeFile(path.join(ground.root, "outside.md"), "- CTO-WORK-001: a\n");
      await symlink(path.join(ground.root, "outside.md"), at(source));
    },
    4,
    "home/unreadable",
  ],
  [
    "a list that is a dangling link",
    () => symlink(path.join(ground.root, "nowhere.md"), at(source)),
    4,
    "home/unreadable",
  ],
])("%s: nothing is written anywhere, and it says why", async (_, lay, exit, code) => {
  // A second list that could be written must not be either.
  await another([
    ["CTO-WORK-049", "CTO-WORK-050"],
    [source, ".sot/03-PROTOCOLS/CTO-THIRD-ISSUES.md"],
  ]);
  await lay();
  const before = await bytesOf();
  for (const flags of [["--check"], []]) {
    const said = await write(...flags);
    expect(said).toMatchObject({ exit, stdout: "" });
    expect(said.stderr).toMatch(new RegExp(`^(?:refused|failed) +${code}\\b`, "m"));
  }
  expect(await bytesOf()).toEqual(before);
  await expect(readFile(path.join(ground.root, "nowhere.md"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a list that was changed, made or taken away between the look and the writing is not written over", async () => {
  for (const [before, meanwhile] of [
    ["- CTO-WORK-001: a\n", "- CTO-WORK-002: b\n"],
    [undefined, "- CTO-WORK-002: b\n"],
    ["- CTO-WORK-001: a\n", undefined],
  ] as const) {
    const lay = (text: string | undefined): Promise<void> =>
      text === undefined ? rm(at(source), { force: true }) : writeFile(at(source), text);
    await lay(before);
    const failed = await lookInto(ground.home, async (world) => {
      const { lists } = await planLists(world);
      if (!lists.ok) throw new Error("not planned");
      await lay(meanwhile);
      return writeLists(world, lists.value).catch((error: unknown) => error);
    });
    expect(failed).toBeInstanceOf(Failure);
    expect(failed).toMatchObject({ code: "home/changed-meanwhile" });
    expect(await read(source).catch(() => undefined)).toBe(meanwhile);
  }
});

test("it records nothing in the ledger", async () => {
  const records = (): Promise<number> => lookInto(ground.home, async (world) => (await world.store.leaves(0)).length);
  const before = await records();
  expect(await write()).toMatchObject({ exit: 0 });
  expect(await records()).toBe(before);
});
