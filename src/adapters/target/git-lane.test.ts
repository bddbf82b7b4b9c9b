import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, expect, test, vi } from "vitest";

import { gitLanes } from "./git-lane.ts";

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(path.join(tmpdir(), "cto-lane-test-"));
  folders.push(made);
  return made;
};
afterEach(() => {
  vi.unstubAllEnvs();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const call = (args: readonly string[], more: { variables?: readonly string[]; input?: Uint8Array } = {}) => ({
  args,
  variables: more.variables ?? [],
  ...(more.input === undefined ? {} : { input: more.input }),
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("no word of an argument is parsed by the shell", async () => {
  const given = ["a b", "'", '"', "$(id)", "`id`", "*", "line\nline", "\\", "", "ü", "-n", ";id", "\u0001"];
  const { stdout } = await gitLanes({}, ["/usr/bin/printf", "%s\\0"]).run(call(given));
  expect(text(stdout).split("\0").slice(0, -1)).toEqual(given);
});

test("a zero byte in a word ends nothing and begins nothing: the call fails", async () => {
  const lanes = gitLanes({}, ["/usr/bin/printf", "%s"]);
  await expect(lanes.run(call(["a\0b"]))).rejects.toThrow(/zero byte/);
  await expect(lanes.run({ variables: ["A=x\0y"], args: ["a"] })).rejects.toThrow(/zero byte/);
  expect(String((await lanes.run(call(["after"]))).stdout)).toBe("after");
});

test("the program sees the lane's variables and the call's, and of the shell's own only its name for the command", async () => {
  const lanes = gitLanes({ FIRST: "1", OVER: "old" }, ["/usr/bin/env"]);
  const named = async (variables: readonly string[]): Promise<readonly string[]> =>
    text((await lanes.run(call(["-0"], { variables }))).stdout)
      .split("\0")
      .filter((line) => line !== "" && !line.startsWith("_="))
      .sort();
  expect(await named([])).toEqual(["FIRST=1", "OVER=old"]);
  expect(await named(["OVER=a b", "SECOND=$(id)"])).toEqual(["FIRST=1", "OVER=a b", "SECOND=$(id)"]);
  expect(await named([])).toEqual(["FIRST=1", "OVER=old"]);
});

test("bytes go in and come out as they are, and a call without input reads none", async () => {
  const lanes = gitLanes({}, ["/bin/cat"]);
  const input = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
  expect(Buffer.from((await lanes.run(call([], { input }))).stdout).equals(input)).toBe(true);
  expect((await lanes.run(call([]))).stdout).toHaveLength(0);
});

test("an exit code, a signal, a program that is not there and its words are told", async () => {
  const said = async (script: string) => gitLanes({}, ["/bin/bash", "-c"]).run(call([script]));
  expect(await said("echo no >&2; exit 3")).toMatchObject({ code: 3, words: "no" });
  expect(await said("kill -9 $$")).toMatchObject({ code: 137 });
  expect(await gitLanes({}, ["/nowhere/git"]).run(call([]))).toMatchObject({ code: 127 });
});

test("calls at once run side by side, and each gets its own answer", async () => {
  const lanes = gitLanes({}, ["/bin/bash", "-c"]);
  const here = folder();
  const fifo = path.join(here, "fifo");
  execFileSync("/usr/bin/mkfifo", [fifo]);
  const [heard, said] = await Promise.all([
    lanes.run(call([`/bin/cat ${fifo}`])),
    lanes.run(call([`echo told > ${fifo}; echo said`])),
  ]);
  expect([text(heard.stdout), text(said.stdout)]).toEqual(["told\n", "said\n"]);
});

test("a call whose lane is ended fails, and the next one has a lane of its own", async () => {
  const lanes = gitLanes({}, ["/bin/bash", "-c"]);
  await expect(lanes.run(call(["kill -9 $PPID"]))).rejects.toMatchObject({ code: "target/git-failed" });
  expect(text((await lanes.run(call(["echo again"]))).stdout)).toBe("again\n");
});

test("where its files cannot be opened a call fails, whatever the last one left in them", async () => {
  const temporary = folder();
  vi.stubEnv("TMPDIR", temporary);
  const lanes = gitLanes({}, ["/bin/bash", "-c"]);
  await lanes.run(call(["echo before"]));
  const [lane = ""] = readdirSync(temporary);
  rmSync(path.join(temporary, lane, "err"));
  mkdirSync(path.join(temporary, lane, "err"));
  await expect(lanes.run(call(["exit 0"]))).rejects.toMatchObject({ code: "target/git-failed" });
});

test("an idle lane keeps no process alive, and nothing of it stays", async () => {
  const { child, temporary } = processWith("await lanes.run({ variables: [], args: ['echo ok'] });");
  expect(await ended(child)).toBe(0);
  await vi.waitFor(() => expect(readdirSync(temporary)).toEqual([]), 5_000);
});

test("a killed process leaves no lane behind", async () => {
  const { child, temporary } = processWith(
    "await lanes.run({ variables: [], args: ['echo ok'] }); process.kill(process.pid, 'SIGKILL');",
  );
  expect(await ended(child)).toBe("SIGKILL");
  await vi.waitFor(() => expect(readdirSync(temporary)).toEqual([]), 5_000);
});

const processWith = (words: string) => {
  const here = folder();
  const temporary = path.join(here, "tmp");
  mkdirSync(temporary);
  const file = path.join(here, "run.mjs");
  const lane = JSON.stringify(path.join(import.meta.dirname, "git-lane.ts"));
  writeFileSync(
    file,
    `import { gitLanes } from ${lane};\nconst lanes = gitLanes({}, ["/bin/bash", "-c"]);\n${words}\n`,
  );
  return { child: spawn(process.execPath, [file], { env: { TMPDIR: temporary }, stdio: "ignore" }), temporary };
};

const ended = (child: ReturnType<typeof spawn>): Promise<number | string | null> =>
  new Promise((resolve) => {
    child.on("close", (code, signal) => resolve(signal ?? code));
  });

test("a lane that nobody calls for a while leaves, with its folder, and the next call has another one", async () => {
  const lanes = gitLanes({}, ["/usr/bin/bash", "-c", "echo $PPID"], 50);
  const first = Number(text((await lanes.run(call([]))).stdout));
  expect(Number(text((await lanes.run(call([]))).stdout))).toBe(first);
  await expect.poll(() => existsSync(`/proc/${first}`), { timeout: 5_000 }).toBe(false);
  expect(Number(text((await lanes.run(call([]))).stdout))).not.toBe(first);
});
