import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";

import type { Browser } from "playwright-core";

import { CHROMIUM, startChromium } from "../test/browser/chromium.ts";
import { count, median, ratio, unable } from "./measure.ts";
import { homeOfEvents } from "./surface-events.ts";
import { demoHome, homeOfRuns, type Home } from "./surface-homes.ts";
import { opened, shiftOf, type Opened, type Wanted } from "./surface-opened.ts";
import { emptyPage, served, type Serving } from "./surface-serving.ts";

/** What the pages of the Control Surface cost in headless Chromium. */
export const pageRows = async (): Promise<readonly boolean[]> => {
  if (CHROMIUM === undefined) {
    unable("no chromium here, no page is measured: script/bootstrap --tests");
    return [];
  }
  const browser = await startChromium();
  const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-pages-"));
  try {
    const rows: boolean[] = [];
    for (const measured of [ofTheDemo, ofLists, ofEvents]) rows.push(...(await measured(browser, folder)));
    return rows;
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  }
};

/** Every page of a home, from an address that is served while `act` looks. */
const over = async <T>(home: Home, act: (by: Serving) => Promise<T>): Promise<T> => {
  const by = await served(home.home);
  try {
    return await act(by);
  } finally {
    await by.close();
    await home.close();
  }
};

const INBOX = ["h1", ".liveness.live", "main .columns > .stack:last-child .panel"];
const RUNS = [
  "h1",
  ".run-window .run-row a[href]",
  ".tabs a:last-child .num:not(:empty)",
  "main p[role=status]:not(:empty)",
];
const EMPTY = ["h1", "b"];
/** The last panel of each column, and what comes last in each of the others. */
const RUN = [
  "h1",
  ".gates .gate",
  "#timeline tbody tr",
  "#attempts .canaries li",
  "#diff .file",
  "#validation .lines",
  "#evidence .files tbody tr",
  "#said",
  "#contract dl",
];

const ROUNDS = 9;
const SHIFT_MAX = 0.02;

const ofTheDemo = async (browser: Browser, folder: string): Promise<readonly boolean[]> => {
  const demo = await demoHome(path.join(folder, "demo"));
  const empty = await emptyPage();
  try {
    return await over(demo, async (by) => {
      const inbox: Wanted = { by, place: "/", drawn: INBOX };
      const run: Wanted = { by, place: `/r/${demo.run}`, drawn: RUN };
      const nothing: Wanted = { by: empty, place: "/", drawn: EMPTY };
      return [
        ...(await sizesOf(browser, inbox)),
        count("run page: requests until it can be used", (await opened(browser, run, askedOf)).length, 20, "requests"),
        await slower(browser, "run page of the demo run against an empty page", [run, nothing], 2),
        await steady(browser, "inbox", inbox),
        await steady(browser, "run page", run, "#evidence .aside .ok"),
      ];
    });
  } finally {
    await empty.close();
  }
};

const FEW = 10;
const MANY = 10_000;

const ofLists = async (browser: Browser): Promise<readonly boolean[]> =>
  over(await homeOfRuns(FEW), async (few) =>
    over(await homeOfRuns(MANY), async (many) => {
      const [small, large] = [few, many].map((by): Wanted => ({ by, place: "/runs", drawn: RUNS }));
      if (small === undefined || large === undefined) throw new TypeError("there are two lists");
      return [
        await slower(browser, `list of ${MANY} runs against one of ${FEW}`, [large, small], 3),
        await steady(browser, "run list", large),
      ];
    }),
  );

const EVENTS = 20_000;
const EVENT_ROWS_MAX = 200;

/** All of its facts are told of, and so many rows stand for the ones that are shown. */
const ofEvents = async (browser: Browser): Promise<readonly boolean[]> => {
  const home = await homeOfEvents(EVENTS);
  return over(home, async (by) => {
    const drawn = ["h1", "#timeline tbody tr", "#timeline .pages"];
    const rows = await opened(browser, { by, place: `/r/${home.run}`, drawn }, async ({ page }) => {
      await page.waitForFunction(isStill, undefined, { polling: 500 });
      await page.locator("#timeline .pages", { hasText: `of ${EVENTS.toLocaleString("en")}` }).waitFor();
      return page.locator("#timeline tbody tr").count();
    });
    if (rows === 0) throw new Error("no event is shown");
    return [count(`run of ${EVENTS} events: rows of events in the page`, rows, EVENT_ROWS_MAX, "rows")];
  });
};

/** What a browser has to fetch for the first page, packed as gzip packs it. */
const sizesOf = async (browser: Browser, first: Wanted): Promise<readonly boolean[]> => {
  const asked = await opened(browser, first, askedOf);
  const kilobytes = async (ending: string): Promise<number> => {
    const files = asked.filter((address) => new URL(address, first.by.at("/")).pathname.endsWith(ending));
    const sizes = files.map(async (address) => gzipSync(await (await fetch(address)).bytes()).length);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1000;
  };
  return [
    count("first route: script, gzip", await kilobytes(".js"), 45, "kB"),
    count("first route: CSS, gzip", await kilobytes(".css"), 12, "kB"),
    count("first route: requests, fonts among them", asked.length, 20, "requests"),
  ];
};

const askedOf = ({ asked }: Opened): Promise<Opened["asked"]> => Promise.resolve(asked);

/** Opens both in turn, so that whatever else this machine does meets both alike. */
const slower = async (
  browser: Browser,
  what: string,
  [ours, theirs]: readonly [Wanted, Wanted],
  bound: number,
): Promise<boolean> => {
  const took: readonly [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [side, wanted] of [ours, theirs].entries()) {
      const ms = await opened(browser, wanted, ({ usableMs }) => Promise.resolve(usableMs));
      // The first of each finds neither server nor browser warm.
      if (round > 0) took[side === 0 ? 0 : 1].push(ms);
    }
  return ratio(`${what}, median of ${ROUNDS}`, median(took[0]), median(took[1]), bound);
};

/** What moves by itself until the last of it is there and nothing changes any more, wide and narrow. */
const steady = async (browser: Browser, what: string, wanted: Wanted, last = "h1"): Promise<boolean> => {
  const moved: number[] = [];
  for (const width of [1440, 390])
    moved.push(
      await opened(browser, { ...wanted, width }, async ({ page }) => {
        await page.locator(last).waitFor();
        await page.waitForFunction(isStill, undefined, { polling: 500 });
        return shiftOf(page);
      }),
    );
  return count(`${what}: layout shift, the worse of 1440 and 390 px`, Math.max(...moved), SHIFT_MAX, "");
};

/** Asked again and again, in the page. */
const isStill = (): boolean => {
  const [before, now] = [Reflect.get(window, "before"), document.body.innerText];
  Object.assign(window, { before: now });
  return before === now;
};
