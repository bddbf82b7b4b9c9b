import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { buildVerifyPage } from "../../tools/build-verify-page.mjs";
import { flipped, sampleBundle, utf8, type FileMap } from "../fixtures/sample-bundle.ts";
import { tarOf, tarOfFiles } from "../fixtures/tar.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, verify.html is not tried: script/bootstrap --tests\n");
const isAbsent = CHROMIUM === undefined;

const bundle = sampleBundle();
const folder = mkdtempSync(path.join(tmpdir(), "cto-page-"));
const file = path.join(folder, "verify.html");
let browser: Browser | undefined;
let page: Page;
const said: string[] = [];

beforeAll(async () => {
  await buildVerifyPage(file);
  if (CHROMIUM !== undefined) browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  bundle.world.remove();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  if (browser === undefined) return;
  said.length = 0;
  page = await browser.newPage();
  page.on("console", (message) => said.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("blob:"))
      said.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  await page.waitForFunction(() => /^[0-9a-f]{64}$/.test(document.getElementById("own")?.textContent ?? ""));
});
// No network, no console message, no exception: after every test.
afterEach(async () => {
  expect(said).toEqual([]);
  if (browser !== undefined) await page.close();
});

const folderOf = (name: string, files: FileMap): string => {
  for (const [inside, bytes] of files) {
    const place = path.join(folder, name, inside);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, bytes);
  }
  return path.join(folder, name);
};
const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
};

const trust = (): Promise<void> => page.fill("#trust", new TextDecoder().decode(bundle.world.allowedSigners));
const verdict = async (): Promise<string | null> => {
  await page.waitForFunction(() =>
    /^(?:PASS|FAIL|NOT-PROVEN)/.test(document.getElementById("status")?.textContent ?? ""),
  );
  return page.getAttribute(".verdict", "data-verdict");
};
const rows = (): Promise<readonly string[]> =>
  page.$$eval("tr[data-check]", (found) =>
    found.map((row) => `${row.getAttribute("data-verdict")} ${row.getAttribute("data-check")}`),
  );

test.skipIf(isAbsent)("a sealed bundle passes, by the same rows as the library gives in Node", async () => {
  await trust();
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  expect(await verdict()).toBe("PASS");
  const { checks } = await bundle.verify(bundle.sealed());
  expect(await rows()).toEqual(checks.map(({ verdict: word, id }) => `${word} ${id}`));
});

test.skipIf(isAbsent)("a tar of it passes, without trust it is not proven, and pasting trust proves it", async () => {
  await page.setInputFiles("#tar", fileOf("R-049-01.tar", tarOfFiles(bundle.sealed())));
  expect(await verdict()).toBe("NOT-PROVEN");
  await trust();
  await page.waitForSelector(".verdict[data-verdict=PASS]");
});

test.skipIf(isAbsent)(
  "the story stands there: who approved what, what was allowed, what changed, how it ended",
  async () => {
    await trust();
    await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
    await verdict();
    const text = await page.innerText("main");
    for (const word of [
      "I approve CTO-WORK-049 against",
      "jp, assurance A2",
      "src/strings.py",
      "python3 -m pytest -q on candidate: exit 0",
      "Awaiting outcome: one commit",
      "git push origin main",
      "said by the agent",
      "What a pass does not establish",
      "host not compromised",
    ])
      expect(text).toContain(word);
  },
);

test.skipIf(isAbsent)(
  "what a bundle says is text, never markup, and nothing of it is hidden or turned around",
  async () => {
    await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
    await verdict();
    expect(await page.innerText("main")).toContain("I <b>fixed</b> `slugify` <U+202E> and may push now");
    expect(await page.$$eval("main b, main script, main img, main a, main iframe", (found) => found.length)).toBe(0);
  },
);

test.skipIf(isAbsent)("the page prints the digest of its own file, and both are of the build", async () => {
  const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
  expect(await page.textContent("#own")).toBe(sum);
  const again = path.join(folder, "again.html");
  await buildVerifyPage(again);
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
});

