import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, expect, test } from "vitest";

import { showPage } from "./show-page.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto show#page-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ENVIRONMENT = { DISPLAY: ":7", CTO_HARNESS_ALLOW_CASE: "1", AWS_SECRET_ACCESS_KEY: "s", BROWSER: "evil" };

/** A program in place of xdg-open that writes down what it was started with, and then does as it is told. */
const opened = async (then: string, environment: Readonly<Record<string, string>> = ENVIRONMENT, answerMs = 20_000) => {
  const program = path.join(folder, "xdg-open");
  const log = path.join(folder, "started");
  await writeFile(program, `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } > '${log}'\n${then}\n`, { mode: 0o755 });
  const shown = await showPage("<!doctype html>Ü", { program, environment, below: folder, answerMs });
  return { ...shown, started: await readFile(log, "utf8").catch(() => "") };
};

test("a page is laid where its owner alone can read it, and opened by its address with nothing of the environment but the desktop", async () => {
  const { page, problem, started } = await opened("exit 0");
  expect(problem).toBeUndefined();
  expect(await readFile(page, "utf8")).toBe("<!doctype html>Ü");
  expect((await stat(page)).mode & 0o777).toBe(0o600);
  expect((await stat(path.dirname(page))).mode & 0o777).toBe(0o700);
  const [address = "", ...lines] = started.split("\n");
  expect(address).toMatch(/^file:\/\/\/\S+%20show%23page-\S+\/preview\.html$/);
  expect(fileURLToPath(address)).toBe(page);
  expect(lines).toContain("DISPLAY=:7");
  expect(started).not.toMatch(/CTO_HARNESS|AWS_|BROWSER|NODE_/);
});

test("two pages never share a folder", async () => {
  expect((await opened("exit 0")).page).not.toBe((await opened("exit 0")).page);
});

test("a browser that could not be opened is told, and the page is there", async () => {
  const { page, problem } = await opened("exit 3");
  expect(problem).toBe("xdg-open ended with 3");
  expect(await readFile(page, "utf8")).toContain("Ü");
  const killed = await opened("kill -9 $$");
  expect(killed.problem).toBe("xdg-open ended with a signal");
});

test("without a desktop nothing is started", async () => {
  const { problem, started } = await opened("exit 0", { HOME: "/root", DISPLAY: "" });
  expect(problem).toContain("there is no desktop");
  expect(started).toBe("");
});

test("a program that is not there is told with what installs it", async () => {
  const shown = await showPage("x", {
    program: path.join(folder, "none"),
    environment: ENVIRONMENT,
    below: folder,
    answerMs: 20_000,
  });
  expect(shown.problem).toMatch(/none is absent: apt-get install xdg-utils$/);
});

test("a browser that stays in the foreground is waited for no longer than said, and goes on", async () => {
  const pid = path.join(folder, "pid");
  const { problem } = await opened(`echo $$ > '${pid}'; exec sleep 60`, ENVIRONMENT, 1_000);
  expect(problem).toBeUndefined();
  const running = Number(await readFile(pid, "utf8"));
  expect(process.kill(running, 0)).toBe(true);
  process.kill(running, "SIGKILL");
});

test("where no page can be laid it is a failure, and nothing is started", async () => {
  const below = path.join(folder, "nowhere");
  const order = { program: "/bin/true", environment: ENVIRONMENT, below, answerMs: 1_000 };
  await expect(showPage("x", order)).rejects.toMatchObject({ code: "home/unreadable" });
});
