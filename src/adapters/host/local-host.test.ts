import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, afterEach, expect, test } from "vitest";

import { RUN } from "../../../test/fixtures/governed.ts";
import { localHost } from "./local-host.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cto-host-"));
const host = localHost(folder);
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell that leads a process group of its own, with a child in it, as a sandbox does. */
const group = async (): Promise<{ readonly child: ChildProcess; readonly pid: number }> => {
  const child = spawn("/bin/sh", ["-c", "sleep 600 & echo up; wait"], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  started.push(child);
  if (child.stdout === null || child.pid === undefined) throw new Error("nothing started");
  await once(child.stdout, "data");
  return { child, pid: child.pid };
};

const YEAR_MS = 31_536_000_000;

test("R133 a process group of ours that outlived its Harness is ended, children and all", async () => {
  const { child, pid } = await group();
  const ended = once(child, "close");
  await host.endOrphan(pid, Date.now() + 1000);
  // The pipe closes only when the last process that holds it is gone.
  expect(await ended).toEqual([null, "SIGKILL"]);
});

test("R133 a process that is younger than the record has the number of another, and is left alone", async () => {
  const { child, pid } = await group();
  await host.endOrphan(pid, Date.now() - YEAR_MS);
  expect(process.kill(pid, 0)).toBe(true);
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
});

test.each([2 ** 31 - 1, Number.NaN])("nobody is ended by the number %d", async (pid) => {
  const { child } = await group();
  await host.endOrphan(pid, Date.now() + YEAR_MS);
  expect(child.signalCode).toBeNull();
});

test("a process is ended once: asking again does no harm", async () => {
  const { child, pid } = await group();
  const ended = once(child, "close");
  await host.endOrphan(pid, Date.now() + 1000);
  await ended;
  await host.endOrphan(pid, Date.now() + 1000);
});

test("the disk of the state folder has room, and logs lie in the private part of it", async () => {
  expect(await host.diskFree()).toBeGreaterThan(0);
  host.openRawLogs(RUN, 1, 10).keep("stderr.log", new Uint8Array([1]));
  expect([...(await host.readRawLogs(RUN)).keys()]).toEqual(["backend/stderr.log"]);
  expect(await host.fingerprint(path.join(folder, "private", RUN, "backend", "1", "stderr.log"))).not.toBe("absent");
});
