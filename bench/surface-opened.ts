import type { Browser, Page } from "playwright-core";

import type { Serving } from "./surface-serving.ts";

interface Usable {
  /** Milliseconds from the beginning of its navigation until it could be used. */
  readonly usableMs: number;
  /** Addresses that were asked for until then, the page itself and the stream of events among them. */
  readonly asked: readonly string[];
}

/** One page as a browser that never saw it had it. */
export interface Opened extends Usable {
  readonly page: Page;
}

export interface Wanted {
  readonly by: Serving;
  readonly place: string;
  /** All that has to be drawn: one element for each of these selectors. */
  readonly drawn: readonly string[];
  readonly width?: number;
}

const WAITS_MS = 120_000;

/**
 * Opens an address in a window with an empty cache, looks, and closes it. It can be used from the first moment at which all
 * that is wanted stands there, nothing is busy, every answer that was asked for has come, its fonts as well, and all of
 * that is painted.
 */
export const opened = async <T>(
  browser: Browser,
  { by, place, drawn, width = 1440 }: Wanted,
  look: (opened: Opened) => Promise<T>,
): Promise<T> => {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    await page.addInitScript(watch, drawn);
    await page.goto(by.at(place));
    const found = await page.waitForFunction(() => Reflect.get(window, "usable"), undefined, { timeout: WAITS_MS });
    const usable: Usable = await found.jsonValue();
    return await look({ ...usable, page });
  } finally {
    await context.close();
  }
};

/** All that moved by itself in a page until now, as browsers score it. */
export const shiftOf = (page: Page): Promise<number> => page.evaluate(() => Number(Reflect.get(window, "shift")));

/** Runs in the page before all of its own. */
const watch = (drawn: readonly string[]): void => {
  // A new window is empty before it goes anywhere.
  if (location.protocol === "about:") return;
  const fetched: string[] = [];
  let [outstanding, shift] = [0, 0];
  const isUsable = (): boolean =>
    outstanding === 0 &&
    document.querySelector("[aria-busy=true]") === null &&
    drawn.every((one) => document.querySelector(one) !== null) &&
    [...document.fonts].every(({ status }) => status !== "loading");
  const usable = (): Usable => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const files = loaded.filter((name) => !new URL(name).pathname.startsWith("/api/") && !name.startsWith("data:"));
    return { usableMs: performance.now(), asked: [location.href, ...files, ...fetched] };
  };
  // Once in each frame, when what stands there is painted.
  const look = (): void => {
    if (isUsable()) Object.assign(window, { usable: usable() });
    else requestAnimationFrame(() => setTimeout(look));
  };
  const plain = window.fetch;
  window.fetch = async (...given) => {
    const address = given[0] instanceof Request ? given[0].url : String(given[0]);
    fetched.push(address);
    if (address.startsWith("/api/events")) return plain(...given);
    outstanding += 1;
    try {
      return await plain(...given);
    } finally {
      outstanding -= 1;
    }
  };
  Object.assign(window, { shift });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (Reflect.get(entry, "hadRecentInput") === false) shift += Number(Reflect.get(entry, "value"));
    Object.assign(window, { shift });
  }).observe({ type: "layout-shift", buffered: true });
  look();
};