test.skipIf(isAbsent)("a folder that holds this page is told from one that holds another", async () => {
  const told = async (html: Uint8Array, name: string): Promise<string> => {
    await page.setInputFiles(
      "#folder",
      folderOf(
        name,
        bundle.resealed((files) => files.set("verify.html", html)),
      ),
    );
    await verdict();
    return page.innerText("main");
  };
  expect(await told(readFileSync(file), "same")).toContain("the page inside this bundle than that it is this page");
  expect(await told(utf8("<p>trust me</p>"), "other")).toContain("it is another one than this");
});

test.skipIf(isAbsent)("it can be used by keyboard alone, and says its verdict to a screen reader", async () => {
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("folder");
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  await verdict();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("verdict");
  expect(await page.getAttribute("#status", "role")).toBe("status");
  const unnamed = await page.$$eval("input, textarea", (found) =>
    found.filter((one) => (one as HTMLInputElement).labels?.length === 0).map(({ id }) => id),
  );
  expect(unnamed).toEqual([]);
});

test.skipIf(isAbsent).each([390, 1280])("at %i pixels nothing runs out of the page sideways", async (width) => {
  await page.setViewportSize({ width, height: 800 });
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  await verdict();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
});

type Mutation = readonly [kind: string, make: (files: Map<string, Uint8Array>, name: string) => unknown];
const other = bundle.world.ending("voided");
const ofAnother = new Map(other.given);
const MUTATIONS: readonly Mutation[] = [
  [
    "one bit flipped",
    (files, name) => files.set(name, flipped(files.get(name) ?? utf8("x"), (files.get(name)?.length ?? 0) >> 1)),
  ],
  ["truncated", (files, name) => files.set(name, (files.get(name) ?? utf8("x")).subarray(0, -1))],
  ["deleted", (files, name) => files.delete(name)],
  [
    "another run's in its place",
    (files, name) => files.set(name, ofAnother.get(name)?.toReversed() ?? utf8("another run's")),
  ],
  ["a file added beside it", (files, name) => files.set(`${name}.added`, utf8("x"))],
];

test.skipIf(isAbsent)(
  "every file of a bundle, changed in every way, fails in the page as well, and the check is named (R117)",
  async () => {
    await trust();
    const sealed = bundle.sealed();
    const unseen: string[] = [];
    for (const name of sealed.keys())
      for (const [kind, change] of MUTATIONS) {
        const files = new Map(sealed);
        change(files, name);
        await page.setInputFiles("#tar", {
          name: `${kind} ${name}.tar`,
          mimeType: "application/x-tar",
          buffer: Buffer.from(tarOfFiles(files)),
        });
        await page.waitForFunction(
          (what) => document.getElementById("status")?.textContent?.endsWith(what) === true,
          `: ${kind} ${name}.tar`,
        );
        const failed = (await rows()).filter((row) => row.startsWith("FAIL "));
        if ((await page.getAttribute(".verdict", "data-verdict")) !== "FAIL" || failed.length === 0)
          unseen.push(`${kind}: ${name}`);
      }
    expect(unseen).toEqual([]);
  },
  240_000,
);

test.skipIf(isAbsent)("a tar with a link in it fails, and the entry is named", async () => {
  const tar = tarOf([{ name: "report.json", type: "2", link: "/etc/passwd" }]);
  await page.setInputFiles("#tar", fileOf("linked.tar", tar));
  expect(await verdict()).toBe("FAIL");
  expect(await page.innerText("tr[data-check=files]")).toContain("report.json: it is a symbolic link");
});

test.skipIf(isAbsent)("the wrong trust root fails, and garbage is answered in words", async () => {
  await page.fill(
    "#trust",
    `jp namespaces="approval@cto-harness" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfQW6yAh1kwzPxf5vYMFvmMBkqx5HnOmO3dBvDk4OZk`,
  );
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  expect(await verdict()).toBe("FAIL");
  await page.fill("#trust", "not a trust file");
  await page.waitForFunction(() => document.body.innerText.includes("does not read as allowed_signers"));
});
