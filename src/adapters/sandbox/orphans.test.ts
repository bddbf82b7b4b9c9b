import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, expect, test } from "vitest";

import { RUN } from "../../../test/fixtures/governed.ts";
import { endOrphans } from "./orphans.ts";
import { childrenOf, isAlive, statNow } from "./processes.ts";
import { startedOf, startedRecord, type Started } from "./started-record.ts";

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "cto-orphans-")));
const workspaces = path.join(folder, "workspaces");
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A process in a mount namespace of its own that has a folder at another place, as a sandbox does; it obeys no TERM. */
const seeing = async (place: string): Promise<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }> => {
  await mkdir(place, { recursive: true });
  const script = `trap "" TERM; mount --bind "${place}" /mnt && echo up && sleep 600 & wait`;
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const child = spawn("/usr/bin/unshare", [...user, "--mount", "--propagation", "private", "/bin/sh", "-c", script], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  if (child.stdout === null) throw new Error("nothing started");
  await once(child.stdout, "data");
  return { child, ended: once(child, "close") };
};

test("R133 what still has a workspace of a dead run in view is ended, children and all", async () => {
  const { ended } = await seeing(path.join(workspaces, `${RUN}-agent-Ab12Cd`));
  expect(await endOrphans(folder, RUN)).toBe(0);
  // The pipe closes only when the last process that holds it is gone.
  expect(await ended).toEqual([null, "SIGKILL"]);
});

test.each(["R-777-01-agent-Ab12Cd", `x${RUN}-agent-Ab12Cd`])(
  "R133 the workspace %s is of another run, and is left alone",
  async (name) => {
    const { child } = await seeing(path.join(workspaces, name));
    expect(await endOrphans(folder, RUN)).toBe(0);
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
  },
);

/** A process that obeys no TERM, with a child that its death does not end, as what was sent into a stage and its first process. */
const standing = async (): Promise<Started & { readonly ended: Promise<unknown>; readonly child: ChildProcess }> => {
  const child = spawn("/bin/sh", ["-c", 'trap "" TERM; setsid sleep 600 & echo up; wait'], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  await once(child.stdout, "data");
  const monitor = statNow(child.pid ?? 0);
  const init = monitor === undefined ? undefined : childrenOf(monitor)[0];
  if (monitor === undefined || init === undefined) throw new Error("nothing started");
  return { monitor, init, ended: once(child, "close"), child };
};

test("R133 what a stage wrote down is ended by whoever comes after its Harness, and written off", async () => {
  const { monitor, init, ended } = await standing();
  startedRecord(folder, `${RUN}-agent-Ab12Cd`).add({ monitor, init });
  expect(startedOf(folder, RUN)).toMatchObject([{ monitor: { pid: monitor.pid }, init: { pid: init.pid } }]);
  expect(await endOrphans(folder, RUN)).toBe(0);
  await ended;
  expect([monitor, init].filter(isAlive)).toEqual([]);
  expect(startedOf(folder, RUN)).toEqual([]);
});

/** What else was written down, and how many are then told as left. */
const NOT_OURS: readonly (readonly [what: string, run: string, (name: string) => string, left: number])[] = [
  ["of another run", "R-777-01", (name) => name, 0],
  ["with another start time", RUN, (name) => name.replaceAll(/(?<=^\d+\.|^\d+\.\d+\.\d+\.)\d+/g, "1"), 0],
  ["of another boot", RUN, (name) => name.replace(/[^.]+$/, "0f0f0f0f-0000-4000-8000-000000000000"), 0],
  ["that nobody wrote in this form", RUN, (name) => `${name}.`, 0],
  ["of a pid namespace that is not seen from here", RUN, (name) => name.replace(/\d+(?=\.[^.]+$)/, "1"), 1],
];

test.each(NOT_OURS)("R133 a process %s is left alone, whatever its number", async (_, run, changed, left) => {
  const { monitor, init, child } = await standing();
  startedRecord(folder, `${run}-agent-Ab12Cd`).add({ monitor, init });
  const [name = ""] = readdirSync(path.join(folder, "started"));
  const [one = ""] = readdirSync(path.join(folder, "started", name));
  renameSync(path.join(folder, "started", name, one), path.join(folder, "started", name, changed(one)));
  expect(await endOrphans(folder, RUN)).toBe(left);
  expect([monitor, init].filter(isAlive)).toHaveLength(2);
  process.kill(init.pid, "SIGKILL");
  expect(child.signalCode).toBeNull();
});

test("R133 a run that left no workspace left nobody", async () => {
  expect(await endOrphans(folder, RUN)).toBe(0);
});
