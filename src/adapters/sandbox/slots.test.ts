import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";

import { afterEach, beforeEach, expect, test } from "vitest";

import { LIMITS } from "../../workflow/limits.ts";
import { prepareGathering } from "./gathering.ts";
import { launchChain, type Chain } from "./launch-chain.ts";
import { isAlive, livingOfUid, livingWithWord, signal, statNow, type ProcessId } from "./processes.ts";
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

const UIDS = process.getuid?.() === 0 ? [BASE] : [];
if (UIDS.length === 0) process.stderr.write("not checked: only root starts processes of another uid\n");
const NOBODY = "4194303.1";
const MARK = "a1".repeat(12);

/** What a real chain leaves whose Harness was killed: bubblewrap's first process, which its dead parent never lets go. */
const leftBehind = async (uid: number, mark: string): Promise<ProcessId> => {
  const gathering = `${folder}/gathering`;
  await mkdir(gathering);
  const chain: Chain = { identity: { kind: "slot", uid, mark }, sources: [], gathering, processesMax: 100 };
  prepareGathering(chain);
  const [program, ...argv] = launchChain(chain);
  const child = spawn(program, [...argv, "/bin/true"], { stdio: Array(7).fill("pipe"), detached: true, env: {} });
  for (const pipe of child.stdio) pipe?.destroy();
  await once(child, "exit");
  const [left, ...more] = livingOfUid(uid);
  if (left === undefined || more.length > 0) throw new Error(`${more.length + 1} are left`);
  return left;
};

const claimed = (uid: number, name: string): Promise<void> => writeFile(`${folder}/${uid}.${name}`, "");

test.each(UIDS)("R133 what a killed Harness left under uid %i is ended, and only then is the uid free", async (uid) => {
  const left = await leftBehind(uid, MARK);
  await claimed(uid, `${NOBODY}.${ownNamespace()}.${MARK}`);
  expect((await takeSlot(uid, folder)).uid).toBe(uid + 1);
  await expect.poll(() => isAlive(left)).toBe(false);
  expect((await takeSlot(uid, folder)).uid).toBe(uid);
  expect((await readdir(folder)).filter((name) => name.endsWith(MARK))).toEqual([]);
});

test.each(UIDS)(
  "R133 a chain that has not come to uid %i yet keeps it from being free, and is left to come",
  async (uid) => {
    const coming = spawn("/bin/sh", ["-c", "read -r end", MARK], { stdio: ["pipe", "ignore", "ignore"] });
    await claimed(uid, `${NOBODY}.${ownNamespace()}.${MARK}`);
    expect((await takeSlot(uid, folder)).uid).toBe(uid + 1);
    coming.stdin.end("\n");
    expect(await once(coming, "exit")).toEqual([0, null]);
    expect((await takeSlot(uid, folder)).uid).toBe(uid);
  },
);

test.each(UIDS)(
  "what another user gives the mark of a dead Harness to keeps uid %i from nobody, and lives on",
  async (uid) => {
    const argv = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", "/bin/sh", "-c", "read -r end", MARK];
    const other = spawn("/usr/bin/setpriv", argv, { stdio: ["pipe", "ignore", "ignore"] });
    const id = statNow(other.pid ?? 0);
    if (id === undefined) throw new Error("nothing stands there");
    await expect.poll(() => livingWithWord([65_534], [MARK])).toEqual([id].map(({ pid, start }) => ({ pid, start })));
    await claimed(uid, `${NOBODY}.${ownNamespace()}.${MARK}`);
    expect((await takeSlot(uid, folder)).uid).toBe(uid);
    other.stdin.end("\n");
    expect(await once(other, "exit")).toEqual([0, null]);
  },
);

// By what the claim of a dead Harness says of what was left under that mark.
const STRANGE: Readonly<Record<string, string>> = {
  "what another claim's mark is on": `${NOBODY}.${ownNamespace()}.${MARK.replaceAll("a", "c")}`,
  "what a Harness of another pid namespace started": `${NOBODY}.1.${MARK}`,
  "what a Harness before there were marks started": `${NOBODY}.${MARK}`,
};

test.each(UIDS.flatMap((uid) => Object.keys(STRANGE).map((what) => [what, uid] as const)))(
  "R133 %s is left alone, and its uid passed over until it has gone by itself",
  async (what, uid) => {
    const left = await leftBehind(uid, MARK);
    try {
      await claimed(uid, STRANGE[what] ?? "");
      expect((await takeSlot(uid, folder)).uid).toBe(uid + 1);
      expect([isAlive(left), (await readdir(folder)).includes(`${uid}.${STRANGE[what]}`)]).toEqual([true, true]);
    } finally {
      signal(left, "SIGKILL", "process");
    }
    await expect.poll(() => isAlive(left)).toBe(false);
    expect((await takeSlot(uid, folder)).uid).toBe(uid);
  },
);

test.each(UIDS)("R064 while a living Harness has uid %i, the claim of a dead one ends nothing", async (uid) => {
  const left = await leftBehind(uid, MARK);
  await claimed(uid, `${NOBODY}.${ownNamespace()}.${MARK}`);
  await claimed(uid, `${process.ppid}.${statNow(process.ppid)?.start}.${ownNamespace()}.${MARK.replaceAll("a", "b")}`);
  expect((await takeSlot(uid, folder)).uid).toBe(uid + 1);
  expect(isAlive(left)).toBe(true);
  signal(left, "SIGKILL", "process");
});

test("a uid that has an account on this host is passed over", async () => {
  const accounts = await takeSlot(65_534, folder);
  expect(accounts.uid).not.toBe(65_534);
});

test("a folder that others may write is no place for claims", async () => {
  await chmod(folder, 0o777);
  await expect(takeSlot(BASE, folder)).rejects.toMatchObject({ code: "sandbox/broken" });
});
