import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ROOT } from "../architecture/source.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { axe } from "./axe.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { SCREENS, type Screen } from "./screens.ts";
import { makeSurfaceGround, type SurfaceGround } from "./surface-ground.ts";
import { openPage, serveHome, type ServedHome, type WatchedPage } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, no page of the surface is walked: script/bootstrap --tests\n");

/** Where pictures of everything that is walked are put, if anywhere: `npm run shots`. */
const SHOTS = process.env["CTO_SHOTS"];

describe.skipIf(CHROMIUM === undefined)("every screen in every state", () => {
  let browser: Browser;
  let states: SurfaceGround;
  let empty: Ground;
  let served: Readonly<Record<Screen["home"], ServedHome>>;
  beforeAll(async () => {
    browser = await startChromium();
    states = await makeSurfaceGround();
    empty = await makeGround();
    await rm(path.join(empty.home, empty.packet));
    await (await empty.open()).store.close();
    served = { states: await serveHome(states.home), empty: await serveHome(empty.home) };
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(Object.values(served ?? {}).map((each) => each.close()));
    await empty?.close();
    await states?.close();
  });

  test.concurrent.each(SCREENS)(
    "$name: axe finds nothing, nothing runs out sideways, nothing is said to the console, in both themes and every width",
    async (screen) => {
      const watched = await openPage(browser, served[screen.home].at(screen.at(states.shown)));
      const found = await walk(watched, screen.name);
      // A browser tells its console of each no.
      const isTold = (line: string): boolean => screen.answers === "missing" && line.includes("status of 404");
      watched.said.splice(0, Infinity, ...watched.said.filter((line) => !isTold(line)));
      expect(found).toEqual([]);
      await watched.close();
    },
    120_000,
  );
});

test("every page of the surface is walked: no route is without a screen", () => {
  const routes = readFileSync(path.join(ROOT, "src/control-surface/web/routes.ts"), "utf8");
  const patterns = [...routes.matchAll(/pattern: \/(.+?)\/, rail/g)].map(([, pattern = ""]) => new RegExp(pattern));
  expect(patterns.length).toBe(routes.split("pattern: /").length - 1);
  const any = new Proxy({} as SurfaceGround["shown"], {
    get: () => ({ work: "CTO-WORK-049", run: "R-049-01" }),
  });
  const paths = SCREENS.map(({ at }) => new URL(at(any), "http://localhost").pathname);
  expect(patterns.filter((pattern) => !paths.some((one) => pattern.test(one)))).toEqual([]);
});

const THEMES = ["light", "dark"] as const;
const HEIGHT = 900;

/** Looks at a page in each theme and width; answers what is wrong, with the look in which it is. */
const walk = async (watched: WatchedPage, name: string): Promise<readonly string[]> => {
  const { page } = watched;
  const wrong: string[] = [];
  await settled(page);
  for (const width of [1440, 390] as const) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      const look = `${width} ${theme}`;
      // A theme changes colours alone, a width everything but them.
      wrong.push(...(await axe(watched, theme === "light" ? "all" : "colours")).map((line) => `${look}: ${line}`));
      if (SHOTS !== undefined)
        await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${theme}.png`), fullPage: true });
    }
  }
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: HEIGHT });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) wrong.push(`${width}: it is ${wide} pixels wide`);
  }
  return wrong;
};

/** Nothing is waited for any more: neither a page's code nor what it reads. */
const settled = async (page: Page): Promise<void> => {
  await page.locator("h1").waitFor();
  await page.waitForFunction(async () => {
    const isBusy = (): boolean => document.querySelector("[aria-busy=true]") !== null;
    if (isBusy()) return false;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return !isBusy();
  });
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
};
