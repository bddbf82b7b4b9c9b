import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { seedText } from "../fixtures/seed-packet.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, readText, runCto } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

const NAME = "CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md";

test("--fix mends a file beside the home in place, keeps its mode, and a second time does nothing", async () => {
  const folder = path.join(ground.root, "drafts");
  await mkdir(folder);
  const file = path.join(folder, NAME);
  await writeFile(file, seedText("a").replaceAll("\n", "\r\n").replace("- push\r\n", ""));
  await chmod(file, 0o640);
  const first = await runCto(["packet", "lint", NAME, "--fix"], { cwd: folder });
  expect(first).toMatchObject({ exit: 0 });
  expect(first.stderr).toMatch(/^fixed +\S+ {2}packet\/invisible-characters {2}End each line/m);
  expect(first.stderr).toMatch(/^fixed +\S+ {2}packet\/forbidden-action-removed {2}Forbid push again$/m);
  expect(await readText(folder, NAME)).toBe(
    seedText("a").replace("- push\n", "").replace("- cortex_core_mutation\n", "- cortex_core_mutation\n- push\n"),
  );
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual([NAME]);
  const again = jsonOf(await runCto(["packet", "lint", NAME, "--fix", "--json"], { cwd: folder }));
  expect(again).toMatchObject({ ok: true, fixed: [] });
});

test("--fix writes a packet of the home over what was read, and leaves to its author what needs judgement", async () => {
  const packet = await readText(ground.home, ground.packet);
  const broken = packet.replace("Allowed paths:", "Allowed paths: ").replace("- `test_strings.py`", "- `../x`");
  await writeFile(path.join(ground.home, ground.packet), broken);
  const said = await runCto(["packet", "lint", "--fix", "--json"], { home: ground.home, cwd: ground.root });
  expect(said.exit).toBe(3);
  expect(jsonOf(said)).toMatchObject({
    ok: false,
    fixed: [{ file: ground.packet, made: [{ code: "packet/trailing-space" }] }],
    diagnostics: expect.arrayContaining([expect.objectContaining({ code: "packet/path-climbs" })]),
  });
  expect(await readText(ground.home, ground.packet)).toBe(packet.replace("- `test_strings.py`", "- `../x`"));
  await writeFile(path.join(ground.home, ground.packet), packet);
});

test("--watch tells again when a packet changed, also by an editor that replaces the file, until Ctrl-C", async () => {
  const place = path.join(ground.home, ground.packet);
  const packet = await readText(ground.home, ground.packet);
  const linted = (): Promise<number> =>
    lookInto(
      ground.home,
      async ({ store }) => (await store.leaves(0)).filter(({ type }) => type === "packet.linted").length,
    );
  const before = await linted();
  const ctrlC = new AbortController();
  const told: string[] = [];
  const heard = (text: string): void => {
    told.push(text);
    if (told.length === 1) void writeFile(place, packet.replace("- `test_strings.py`", "- `../x`"));
    else if (told.at(-1)?.includes("1 error") === true)
      void writeFile(`${place}.new`, packet.replace("Task: ", "Task: again ")).then(() =>
        rename(`${place}.new`, place),
      );
    else if (told.length > 2) ctrlC.abort();
  };
  const said = await runCto(["packet", "lint", "--watch"], { home: ground.home, heard, ctrlC: ctrlC.signal });
  expect(said.exit).toBe(0);
  expect(told.at(0)).toMatch(/0 errors/);
  expect(told.some((text) => text.includes("packet/path-climbs"))).toBe(true);
  expect(told.at(-1)).toMatch(/0 errors/);
  // Each record of the ledger is of other bytes than the one before.
  expect(await linted()).toBe(before + told.length);
  await writeFile(place, packet);
}, 30_000);

test("--fix tells of a file that cannot be replaced, and leaves it as it was", async () => {
  // What is laid beside it first has a longer name, and no file may have that.
  const name = `CTO-${"A".repeat(210)}-APPROVAL-PACKET.md`;
  const file = path.join(ground.root, name);
  const text = seedText("a").replaceAll("\n", "\r\n");
  await writeFile(file, text);
  const said = await runCto(["packet", "lint", name, "--fix"], { cwd: ground.root });
  expect(said.exit).toBe(4);
  expect(said.stderr).toContain("cannot be written: ENAMETOOLONG");
  expect(await readFile(file, "utf8")).toBe(text);
  await rm(file);
});

test("--watch and --fix together are a usage error", async () => {
  expect(await runCto(["packet", "lint", "--watch", "--fix"], { home: ground.home })).toMatchObject({ exit: 2 });
});
