import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";

import { expect, test } from "vitest";

import { groupNames, guardMemory, sweepGroups, watchdog } from "./memory-guard.ts";
import { statNow } from "./processes.ts";

test("the watchdog adds up what all processes of a stage have resident", async () => {
  const own = statNow(process.pid);
  const other = statNow(process.ppid);
  if (own === undefined || other === undefined) throw new Error("no processes here");
  const { rss } = process.memoryUsage();
  expect(await watchdog(rss / 4).passed([own])).toBe(true);
  expect(await watchdog(rss * 4).passed([own])).toBe(false);
  expect(await watchdog(1).passed([])).toBe(false);
  expect(await watchdog(1).passed([{ pid: 2 ** 22, start: "0" }])).toBe(false);
});

test("a guard says how it holds, has passed nothing at first, and leaves nothing behind", async () => {
  const guard = await guardMemory(2 ** 30);
  expect(guard.says).toMatch(/^(?:cgroup v[12] memory|watchdog over)/);
  expect(guard.holds === "kernel").toBe(guard.group !== undefined);
  expect(await guard.passed([])).toBe(false);
  await guard.release();
  if (guard.group !== undefined) await expect(readdir(guard.group.replace(/\/[^/]*$/, ""))).rejects.toThrow("ENOENT");
});

test("nothing is made in a place that is no hierarchy of control groups", async () => {
  await (await guardMemory(2 ** 30)).release();
  const left = (await readdir("/sys/fs/cgroup")).filter((name) => name.startsWith(`${groupNames()}.${process.pid}.`));
  expect(left).toEqual([]);
});

test("the empty groups of dead holders are removed, those of living ones, of other namespaces and of others stay", async () => {
  const folder = await mkdtemp(`${tmpdir()}/cto-groups-`);
  const child = spawn("/bin/true");
  const start = statNow(process.pid)?.start;
  await once(child, "exit");
  const names = [
    `${groupNames()}.${child.pid}.1.1`,
    `${groupNames()}.${process.pid}.${start}.1`,
    `cto-harness.1.${child.pid}.1.1`,
    "cto-harness.other",
    "system.slice",
  ];
  for (const name of names) await mkdir(`${folder}/${name}`);
  await sweepGroups(folder);
  expect((await readdir(folder)).sort()).toEqual(names.slice(1).sort());
  await rm(folder, { recursive: true });
});
