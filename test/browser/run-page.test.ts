import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { World } from "../../src/harness/world.ts";
import { UNITTEST_FILES, UNITTEST_STEPS } from "../journeys/ended.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome, type ServedHome, type WatchedPage } from "./surface-page.ts";

const MARKUP = "<img src=x onerror=document.title=1>";
const LONG = "x".repeat(240);
// What an agent says and names: markup, a turned name, terminal sequences, two lines, and what has no end.
const HOSTILE: readonly object[] = [
  { say: `${MARKUP} all criteria are proven \u202Egnp.exe \u001B[32mPASS\u001B[0m\nHarness: accepted` },
  { run: "git push origin main" },
  {
    bash: `touch 'src/${MARKUP}' $'src/a\u202Etxt.py' $'src/two\nlines' 'src/${LONG}'; exit 0`,
    native: true,
  },
];

let browser: Browser;
let ground: Ground;
let world: World;
let served: ServedHome;
if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, the page of a run is not tried: script/bootstrap --tests\n");

describe.skipIf(CHROMIUM === undefined)("the page of a run", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    browser = await startChromium();
    ground = await makeGround({ validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
    world = await ground.open();
    await admit(world, ground);
    served = await serveHome(ground.home);
  });
  afterAll(async () => {
    await browser.close();
    await served.close();
    await world.store.close();
    await ground.close();
  });

  const played = async (steps: readonly object[], over: World = world): Promise<readonly string[]> => {
    await ground.plays(steps);
    expect(await approveBy(world, ground)).toEqual([]);
    return endOf(await runOnce(over, ground));
  };

  /** The same world, in which no validation starts before it may. */
  const heldBeforeValidation = (may: Promise<void>): World => ({
    ...world,
    sandbox: {
      ...world.sandbox,
      open: async (stage) => {
        if (stage.purpose === "validation") await may;
        return world.sandbox.open(stage);
      },
    },
  });

  const open = (place: string): Promise<WatchedPage> => openPage(browser, served.at(place));

  const textIn = (page: Page, part: string): Promise<string> => page.locator(part).innerText();

  test("what an agent says and names is text, stands apart as its word, and steers nothing", async () => {
    expect((await played(HOSTILE))[0]).toBe("voided");
    const watched = await open("/r/R-049-01");
    const { page } = watched;
    await page.getByText(/^(\d+) of \1 hashed in this browser$/).waitFor();
    await page.locator("#diff .grid-rows li").first().waitFor();
    expect(await page.locator("main img, main script, main iframe").count()).toBe(0);
    expect(await page.title()).not.toBe("1");
    const words = await textIn(page, "main");
    expect(words).toContain(MARKUP);
    expect(words).toContain("<U+202E>");
    expect(words).not.toMatch(/[\p{Bidi_Control}\u200B]/u);
    expect(words).not.toContain("\u001B");
    // The sentence that the agent made up stands with the words that say whose it is.
    const claim = page.locator("#said .claimed", { hasText: "all criteria are proven" });
    expect(await claim.innerText()).toContain("said by the agent");
    expect(await claim.locator("a, .ok, .state").count()).toBe(0);
    // Nothing runs out of the page.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await watched.close();
  });

  test("a voided run lists what was denied and what it touched, and offers nothing to accept", async () => {
    const watched = await open("/r/R-049-01");
    const { page } = watched;
    await page.getByRole("region", { name: "How it ended" }).waitFor();
    expect(await page.locator("main .state.bad").first().innerText()).toMatch(/^Voided: /);
    await page.locator("#attempts").getByText("git push origin main").first().waitFor();
    expect(await page.locator("#attempts .grid-rows li", { hasText: "push" }).first().innerText()).toContain(
      "attempted and denied",
    );
    await page.locator("#diff .bad.text").first().waitFor();
    expect(await page.locator("textarea, [data-key=sentence], button:has-text('Sign')").count()).toBe(0);
    await page.locator("#attempts .event-links button").first().click();
    await page.locator(".timeline tr.chosen").waitFor();
    await watched.close();
  });

  test("a run that is not there yet appears, and goes from its gate to its outcome under the reader's eyes", async () => {
    const watched = await open("/r/R-049-02");
    const { page } = watched;
    await page.getByText("surface/nothing-there").waitFor();
    await page.evaluate(() => Object.assign(window, { stays: true }));
    const { promise: isSeen, resolve: goOn } = Promise.withResolvers<void>();
    const ended = played(UNITTEST_STEPS, heldBeforeValidation(isSeen));
    await page.getByRole("region", { name: "Running" }).waitFor();
    await page.getByText("Not sealed yet: appears at the seal event.").waitFor();
    // Nothing is green before it is recorded.
    expect(await page.locator("#evidence .ok, .criteria .ok").count()).toBe(0);
    await page.locator("dd[data-count=paths]", { hasText: /^2 paths$/ }).waitFor();
    await page.locator("#timeline").getByText("every path is allowed").waitFor();
    expect(await page.locator("#evidence .ok, .criteria .ok").count()).toBe(0);
    goOn();
    expect(await ended).toEqual(["awaiting_outcome"]);
    await page.getByRole("region", { name: "Record the outcome" }).waitFor();
    expect(await page.evaluate(() => "stays" in window)).toBe(true);
    const sums = await readFile(path.join(ground.home, ".cto/runs/R-049-02/SHA256SUMS"), "utf8");
    const count = sums.trimEnd().split("\n").length;
    await page.getByText(`${count} of ${count} hashed in this browser`).waitFor();
    expect(await page.locator(".gate.done").count()).toBe(5);
    expect(await page.locator("#attempts .grid-rows").first().locator("li").count()).toBe(10);
    // Each tick says which event or record it stands for.
    expect(await page.locator(".state.ok:not([data-event])").count()).toBe(0);
    await watched.close(["404"]);
  });

  test("a citation leads to its line, and a file says what it is and how to check it elsewhere", async () => {
    const watched = await open("/r/R-049-02");
    const { page } = watched;
    await page.locator(".criteria a", { hasText: "test.log line 1" }).first().click();
    await page.locator("tr#L1.chosen").waitFor();
    expect(page.url()).toMatch(/evidence\/test\.log#L1$/);
    await page.getByText("same as sealed").waitFor();
    expect(await textIn(page, "main")).toContain("sha256sum .cto/runs/R-049-02/test.log");
    await page.getByRole("button", { name: "JSON, set out" }).waitFor({ state: "detached" });
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download" }).click();
    expect((await download).suggestedFilename()).toBe("test.log");
    await page.goto(served.at("/r/R-049-02/evidence/nothing.txt"));
    await page.getByText("It holds:").waitFor();
    await page.getByRole("link", { name: "patch.diff" }).click();
    await page.getByRole("heading", { level: 1, name: "patch.diff" }).waitFor();
    await watched.close();
  });

  test("what cannot be read is said and never waited for, nor told as if it were not there", async () => {
    const watched = await open("/r/R-049-02/evidence/test.log");
    const { page } = watched;
    await page.getByText("same as sealed").waitFor();
    const lost = async (what: string | RegExp): Promise<void> => {
      await page.unrouteAll();
      await page.route(what, (route) => route.abort("connectionrefused"));
      await page.reload();
    };
    await lost("**/api/r/*/evidence/test.log");
    await page.getByRole("alert").getByText("The bytes could not be read: the server does not answer.").waitFor();
    await page.unrouteAll();
    await page.getByRole("button", { name: "Read again" }).click();
    await page.getByText("same as sealed").waitFor();
    await lost("**/api/r/*/evidence/SHA256SUMS");
    await page.getByText("SHA256SUMS was not read").waitFor();
    expect(await textIn(page, "main")).not.toMatch(/no line of SHA256SUMS|same as sealed/);
    await page.evaluate(() => history.pushState(null, "", "/r/R-049-02"));
    await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
    await page.getByText("SHA256SUMS could not be read: nothing is hashed in this browser").waitFor();
    await page.locator("#evidence tbody tr").first().waitFor();
    expect(await textIn(page, "#evidence")).not.toContain("stands outside the sums");
    await lost(/\/api\/(?:together|audit)\?/);
    await page.getByRole("alert").getByText("The server does not answer.").waitFor();
    await page.locator("#timeline tbody tr").first().waitFor();
    await watched.close(["away"]);
  });

  test("all that the page draws first comes in one answer, and by itself where that one does not come", async () => {
    const watched = await open("/r/R-049-02");
    const { page } = watched;
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
    const drawn = async (): Promise<void> => {
      for (const part of [
        "#timeline tbody tr",
        "#diff .file",
        "#validation .lines",
        "#evidence tbody tr",
        "#contract dl",
      ])
        await page.locator(part).first().waitFor({ state: "attached" });
    };
    const isFirst = (path: string): boolean =>
      /^\/api\/(?:audit|r\/R-049-02(?:\/events|\/diff|\/log|\/evidence)?)$/.test(path);
    await page.reload();
    await drawn();
    await page.getByText(/^(\d+) of \1 hashed in this browser$/).waitFor();
    expect(asked.filter((path) => path === "/api/together")).toHaveLength(1);
    expect(asked.filter(isFirst)).toEqual([]);
    await page.route("**/api/together?*", (route) => route.abort("connectionrefused"));
    asked.length = 0;
    await page.reload();
    await drawn();
    expect(new Set(asked.filter(isFirst)).size).toBe(6);
    await watched.close(["away"]);
  });

  test("one byte that is not as it was sealed takes every good word away and locks accepting", async () => {
    const watched = await open("/r/R-049-02");
    const { page } = watched;
    await page.getByText(/^(\d+) of \1 hashed in this browser$/).waitFor();
    const file = path.join(ground.home, ".cto/runs/R-049-02/test.log");
    const bytes = await readFile(file);
    await chmod(file, 0o644);
    await writeFile(file, bytes.with(bytes.length - 2, 0x21));
    await page.getByRole("button", { name: "Hash again" }).click();
    await page.locator(".page-head").getByText("Evidence does not verify").waitFor();
    await page.getByText(/hashed in this browser, 1 differ/).waitFor();
    expect(await page.locator(".gate.done, .criteria .ok").count()).toBe(0);
    expect(await page.locator(".criteria .state.bad").count()).toBe(5);
    await page.reload();
    await page.locator(".page-head").getByText("Evidence does not verify").waitFor();
    await page.locator("#evidence").getByText("Evidence does not verify: FAIL").waitFor();
    await page.getByText(/hashed in this browser, 1 differ/).waitFor();
    const words = await textIn(page, "main");
    expect(words).toContain("It cites test.log, which is not what was sealed.");
    expect(words).not.toMatch(/\bPASS\b|\bproven\b(?<!unproven)/);
    await page.locator("#evidence a", { hasText: "test.log" }).click();
    await page.getByText("does not verify: it is not what was sealed").waitFor();
    await writeFile(file, bytes);
    await watched.close();
  });

  test("a server that is away is said, what was read stays, and nothing can be signed", async () => {
    const watched = await open("/r/R-049-02");
    const { page } = watched;
    await page.getByRole("region", { name: "Record the outcome" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await served.close();
    await page.getByText("Nothing can be signed until the server is back.").waitFor();
    expect(await page.locator("#timeline tbody tr").count()).toBeGreaterThan(10);
    expect(await page.locator("main button:enabled", { hasText: "Sign" }).count()).toBe(0);
    await watched.close(["away"]);
    served = await serveHome(ground.home);
    const anew = await open("/r/R-049-02");
    await anew.page.getByText("Live", { exact: true }).waitFor();
    await anew.page.getByRole("region", { name: "Record the outcome" }).waitFor();
    await anew.close();
  });
});
