import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { clientResponse } from "./client.ts";
import { manualIn } from "./manual.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto-manual-"));
  await mkdir(path.join(folder, "adr"));
  await writeFile(path.join(folder, "index.html"), "first page");
  await writeFile(path.join(folder, "adr/index.html"), "decisions");
  await writeFile(path.join(folder, "unlisted.html"), "not of the build");
  await writeFile(path.join(folder, "verify.mjs"), "import x");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const listing = (list: unknown): Promise<void> => writeFile(path.join(folder, "files.json"), JSON.stringify(list));

test("what the build listed is answered by its address, a folder's index by the folder's, all else by nothing", async () => {
  await listing(["index.html", "adr/index.html", "verify.mjs"]);
  const manual = await manualIn(folder);
  expect([...manual].map(([address, { type }]) => `${address} ${type}`)).toEqual([
    "/docs/index.html text/html; charset=utf-8",
    "/docs/ text/html; charset=utf-8",
    "/docs/adr/index.html text/html; charset=utf-8",
    "/docs/adr/ text/html; charset=utf-8",
    "/docs/verify.mjs text/plain; charset=utf-8",
  ]);
  expect(await clientResponse(manual, "/docs/adr/")?.text()).toBe("decisions");
});

test.each([
  "/docs/unlisted.html",
  "/docs/files.json",
  "/docs/../index.html",
  "/docs/%2e%2e/index.html",
  "/docs/adr/../index.html",
  "/docs//index.html",
  "/docs/adr",
  "/docs/index.html/",
  "/docs/INDEX.html",
  "/docs/index.html%00",
  "/docsindex.html",
  "/etc/passwd",
])("%s leads nowhere", async (address) => {
  await listing(["index.html", "adr/index.html"]);
  expect(clientResponse(await manualIn(folder), address)).toBeUndefined();
});

test("/docs moves to /docs/, from where the links of its first page are right", async () => {
  const answer = clientResponse(new Map(), "/docs");
  expect(answer?.status).toBe(308);
  expect(answer?.headers.get("Location")).toBe("/docs/");
});

test.each([
  ["a way out", ["../secret"]],
  ["a way out in the middle", ["adr/../../secret"]],
  ["an absolute path", ["/etc/passwd"]],
  ["a hidden file", [".env"]],
  ["an empty name", [""]],
  ["a NUL", ["index.html\u0000"]],
  ["a name that is no text", [1]],
  ["no list", { "index.html": true }],
])("a list with %s is a bug of the build, and no site", async (_, list) => {
  await listing(list);
  await expect(manualIn(folder)).rejects.toThrow("the list of the documentation cannot be read");
});

test("a file that is listed and not there is an error, and a folder without a list is no site", async () => {
  await listing(["gone.html"]);
  await expect(manualIn(folder)).rejects.toThrow("ENOENT");
  await rm(path.join(folder, "files.json"));
  await symlink("/etc/passwd", path.join(folder, "link.txt"));
  expect([...(await manualIn(folder))]).toEqual([]);
});
