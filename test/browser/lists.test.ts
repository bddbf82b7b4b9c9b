import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeGround, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { layManyRuns } from "./many-runs.ts";
import { openPage, serveHome, type ServedHome } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, the long lists are not tried: script/bootstrap --tests\n");

const isAbsent = CHROMIUM === undefined;
const MANY = 2_000;
const HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe javascript:alert(1)";

const rowsIn = (page: Page): Promise<number> => page.locator(".run-window [role=row]").count();
// What the page itself says: the browser tells others of it only afterwards.
const pathIn = (page: Page): Promise<string> => page.evaluate(() => location.pathname);
const queryIn = (page: Page): Promise<string | null> =>
  page.evaluate(() => new URLSearchParams(location.search).get("q"));
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? "");

describe.skipIf(isAbsent)("a home with 2,000 runs", () => {
  let browser: Browser;
  let ground: Ground;
  let served: ServedHome;
  beforeAll(async () => {
    browser = await startChromium();
    ground = await makeGround({ title: HOSTILE });
    await (await ground.open()).store.close();
    layManyRuns(ground.home, MANY);
    served = await serveHome(ground.home);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await ground?.close();
  });

  test("the list tells how many there are, draws at most 200 of them, and reaches the oldest by scrolling", async () => {
    const watched = await openPage(browser, served.at("/runs"));
    const { page } = watched;
    await page.getByText("2,000 runs.").waitFor();
    expect(await page.getByRole("table", { name: "Runs" }).getAttribute("aria-rowcount")).toBe("2001");
    await page.getByRole("link", { name: "Needs you 2" }).waitFor();
    expect(await rowsIn(page)).toBeLessThanOrEqual(200);
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.getByRole("link", { name: "R-101-01", exact: true }).waitFor();
    expect(await rowsIn(page)).toBeLessThanOrEqual(200);
    const oldest = page.getByRole("row").filter({ hasText: "R-101-01" });
    expect(await oldest.getAttribute("aria-rowindex")).toBe("2001");
    await watched.close();
  });

  test("a filter is kept in the address and tells the words that it does not know; a blocked run shows no time", async () => {
    const watched = await openPage(browser, served.at("/runs"));
    const { page } = watched;
    await page.getByText("2,000 runs.").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("state:awaiting colour:red");
    await page.getByText("2 runs.", { exact: true }).waitFor();
    await page.getByText("Not understood, and not used: colour:red", { exact: false }).waitFor();
    expect(await queryIn(page)).toBe("state:awaiting colour:red");
    await page.getByRole("searchbox").fill("work:101 r-101-01");
    await page.getByText("1 of 100.", { exact: true }).waitFor();
    await page.getByRole("searchbox").fill(`work:101 ${HOSTILE}`);
    await page.getByText("No run is let through by this filter.").waitFor();
    await page.getByRole("searchbox").fill("work:101 state:blocked");
    const row = page.locator(".run-window .run-row").first();
    await row.getByText("never started").waitFor();
    expect([await row.locator("time").count(), await row.locator(".run-took").textContent()]).toEqual([0, ""]);
    await watched.close();
  });

  test("by keys alone: down, up, open, next of the list, the inbox; and keys do nothing where text is typed", async () => {
    const watched = await openPage(browser, served.at("/runs"));
    const { page } = watched;
    await page.getByText("2,000 runs.").waitFor();
    for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
    await expect.poll(() => focused(page)).toBe("R-120-99");
    for (let n = 0; n < 40; n += 1) await page.keyboard.press("j");
    await expect.poll(() => focused(page)).toBe("R-120-59");
    expect(await page.evaluate(() => document.activeElement?.getBoundingClientRect().bottom ?? 0)).toBeLessThanOrEqual(
      900,
    );
    await page.keyboard.press("/");
    await page.keyboard.type("gajs?");
    // The filter has heard the last of them: whatever another key would have done is done.
    await expect.poll(() => queryIn(page)).toBe("gajs?");
    expect([await pathIn(page), await page.getByRole("searchbox").inputValue()]).toEqual(["/runs", "gajs?"]);
    await page.getByRole("searchbox").fill("");
    await page.getByText("2,000 runs.").waitFor();
    await page.locator("h1").focus();
    await page.keyboard.press("j");
    await expect.poll(() => focused(page)).toBe("R-120-100");
    await page.keyboard.press("Enter");
    await expect.poll(() => pathIn(page)).toBe("/r/R-120-100");
    await page.keyboard.press("]");
    await expect.poll(() => pathIn(page)).toBe("/r/R-120-99");
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await expect.poll(() => pathIn(page)).toBe("/");
    // Runs whose bundles are not there.
    await watched.close(["404", "409"]);
  });

  test("the palette finds a run by the beginning of its id and goes there; the sheet switches the keys off", async () => {
    const watched = await openPage(browser, served.at("/runs"));
    const { page } = watched;
    await page.getByText("2,000 runs.").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to" }).fill("101-07");
    await page.getByRole("option", { name: "R-101-07" }).waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => pathIn(page)).toBe("/r/R-101-07");
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: "Single keys are on." }).uncheck();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("g");
    await page.keyboard.press("r");
    // A later key was heard, and the one that is never switched off.
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Go to" }).waitFor();
    expect(await pathIn(page)).toBe("/r/R-101-07");
    // Runs whose bundles are not there.
    await watched.close(["404", "409"]);
  });
});
