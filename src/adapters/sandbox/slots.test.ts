import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";

import { afterEach, beforeEach, expect, test } from "vitest";

import { LIMITS } from "../../workflow/limits.ts";
import { statNow } from "./processes.ts";
import { takeSlot } from "./slots.ts";

const BASE = 71_200;
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(`${tmpdir()}/cto-slots-`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("R064 stages that open at once each get a uid of their own, and one too many gets none", async () => {
  const slots = await Promise.all(Array.from({ length: LIMITS.sandboxSlots }, () => takeSlot(BASE, folder)));
  expect(new Set(slots.map(({ uid }) => uid)).size).toBe(LIMITS.sandboxSlots);
  await expect(takeSlot(BASE, folder)).rejects.toMatchObject({ code: "sandbox/broken", retry: true });
  await slots[3]?.release();
  expect((await takeSlot(BASE, folder)).uid).toBe(BASE + 3);
});

test("processes that claim at the same moment never share a uid", async () => {
  const script = `import { takeSlot } from "${import.meta.dirname}/slots.ts";
    const slot = await takeSlot(${BASE}, ${JSON.stringify(folder)});
    process.stdout.write(String(slot.uid)); process.stdin.resume(); process.stdin.on("end", () => process.exit());`;
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ["--input-type=module-typescript", "-e", script]),
  );
  const uids = await Promise.all(
    children.map(
      (child) =>
        new Promise<string>((resolve) => child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString()))),
    ),
  );
  for (const child of children) child.stdin.end();
  expect(new Set(uids).size).toBe(5);
});

test("a claim of a process that is gone is worth nothing, and that of a living one holds", async () => {
  await writeFile(`${folder}/${BASE}.4194303.1.dead`, "");
  await writeFile(`${folder}/${BASE + 1}.${process.pid}.1.restarted`, "");
  const start = statNow(process.ppid)?.start;
  await writeFile(`${folder}/${BASE + 2}.${process.ppid}.${start}.living`, "");
  const uids = [];
  for (let at = 0; at < 3; at += 1) uids.push((await takeSlot(BASE, folder)).uid);
  expect(uids).toEqual([BASE, BASE + 1, BASE + 3]);
  expect((await readdir(folder)).filter((name) => /dead|restarted/.test(name))).toEqual([]);
});

test("a uid that has an account on this host is passed over", async () => {
  const accounts = await takeSlot(65_534, folder);
  expect(accounts.uid).not.toBe(65_534);
});

test("a folder that others may write is no place for claims", async () => {
  await chmod(folder, 0o777);
  await expect(takeSlot(BASE, folder)).rejects.toMatchObject({ code: "sandbox/broken" });
});
