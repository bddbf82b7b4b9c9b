import { spawn } from "node:child_process";

import { expect, test } from "vitest";

import { holderOfThisProcess, isAlive } from "./holder.ts";

const me = holderOfThisProcess();

test("R134 this process is alive and says exactly which one it is", () => {
  expect(me).toMatchObject({ pid: process.pid, pidStart: expect.stringMatching(/^\d+$/) });
  expect(isAlive(me)).toBe(true);
});

test.each<readonly [string, Partial<typeof me>]>([
  ["of another boot", { bootId: "00000000-0000-0000-0000-000000000000" }],
  ["whose number another process has now", { pidStart: "1" }],
  ["whose number nobody has", { pid: 2 ** 30 }],
])("R134 a holder %s is proven dead", (_, change) => {
  expect(isAlive({ ...me, ...change })).toBe(false);
});

test("R134 a holder in another pid namespace is not proven dead by a number", () => {
  expect(isAlive({ ...me, pid: 2 ** 30, host: "container pid:[1]" })).toBe(true);
});

test("R134 a killed process is dead although its parent has not buried it yet", async () => {
  const holderOf = `const { holderOfThisProcess } = await import(${JSON.stringify(new URL("holder.ts", import.meta.url).href)});
    console.log(JSON.stringify(holderOfThisProcess())); setInterval(() => {}, 1000);`;
  // The shell never waits for its child, so the killed child stays a zombie while the shell lives.
  const shell = spawn("bash", ["-c", `"$0" --input-type=module -e "$1" & exec sleep 1000`, process.execPath, holderOf]);
  const line = await new Promise<string>((resolve) =>
    shell.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString())),
  );
  const holder = JSON.parse(line) as typeof me;
  expect(isAlive(holder)).toBe(true);
  process.kill(holder.pid, "SIGKILL");
  await expect.poll(() => isAlive(holder)).toBe(false);
  shell.kill("SIGKILL");
});
