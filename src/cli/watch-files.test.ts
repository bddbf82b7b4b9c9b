import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { changesIn } from "./watch-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), "cto-watch-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a folder that is not there is a Failure, and no process that dies", async () => {
  const { signal } = new AbortController();
  await expect(changesIn([folder, path.join(folder, "none")], signal).next()).rejects.toMatchObject({
    code: "home/unreadable",
  });
});

test("a folder that goes away while it is watched is a Failure, and no silence", async () => {
  const below = path.join(folder, "below");
  await mkdir(below);
  await writeFile(path.join(below, "a.md"), "a");
  const { signal } = new AbortController();
  const seen = (async () => {
    for await (const _ of changesIn([below], signal)) await rm(below, { recursive: true, force: true });
  })();
  const touching = setInterval(() => void writeFile(path.join(below, "a.md"), "b").catch(() => undefined), 50);
  try {
    await expect(seen).rejects.toMatchObject({ code: "home/unreadable" });
  } finally {
    clearInterval(touching);
  }
});

test("whoever leaves is told nothing more", async () => {
  const leaving = new AbortController();
  const next = changesIn([folder], leaving.signal).next();
  leaving.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});
