import { mkdir } from "node:fs/promises";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { NAV } from "../../tools/manual/nav.mjs";
import { builtFiles } from "../docs/built-site.ts";
import { EVERY_CASE } from "../every-case.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { axe } from "./axe.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome, type ServedHome, type WatchedPage } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write(
    "SKIPPED: no chromium here, no page of the documentation is looked at: script/bootstrap --tests\n",
  );

const SHOTS = process.env["CTO_SHOTS"];

// One page of each kind; with `npm run test:docs` every page of the navigation, and some that its indexes lead to.
const KINDS = ["index.html", "tutorial.html", "comparison.html"];
const EVERY = [...new Set([...KINDS, ...NAV.flatMap(([, entries]) => entries.map(([to]) => to))])];
const PAGES = EVERY_CASE ? [...EVERY, "adr/0002-line-grammar.html", "agents/claude.html"] : KINDS;

describe.skipIf(CHROMIUM === undefined)("the documentation, as cto serve answers it", () => {
  let browser: Browser;
  let ground: Ground;
  let served: ServedHome;
  let watched: WatchedPage;
  beforeAll(async () => {
    builtFiles();
    [browser, ground] = await Promise.all([startChromium(), makeGround()]);
    await (await ground.open()).store.close();
    served = await serveHome(ground.home, { readOnly: true });
    watched = await openPage(browser, new URL("/docs", served.url).href);
    if (SHOTS !== undefined) await mkdir(SHOTS, { recursive: true });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await ground?.close();
  });

  test.each(PAGES)(
    "%s: axe finds nothing wide and narrow and no colour too weak in either theme, nothing runs out sideways, nothing is said to the console",
    async (address) => {
      const { page, said } = watched;
      const shot = async (look: string): Promise<void> => {
        if (SHOTS === undefined) return;
        await page.screenshot({
          path: `${SHOTS}/docs-${address.replaceAll("/", "-").replace(".html", "")}-${look}.png`,
        });
      };
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.setViewportSize({ width: 1440, height: 900 });
      const answer = await page.goto(new URL(`/docs/${address}`, served.url).href);
      expect(answer?.status()).toBe(200);
      expect(answer?.headers()["content-security-policy"]).toContain("default-src 'none'");
      await page.evaluate(() => document.fonts.ready);
      const found = [...(await axe(watched, "all"))];
      await shot("1440-light");
      await page.emulateMedia({ colorScheme: "dark" });
      found.push(...(await axe(watched, "colours")));
      await shot("1440-dark");
      await page.setViewportSize({ width: 390, height: 844 });
      // Only here is the list of pages folded: what is folded is asked about unfolded, once.
      await page.getByText("All pages").first().click();
      if (address === "index.html") found.push(...(await axe(watched, "all")));
      await shot("390-dark");
      const widest = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([...found, ...said]).toEqual([]);
      expect(widest).toBeLessThanOrEqual(390);
    },
  );

  test("the first page is at /docs and at /docs/, and what the build does not list is not there", async () => {
    expect(await (await fetch(new URL("/docs", served.url))).text()).toContain(
      "<title>CTO Harness documentation</title>",
    );
    for (const lost of ["/docs/files.json", "/docs/%2e%2e/build.json", "/docs/nowhere.html", "/docs/..%2fbuild.json"])
      expect((await fetch(new URL(served.url).origin + lost)).status).toBe(404);
  });
});
