import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { admit, makeGround, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, the frame of the pages is not tried: script/bootstrap --tests\n");

describe.skipIf(CHROMIUM === undefined)("the frame", () => {
  let browser: Browser;
  let ground: Ground;
  beforeAll(async () => {
    browser = await startChromium();
    ground = await makeGround();
    await (await ground.open()).store.close();
  });
  afterAll(async () => {
    await browser?.close();
    await ground?.close();
  });

  test("the token leaves the address at once, stays in this tab alone, and dies with the server", async () => {
    const served = await serveHome(ground.home);
    const port = Number(new URL(served.url).port);
    const watched = await openPage(browser, served.url);
    const { page } = watched;
    await page.getByText("Live", { exact: true }).waitFor();
    expect(page.url()).toBe(`http://localhost:${port}/`);
    await page.reload();
    await page.getByText("Live", { exact: true }).waitFor();
    const other = await openPage(browser, new URL("/", served.url).href);
    await other.page.getByText("No token: open the address that", { exact: false }).waitFor();
    await other.close();
    await served.close();
    await page.getByText("Nothing can be signed until the server is back.", { exact: false }).waitFor();
    const anew = await serveHome(ground.home, { port });
    await page.getByText("The server was started anew, with another token: open the address that").waitFor();
    await anew.close();
    await watched.close(["401", "away"]);
  });

  test("an address of nothing says so, links and Back stay in the page, and the heading takes the focus", async () => {
    const served = await serveHome(ground.home);
    const watched = await openPage(browser, served.at("/"));
    const { page } = watched;
    await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    await page.evaluate(() => Object.assign(window, { stays: true }));
    await page.evaluate(() => history.pushState(null, "", "/w/a/b/c/d"));
    await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
    await page.getByRole("heading", { name: "No such page" }).waitFor();
    await page.getByRole("link", { name: "the inbox" }).click();
    await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H1");
    expect(await page.evaluate(() => "stays" in window)).toBe(true);
    await watched.close();
    await served.close();
  });

  test("a tab that was hidden counts as one that missed records: it asks anew before it is live again", async () => {
    const served = await serveHome(ground.home);
    const watched = await openPage(browser, served.at("/"));
    const { page } = watched;
    const turn = (to: "hidden" | "visible"): Promise<void> =>
      page.evaluate((state) => {
        Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, to);
    await page.getByText("Live", { exact: true }).waitFor();
    await turn("hidden");
    await page.getByText("Nothing can be signed until the server is back.", { exact: false }).waitFor();
    const asked = page.waitForRequest("**/api/status");
    await turn("visible");
    await asked;
    await page.getByText("Live", { exact: true }).waitFor();
    await watched.close();
    await served.close();
  });

  test("a part of the pages that does not come is said, and all is fetched anew when the reader asks for it", async () => {
    const served = await serveHome(ground.home);
    const watched = await openPage(browser, served.at("/"));
    const { page } = watched;
    await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
    await page.route(/assets\/(?:settings|palette)-/, (route) => route.abort("connectionrefused"));
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "Not loaded" }).getByText("could not be fetched").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("heading", { level: 1, name: "Page not loaded" }).waitFor();
    await page.unrouteAll();
    await page.getByRole("button", { name: "Retry" }).click();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await watched.close(["away"]);
    await served.close();
  });

  test("the records stay where they are under the reader's eyes until he asks for those that came since", async () => {
    const served = await serveHome(ground.home);
    const watched = await openPage(browser, served.at("/audit"));
    const { page } = watched;
    const rows = page.locator("tr[data-event]");
    await page.getByRole("region", { name: "Records", exact: true }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    const before = await rows.count();
    const world = await ground.open();
    await admit(world, ground);
    await world.store.close();
    const newer = page.getByRole("button", { name: /^\d+ new, show$/ });
    await newer.waitFor();
    expect(await rows.count()).toBe(before);
    await newer.click();
    await expect.poll(() => rows.count()).toBeGreaterThan(before);
    await watched.close();
    await served.close();
  });
});
