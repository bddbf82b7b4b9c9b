import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";

import { afterEach, beforeEach, expect, test } from "vitest";

import { LIMITS } from "../../workflow/limits.ts";
import { isAlive, signal, statNow, type ProcessId } from "./processes.ts";
import { takeSlot } from "./slots.ts";
import { ownNamespace } from "./started-record.ts";

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

/** A process of a uid whose maker, the first of its session, is dead; as bubblewrap's child that was never let go. */
const leftBehind = async (uid: number): Promise<{ readonly maker: ProcessId; readonly left: ProcessId }> => {
  const argv = [
    `--reuid=${uid}`,
    `--regid=${uid}`,
    "--clear-groups",
    "--",
    "/bin/sh",
    "-c",
    "sleep 60 & echo $!; wait",
  ];
  const child = spawn("/usr/bin/setpriv", argv, { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  const [maker, left] = [statNow(child.pid ?? 0), statNow(Number(said.toString()))];
  if (maker === undefined || left === undefined) throw new Error("nothing stands there");
  child.kill("SIGKILL");
  await once(child, "exit");
  return { maker, left };
};

// Only root starts processes of another uid.
test.each(process.getuid?.() === 0 ? ["a uid of its own"] : [])(
  "R133 what a killed Harness left under %s is ended by whoever comes next, and what it did not start is left alone",
  async () => {
    const [ours, strange] = [await leftBehind(BASE), await leftBehind(BASE + 1)];
    const began = ({ pid, start }: ProcessId, namespace = ownNamespace()): string => `${pid} ${start} ${namespace}\n`;
    await writeFile(`${folder}/${BASE}.4194303.1.dead`, began(ours.maker));
    // Another session, a later process under the number of one of ours, and a number of another pid namespace.
    const others = [began(ours.maker), began({ ...strange.maker, start: "9".repeat(15) }), began(strange.maker, "1")];
    await writeFile(`${folder}/${BASE + 1}.4194303.1.dead`, others.join(""));
    try {
      await expect
        .poll(async () => {
          const slot = await takeSlot(BASE, folder);
          await slot.release();
          return slot.uid;
        })
        .toBe(BASE);
      expect([isAlive(ours.left), isAlive(strange.left)]).toEqual([false, true]);
      const held = await takeSlot(BASE, folder);
      expect([held.uid, (await takeSlot(BASE, folder)).uid]).toEqual([BASE, BASE + 2]);
      expect((await readdir(folder)).filter((name) => name.endsWith("dead"))).toEqual([]);
    } finally {
      for (const { left } of [ours, strange]) signal(left, "SIGKILL", "process");
    }
  },
);

test("what was started under a uid is written down in its claim until the uid is given back", async () => {
  const slot = await takeSlot(BASE, folder);
  slot.begun({ pid: 7, start: "8" });
  slot.begun({ pid: 9, start: "10" });
  const [claim = ""] = await readdir(folder);
  expect(await readFile(`${folder}/${claim}`, "utf8")).toBe(`7 8 ${ownNamespace()}\n9 10 ${ownNamespace()}\n`);
  await slot.release();
  expect(await readdir(folder)).toEqual([]);
});

test("a uid that has an account on this host is passed over", async () => {
  const accounts = await takeSlot(65_534, folder);
  expect(accounts.uid).not.toBe(65_534);
});

test("a folder that others may write is no place for claims", async () => {
  await chmod(folder, 0o777);
  await expect(takeSlot(BASE, folder)).rejects.toMatchObject({ code: "sandbox/broken" });
});
