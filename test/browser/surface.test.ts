import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import type { DoctorCheck } from "../../src/harness/objects/doctor.ts";
import { ROOT } from "../architecture/source.ts";
import { EVERY_CASE } from "../every-case.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { axe, type Rules } from "./axe.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { SCREENS, type Deed, type Screen, type ServedAs } from "./screens.ts";
import { expectRows, expectSaid } from "./state-sayings.ts";
import { makeSurfaceGround, type SurfaceGround } from "./surface-ground.ts";
import { openPage, serveHome, type No, type ServedHome, type WatchedPage } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, no page of the surface is walked: script/bootstrap --tests\n");

if (!EVERY_CASE)
  process.stderr.write("wide pages are walked by axe in light, narrow ones in dark; all four looks: npm run shots\n");

/** Where pictures of everything that is walked are put, if anywhere: `npm run shots`. */
const SHOTS = process.env["CTO_SHOTS"];

describe.skipIf(CHROMIUM === undefined)("every screen in every state", () => {
  let browser: Browser;
  let states: SurfaceGround;
  let empty: Ground;
  let homes: Readonly<Record<"states" | "empty" | "read-only", ServedHome>>;
  // A window costs more than all that is done in it: whoever reads has one.
  const windows = new Map<ServedAs, WatchedPage>();
  let leaving: ServedHome | undefined;
  beforeAll(async () => {
    browser = await startChromium();
    states = await makeSurfaceGround();
    empty = await makeGround();
    await rm(path.join(empty.home, empty.packet));
    await (await empty.open()).store.close();
    homes = {
      states: await serveHome(states.home, { checks: CHECKS }),
      empty: await serveHome(empty.home),
      "read-only": await serveHome(states.home, { readOnly: true }),
    };
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all(Object.values(homes ?? {}).map((each) => each.close()));
    await empty?.close();
    await states?.close();
  }, 120_000);

  const addressOf = ({ served, at }: Screen): string => {
    const place = at(states.shown);
    return served === "no-token" ? new URL(place, homes.states.url).href : homes[served].at(place);
  };

  const opened = async (screen: Screen): Promise<WatchedPage> => {
    if (screen.does === "loses the server") {
      leaving = await serveHome(states.home);
      return openPage(browser, leaving.at(screen.at(states.shown)));
    }
    const known = windows.get(screen.served);
    if (known === undefined) {
      const fresh = await openPage(browser, addressOf(screen));
      windows.set(screen.served, fresh);
      return fresh;
    }
    const { page, said } = known;
    // A page of the same path would only be told of another fragment.
    await page.goto("about:blank");
    said.length = 0;
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(addressOf(screen));
    return known;
  };

  test.each(SCREENS)(
    "$name: axe finds nothing wide and narrow and no colour too weak in either theme, nothing runs out sideways, nothing is said to the console, and no word or tick of another state",
    async (screen) => {
      const watched = await opened(screen);
      await settled(watched);
      const { shows } = screen;
      if (typeof shows === "object") await expectSaid(watched.page, shows.of, shows.one);
      else if (shows !== "no state") await expectRows(watched.page, shows, states.shown);
      await DEEDS[screen.does](watched.page, async () => leaving?.close());
      if (screen.served === "read-only") expect(await actsOf(watched.page)).toEqual([]);
      expect(await walk(watched, screen.name)).toEqual([]);
      await (screen.does === "loses the server" ? watched.close : watched.check)(nosOf(screen));
    },
  );
});

/** The acts that a page offers which a server that only reads would refuse. */
const actsOf = (page: Page): Promise<readonly string[]> =>
  page.getByRole("button", { name: /^(stop|withdraw|sign|accept|reject|mark)/i }).allTextContents();

/** What a doctor may say: each of it once. */
const CHECKS: readonly DoctorCheck[] = [
  { id: "node", status: "ok", says: "24.21.0", fix: "" },
  { id: "memory", status: "warn", says: "no writable cgroup: total memory is watched, not capped", fix: "" },
  {
    id: "authority",
    status: "fail",
    says: "allowed_signers is writable by group <img src=x onerror=alert(1)> \u202e",
    fix: `chmod 644 ${"a-very-long-name/".repeat(9)}.sot/authority/allowed_signers`,
  },
  { id: "sandbox", status: "skip", says: "not asked for", fix: "" },
];

const DEEDS: Readonly<Record<Deed, (page: Page, leave: () => Promise<void>) => Promise<void>>> = {
  nothing: async () => undefined,
  "opens the palette": async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to" }).waitFor();
    await page.getByRole("option").first().waitFor();
  },
  searches: async (page) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to" }).fill("R-06");
    await page.getByRole("option", { name: /R-061-01/ }).waitFor();
  },
  "opens the sheet": async (page) => {
    await page.locator("h1").focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByRole("heading").first().waitFor();
  },
  "loses the server": async (page, leave) => {
    await page.getByText("Live", { exact: true }).waitFor();
    await leave();
    await page.getByText("Nothing can be signed until the server is back.").first().waitFor();
  },
};

const nosOf = ({ answers, served, does }: Screen): readonly No[] => {
  if (served === "no-token") return ["401"];
  // Who only reads is told of nothing that could be signed.
  if (served === "read-only") return ["404"];
  if (does === "loses the server") return ["away"];
  return answers === "missing" ? ["404"] : [];
};

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
  readonly rules: readonly Rules[];
}

/** Each width and each theme has its walk by axe; every width in every theme where every case is tried. */
const LOOKS: readonly Look[] = [
  { width: 1440, theme: "light", rules: ["all"] },
  { width: 1440, theme: "dark", rules: EVERY_CASE ? ["colours"] : [] },
  { width: 390, theme: "light", rules: EVERY_CASE ? ["all"] : [] },
  { width: 390, theme: "dark", rules: EVERY_CASE ? ["colours"] : ["all"] },
  // At the narrowest it is only asked whether all fits.
  { width: 320, theme: "light", rules: [] },
];

/** Looks at a page in each theme and width; answers what is wrong, with the look in which it is. */
const walk = async (watched: WatchedPage, name: string): Promise<readonly string[]> => {
  const { page } = watched;
  const wrong: string[] = [];
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
