import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { ROOT } from "../architecture/source.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { axe, type Rules } from "./axe.ts";
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
  // A window costs more than all that is done in it: each home has one.
  let windows: Readonly<Record<Screen["home"], WatchedPage>>;
  beforeAll(async () => {
    browser = await startChromium();
    states = await makeSurfaceGround();
    empty = await makeGround();
    await rm(path.join(empty.home, empty.packet));
    await (await empty.open()).store.close();
    served = { states: await serveHome(states.home), empty: await serveHome(empty.home) };
    windows = {
      states: await openPage(browser, served.states.at("/")),
      empty: await openPage(browser, served.empty.at("/")),
    };
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(Object.values(served ?? {}).map((each) => each.close()));
    await empty?.close();
    await states?.close();
  }, 120_000);

  test.each(SCREENS)(
    "$name: axe finds nothing wide and narrow and no colour too weak in either theme, nothing runs out sideways, nothing is said to the console",
    async ({ name, home, at, answers }) => {
      const watched = windows[home];
      const { page, said } = watched;
      // A page of the same path would only be told of another fragment.
      await page.goto("about:blank");
      said.length = 0;
      await page.goto(served[home].at(at(states.shown)));
      expect(await walk(watched, name)).toEqual([]);
      await watched.check(answers === "missing" ? ["404"] : []);
    },
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

interface Look {
  readonly width: number;
  readonly theme: "light" | "dark";
  /** A theme changes colours alone; at the narrowest it is only asked whether all fits. */
  readonly rules: readonly Rules[];
}

const LOOKS: readonly Look[] = [
  { width: 1440, theme: "light", rules: ["all"] },
  { width: 1440, theme: "dark", rules: ["colours"] },
  { width: 390, theme: "light", rules: ["all"] },
  { width: 390, theme: "dark", rules: ["colours"] },
  { width: 320, theme: "light", rules: [] },
];

/** Looks at a page in each theme and width; answers what is wrong, with the look in which it is. */
const walk = async (watched: WatchedPage, name: string): Promise<readonly string[]> => {
  const { page } = watched;
  const wrong: string[] = [];
  await settled(watched);
  for (const { width, theme, rules } of LOOKS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: theme });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > width) wrong.push(`${width}: it is ${wide} pixels wide`);
    for (const one of rules) wrong.push(...(await axe(watched, one)).map((line) => `${width} ${theme}: ${line}`));
    if (SHOTS !== undefined)
      await page.screenshot({ path: path.join(SHOTS, `${name}-${width}-${theme}.png`), fullPage: true });
  }
  return wrong;
};

/** Nothing is waited for any more: neither a page's code nor what it reads. */
const settled = async ({ page, asking }: WatchedPage): Promise<void> => {
  await page.locator("h1").waitFor();
  const isDrawn = (): Promise<boolean> =>
    page.evaluate(async () => {
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      await document.fonts.ready;
      return document.querySelector("[aria-busy=true]") === null;
    });
  await vi.waitFor(
    async () => {
      const urls = [...asking].map((request) => request.url());
      if (urls.length > 0 || !(await isDrawn()) || asking.size > 0) throw new Error(`it waits: ${urls.join(", ")}`);
    },
    { timeout: 30_000, interval: 50 },
  );
};
