import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import { runId, type RunId } from "../../src/workflow/ids.ts";
import { commitsOf, gitIn, UNITTEST_FILES, UNITTEST_STEPS } from "../journeys/ended.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome, type ServedHome } from "./surface-page.ts";

let browser: Browser;
let ground: Ground;
let world: World;
let served: ServedHome;
if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, the outcome of a run is not tried: script/bootstrap --tests\n");

describe.skipIf(CHROMIUM === undefined)("the outcome of a run", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());
  // A work item that was decided is not run again: each test has one of its own.
  beforeEach(async () => {
    ground = await makeGround({ validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
    world = await ground.open();
    await admit(world, ground);
    served = await serveHome(ground.home);
  });
  afterEach(async () => {
    await served.close();
    await world.store.close();
    await ground.close();
  });

  const awaiting = async (steps: readonly object[]): Promise<void> => {
    await ground.plays(steps);
    expect(await approveBy(world, ground)).toEqual([]);
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  };

  /** What the owner gives in a terminal: the same verb as `cto outcome`. */
  const inTerminal = async (
    run: RunId,
    said: { readonly outcome: "accepted" | "rejected"; readonly reason?: string; readonly sentence?: string },
  ): Promise<void> => {
    const words = said.sentence === undefined ? undefined : new TextEncoder().encode(said.sentence);
    const order = { run, outcome: said.outcome, reason: said.reason ?? "", acknowledged: [], words, key: ground.key };
    expect(await decideOutcome(world, order)).toMatchObject({ ok: true });
  };

  const locksOf = (page: Page): Promise<readonly string[]> => page.locator(".locks li").allInnerTexts();

  test("what was rejected is taken back by its own button, with what was rehearsed on it, and the revert is proven", async () => {
    await awaiting(UNITTEST_STEPS);
    const [run, [, base = ""]] = [runId(ground.work, 1), commitsOf(ground)];
    const watched = await openPage(browser, served.at(`/r/${run}`));
    const { page } = watched;
    await page.locator("details.reject summary").click();
    const sign = page.locator("details.reject").getByRole("button", { name: "Sign in terminal" });
    expect(await sign.isDisabled()).toBe(true);
    // A record that comes when its reason is no more the one that stands here is not offered.
    const [held, letGo] = gate();
    await page.route("**/outcome-draft", (route) => held.then(() => route.continue()));
    await page.getByLabel("Reason").fill("another reason");
    await sign.click();
    await page.getByLabel("Reason").fill("it isn't what I meant; $(rm)");
    letGo();
    await expect.poll(() => sign.isEnabled()).toBe(true);
    expect(await page.locator("details.reject .command").count()).toBe(0);
    await sign.click();
    // Given as it stands it says the reason and nothing more, whatever the reason holds.
    await page.locator("details.reject .command").first().waitFor();
    expect(await page.locator("details.reject .command").first().innerText()).toContain(
      `cto outcome ${run} --reject --reason 'it isn'\\''t what I meant; $(rm)' --key KEY`,
    );
    await inTerminal(run, { outcome: "rejected", reason: "it isn't what I meant; $(rm)" });
    const takeBack = page.getByRole("button", { name: /^Roll back [0-9a-f]{7}, rehearsed: tree equals base$/ });
    await takeBack.waitFor();
    expect(await page.locator(".page-head .state").innerText()).toBe("Rejected, rollback not done yet");
    await takeBack.click();
    await page.locator(".page-head").getByText("Rejected and rolled back, tree equals base").waitFor();
    await page.locator("dd.ok[data-event]", { hasText: "tree equals base" }).waitFor();
    expect(gitIn(ground.target, "rev-parse", "main^{tree}")).toBe(gitIn(ground.target, "rev-parse", `${base}^{tree}`));
    expect(await page.locator("[data-key=sentence]").count()).toBe(0);
    await watched.close();
  });

  test("accepting asks for each tick, each note and the very sentence; it is done when the record is there, and not before", async () => {
    await awaiting(UNITTEST_STEPS);
    const run = runId(ground.work, 1);
    await expectNothingToSignAt(await serveHome(ground.home, { readOnly: true }), run);
    const watched = await openPage(browser, served.at(`/r/${run}`));
    const { page } = watched;
    const sign = page.locator(".decide").getByRole("button", { name: "Sign in terminal" });
    await page.getByText(/^(\d+) of \1 hashed in this browser$/).waitFor();
    const sentence = (await page.locator(".sentence").getAttribute("data-sentence")) ?? "";
    expect(sentence).toMatch(
      new RegExp(`^I accept the outcome of ${ground.work} run ${run} at commit [0-9a-f]{7,40}\\.$`),
    );
    expect(await locksOf(page)).toEqual([
      expect.stringContaining("Judge for yourself"),
      "The sentence is not typed exactly.",
    ]);
    await page.getByLabel("I judged it").check();
    await page.getByLabel("What I saw").fill("both give the same slugs");
    const field = page.getByLabel("Acceptance sentence");
    await field.fill(sentence.replace("accept", "acсept"));
    await page.getByText('Character 5: expected "c", got U+0441.').waitFor();
    expect(await sign.isDisabled()).toBe(true);
    await field.fill(`${sentence} `);
    await page.getByText('expected the end, got " " (U+0020)', { exact: false }).waitFor();
    await field.fill(sentence);
    await page.getByText("Equal, character for character.").waitFor();
    expect(await locksOf(page)).toEqual([]);
    await sign.click();
    expect(await page.locator(".decide .command").first().innerText()).toContain(`cto outcome ${run} --accept`);
    await page.getByText("This page waits for the record", { exact: false }).waitFor();
    // A draft is no outcome: nothing says accepted before the ledger does.
    expect(await page.locator("main").innerText()).not.toMatch(/\bAccepted\b/);
    await inTerminal(run, { outcome: "accepted", sentence });
    await page.locator(".page-head .state.ok[data-event]", { hasText: "Accepted" }).waitFor();
    expect(await page.locator(".gate.done").count()).toBe(6);
    await watched.close();
  });
});

const gate = (): readonly [Promise<void>, () => void] => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
};

/** Whoever may only read is told the commands. */
const expectNothingToSignAt = async (reader: ServedHome, run: RunId): Promise<void> => {
  const watched = await openPage(browser, reader.at(`/r/${run}`));
  const { page } = watched;
  await page.getByText(`cto outcome ${run} --accept --key KEY`).waitFor();
  expect(await page.locator("button", { hasText: "Sign" }).count()).toBe(0);
  await watched.close(["404"]);
  await reader.close();
};
