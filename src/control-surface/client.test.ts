import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, test } from "vitest";

import { clientIn, clientResponse } from "./client.ts";

test("the files of a built client are read once, by their addresses; a link, and what lies deeper, is none of them", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-client-"));
  try {
    await mkdir(path.join(folder, "assets/deep"), { recursive: true });
    await writeFile(path.join(folder, "index.html"), "page");
    await writeFile(path.join(folder, "assets/app.1a2b.js"), "script");
    await writeFile(path.join(folder, "assets/app.html.map"), "{}");
    await writeFile(path.join(folder, "assets/deep/a.js"), "deep");
    await symlink("/etc/passwd", path.join(folder, "assets/link.txt"));
    const client = await clientIn(folder);
    expect([...client].map(([address, { type }]) => [address, type])).toEqual([
      ["/index.html", "text/html; charset=utf-8"],
      ["/assets/app.1a2b.js", "text/javascript; charset=utf-8"],
      ["/assets/app.html.map", "application/octet-stream"],
    ]);
    expect(await clientResponse(client, "/runs")?.text()).toBe("page");
    expect(clientResponse(client, "/assets/link.txt")).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("without a built client there are no files, and the page says so", async () => {
  const client = await clientIn(path.join(tmpdir(), "cto-no-client-here"));
  expect([...client]).toEqual([]);
  expect(await clientResponse(client, "/")?.text()).toContain("no web client");
});
