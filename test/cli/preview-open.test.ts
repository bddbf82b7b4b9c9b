import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { previewPage } from "../../src/cli/preview-page.ts";
import type { PacketView } from "../../src/harness/objects/view.ts";
import { admit, makeGround, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto, type Said } from "./cli.ts";

let ground: Ground;
let browser = "";
beforeAll(async () => {
  ground = await makeGround();
  await lookInto(ground.home, (world) => admit(world, ground));
  browser = path.join(ground.root, "xdg-open");
  await writeFile(browser, `#!/bin/sh\necho "$@" > '${ground.root}/opened'\n`, { mode: 0o755 });
});
afterAll(() => ground.close());

const env = { DISPLAY: ":7" };
const preview = (given: string, ...flags: readonly string[]): Promise<Said> =>
  runCto(["packet", "preview", given, "--open", ...flags], { home: ground.home, cwd: ground.root, env, browser });
const textOf = (html: string): string =>
  html
    .replaceAll(/<style>.*?<\/style>/gs, "")
    .replaceAll(/<[^>]*>/g, "\n")
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

test("a preview is opened as a page of its reader alone: a DRAFT band, every line of the view, its digest, and no button", async () => {
  const said = jsonOf(await preview(ground.work, "--json"));
  const { page, view } = said as unknown as { page: string; view: PacketView };
  try {
    expect(said).toMatchObject({ ok: true });
    expect((await stat(page)).mode & 0o777).toBe(0o600);
    expect((await readFile(path.join(ground.root, "opened"), "utf8")).trim()).toBe(`file://${page}`);
    const html = await readFile(page, "utf8");
    expect(html).not.toMatch(/<(?:script|button|form|input|a|img|link|iframe)\b/i);
    expect(html).toContain("default-src 'none'");
    const text = textOf(html);
    expect(text).toMatch(/^DRAFT$/m);
    for (const line of view.sections.flatMap(({ heading, lines }) => [heading, ...lines])) expect(text).toContain(line);
    expect(text).toContain(view.mark.words);
    expect(text).toContain(view.sha256);
    expect(text).not.toContain("cannot be approved yet");
  } finally {
    await rm(path.dirname(page), { recursive: true, force: true });
  }
});

test("a page of what cannot be approved yet says why, and so does the terminal", async () => {
  const draft = path.join(ground.root, path.basename(ground.packet));
  await writeFile(draft, await readFile(path.join(ground.home, ground.packet)));
  const said = await preview(draft);
  expect(said).toMatchObject({ exit: 0, stderr: expect.stringContaining("a file by itself") });
  const [, page = ""] = /^opened {4}(\S+)/.exec(said.stdout) ?? [];
  await rm(path.dirname(page), { recursive: true });
  await writeFile(path.join(ground.target, "loose.txt"), "x");
  const hindered = jsonOf(await preview(ground.work, "--json"));
  const html = await readFile(String(hindered["page"]), "utf8");
  expect(textOf(html)).toMatch(/It cannot be approved yet[^]*admission\/dirty/);
  await rm(path.dirname(String(hindered["page"])), { recursive: true });
  await rm(path.join(ground.target, "loose.txt"));
});

test.each<readonly [string, string, Readonly<Record<string, string>>, string]>([
  ["no xdg-open", "/nonexistent/xdg-open", env, "apt-get install xdg-utils"],
  ["no desktop", "/bin/true", {}, "neither DISPLAY nor WAYLAND_DISPLAY"],
  ["one that fails", "/bin/false", env, "false ended with 1"],
])("with %s the page is named and nothing is said to be open", async (_, program, environment, says) => {
  const argv = ["packet", "preview", ground.work, "--open"];
  const said = await runCto(argv, { home: ground.home, cwd: ground.root, env: environment, browser: program });
  expect(said).toMatchObject({ exit: 3, stdout: "", stderr: expect.stringContaining("contract/no-browser") });
  expect(said.stderr).toContain(says);
  expect(said.stderr).toContain(`cto packet preview ${ground.work}`);
  const [, page = ""] = /The page is (\S+)\.$/m.exec(said.stderr) ?? [];
  expect(await readFile(page, "utf8")).toContain("DRAFT");
  await rm(path.dirname(page), { recursive: true });
});

test("what yields no contract is no page, and no browser is started", async () => {
  await rm(path.join(ground.root, "opened"), { force: true });
  await writeFile(path.join(ground.root, "broken.md"), "nothing\n");
  expect(await preview("broken.md")).toMatchObject({ exit: 3, stdout: "" });
  expect(await preview("CTO-WORK-777")).toMatchObject({ exit: 2, stdout: "" });
  await expect(stat(path.join(ground.root, "opened"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("no text of a view becomes a mark of the page, hides in it or turns it round", () => {
  const hostile = `</title></style><script>alert(1)</script><b onload='x' id="y">&lt; \u202E\u2066\u00AD\u0000`;
  const refused = { code: "x", message: hostile, next: hostile } as unknown as PacketView["hindrances"][number];
  const html = previewPage({
    title: hostile,
    sections: [{ heading: hostile, fields: [], lines: [hostile, ""] }],
    digests: { [hostile]: hostile },
    mark: { hex: hostile, words: hostile },
    text: hostile,
    sha256: hostile,
    approvable: false,
    hindrances: [refused],
  });
  expect(html).not.toMatch(/<script|<b |&lt;|onload='|\p{Cf}/u);
  expect(html.match(/<\/title>/g)).toHaveLength(1);
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  expect(textOf(html).split("<script>alert(1)</script>").length - 1).toBe(11);
});
