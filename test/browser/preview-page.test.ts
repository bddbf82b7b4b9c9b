import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { previewPage } from "../../src/cli/preview-page.ts";
import { viewAlone } from "../../src/harness/approval/read-view.ts";
import { refusalObject } from "../../src/harness/objects/refusal-object.ts";
import { drawContract } from "../../src/workflow/contract/draw-contract.ts";
import { readPacket } from "../../src/workflow/packet/read-packet.ts";
import { refusal } from "../../src/workflow/refusal.ts";
import { documentOf, seedText } from "../fixtures/seed-packet.ts";
import { axe } from "./axe.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, no preview is looked at: script/bootstrap --tests\n");

const folder = mkdtempSync(path.join(tmpdir(), "cto-preview-page-"));
let browser: Browser | undefined;
beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const HOSTILE = `</li></ul><script>document.title = "ran"</script><img src="http://localhost:9/x" onerror='document.title = "ran"'>`;

const pageOf = (): string => {
  const read = readPacket(documentOf(seedText("b")), "2026-11-30");
  const drawn = read.ok ? drawContract(read.value.packet) : read;
  if (!read.ok || !drawn.ok) throw new Error("the seed packet says a contract");
  const view = viewAlone({ packet: read.value.packet, contract: drawn.value });
  const long = { heading: HOSTILE, fields: [], lines: [HOSTILE, "x".repeat(4_000)] };
  const hindrances = [refusalObject(refusal("contract/packet-absent", { work: HOSTILE }))];
  return previewPage({ ...view, sections: [...view.sections, long], hindrances });
};

test.skipIf(CHROMIUM === undefined).each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
  ["dark", 390],
] as const)(
  "a preview in a %s browser of %i pixels: axe finds nothing, nothing runs, is asked for or runs out sideways",
  async (colorScheme, width) => {
    if (browser === undefined) throw new Error("no browser");
    const file = path.join(folder, "preview.html");
    writeFileSync(file, pageOf());
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    try {
      const page = await context.newPage();
      const said: string[] = [];
      page.on("console", (message) => said.push(`console: ${message.text()}`));
      page.on("pageerror", (error) => said.push(`error: ${error.message}`));
      page.on("request", (request) => said.push(`request: ${request.url()}`));
      await page.goto(`file://${file}`);
      expect(said).toEqual([`request: file://${file}`]);
      expect(await page.title()).toMatch(/^DRAFT: /);
      expect(await page.locator("main").innerText()).toContain(HOSTILE);
      expect(await page.locator("header").isVisible()).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(await axe({ page, context }, "all")).toEqual([]);
    } finally {
      await context.close();
    }
  },
);
