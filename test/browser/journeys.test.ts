import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { admitTarget } from "../../src/harness/admission/admit-target.ts";
import { withdraw } from "../../src/harness/approval/withdraw.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { runId } from "../../src/workflow/ids.ts";
import type { LedgerType } from "../../src/workflow/ledger-types.ts";
import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import { UNITTEST_FILES, UNITTEST_STEPS } from "../journeys/ended.ts";
import { approveBy, endOf, makeGround, openSwitches, runOnce, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome, type ServedHome, type WatchedPage } from "./surface-page.ts";

// Markup, a turned name, a terminal's green, a link that runs, and a Cyrillic letter in a word of ours.
const HOSTILE =
  "<img src=x onerror=alert(1)> \u202Egnp.exe \u001B[32mPASS\u001B[0m [x](javascript:alert(1)) \u0410ccepted";
const SHOWN = HOSTILE.replaceAll("\u202E", "<U+202E>").replaceAll("\u001B", "<U+001B>");
/** As long as a signed reason may be, and longer than any reason that somebody means. */
const LONG = `${HOSTILE} ${"long ".repeat(700)}`;
const ENDLESS = `${HOSTILE} ${"x".repeat(10_000)}`;

let browser: Browser;
let ground: Ground;
let world: World;
let served: ServedHome;
if (CHROMIUM === undefined)
  process.stderr.write(
    "SKIPPED: no chromium here, stopping, replay and lists are not tried: script/bootstrap --tests\n",
  );

// One home after the other: blocked at the gate, stopped on its page, rejected; then all that the ledger says of it.
describe.skipIf(CHROMIUM === undefined)("one work item through its runs", { timeout: 120_000 }, () => {
  beforeAll(async () => {
    browser = await startChromium();
    ground = await makeGround({ validation: ["python3", "-m", "unittest", "-q"] }, UNITTEST_FILES);
    world = await ground.open();
    const open = { id: undefined, owner: undefined, risk: undefined, stages: undefined, backends: undefined };
    const { target, key } = ground;
    await admitTarget(world, { ...open, target, key, expiresMs: 86_400_000, reason: HOSTILE });
    served = await serveHome(ground.home);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await world?.store.close();
    await ground?.close();
  });

  const open = (place: string): Promise<WatchedPage> => openPage(browser, served.at(place));

  const seqOf = async (type: LedgerType): Promise<string> =>
    String((await world.store.leaves(0)).findLast((leaf) => leaf.type === type)?.seq);

  test("a run that the gate blocked names the check and what is next, on the line and beside it, and offers nothing to accept", async () => {
    expect(endOf(await runOnce(world, ground))[0]).toBe("blocked");
    const watched = await open("/r/R-049-01");
    const { page } = watched;
    const box = page.getByRole("region", { name: "What blocked it" });
    await box.getByText("approval/absent", { exact: true }).waitFor();
    await box.getByText(`cto approve ${ground.work}`, { exact: false }).first().waitFor();
    const against = page.locator(".gate.bad");
    expect(await against.locator(".gate-name").allInnerTexts()).toEqual(["Approval"]);
    // The number on it is that of the event in which the gate said no.
    const no = (await world.store.facts(runId(ground.work, 1)))
      .map(parseEvent)
      .find(({ type, data }) => type === "gate.checked" && data["ok"] === false);
    expect(await against.getAttribute("data-event")).toBe(String(no?.sequence));
    expect(await against.locator(".gate-word").innerText()).toBe(no?.data["reason"]);
    expect(await page.locator(".gate", { hasText: "Execution" }).innerText()).toContain("nothing was started");
    expect(
      await page
        .locator("main")
        .getByRole("button", { name: /accept|sign|roll back|stop/i })
        .count(),
    ).toBe(0);
    expect(await page.locator("[data-key=sentence], main input[type=checkbox]").count()).toBe(0);
    await watched.close(["404"]);
  });

  test("R135 a live run is stopped on its page: asked once with a reason, stopping until the record is there, then stopped", async () => {
    await ground.plays([...UNITTEST_STEPS, { hang: true }]);
    expect(await approveBy(world, ground)).toEqual([]);
    const running = inItsOwnProcess();
    const watched = await open("/r/R-049-02");
    const { page } = watched;
    await page.locator("dd[data-count=paths]", { hasText: "2 paths" }).waitFor();
    await page.locator("h1").focus();
    await page.keyboard.press("s");
    const question = page.getByRole("dialog");
    await question.getByRole("button", { name: "Let it run" }).click();
    await question.waitFor({ state: "detached" });
    expect(await seqOf("run.stopping")).toBe("undefined");
    await page.getByRole("button", { name: "Stop this run" }).click();
    const yes = question.getByRole("button", { name: "Stop it" });
    expect(await yes.isDisabled()).toBe(true);
    await question.getByLabel("Reason").fill(HOSTILE);
    await yes.click();
    await page.getByText("It was asked to stop.").waitFor();
    expect(await page.locator(".page-head .state").innerText()).toBe("Stopping");
    expect(await page.getByRole("button", { name: "Stop this run" }).count()).toBe(0);
    expect(await page.locator("main").innerText()).not.toMatch(/\bStopped\b/);
    expect(await running).toBe(130);
    const word = page.locator(".page-head .state", { hasText: /^Stopped by .*, target untouched$/ });
    await word.waitFor();
    // The number on it is that of the record behind which the run holds no more: its seal.
    expect(await word.getAttribute("data-event")).toBe(await seqOf("run.sealed"));
    await page.getByRole("region", { name: "How it ended" }).waitFor();
    expect(await page.locator("[data-key=sentence], main button:text('Sign')").count()).toBe(0);
    await expectHarmless(page);
    await watched.close(["404"]);
  });

  test("replay plays by itself to the last event and rests there; keys step it, and no further than there is", async () => {
    await ground.plays(UNITTEST_STEPS);
    expect(await approveBy(world, ground)).toEqual([]);
    expect(await withdraw(world, ground.work, { reason: ENDLESS, key: undefined })).toMatchObject({ ok: true });
    expect(await approveBy(world, ground)).toEqual([]);
    const run = runId(ground.work, 3);
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    const order = { run, outcome: "rejected", reason: LONG, acknowledged: [], words: undefined } as const;
    expect(await decideOutcome(world, { ...order, key: ground.key })).toMatchObject({ ok: true });

    const events = (await world.store.facts(run)).map(parseEvent).map(({ sequence }) => sequence);
    const at = (from: number): string => String(events.at(from));
    const watched = await open(`/r/${run}/replay?step=${at(-3)}`);
    const { page } = watched;
    await page.emulateMedia({ reducedMotion: "no-preference" });
    const said = (from: number): Promise<void> =>
      page.getByText(new RegExp(`^Event ${at(from)} of ${at(-1)}, stage `)).waitFor();
    await said(-3);
    const plays = page.getByRole("button", { name: "Play", exact: true });
    await plays.click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await said(-2);
    await said(-1);
    await page.locator("button.plays[aria-pressed=false]:disabled", { hasText: "Play" }).waitFor();
    expect(await page.getByRole("button", { name: "Step", exact: true }).isDisabled()).toBe(true);
    // What is shown is what the address says, and stays there.
    expect(new URL(page.url()).searchParams.get("step")).toBe(at(-1));

    const stepper = page.getByRole("region", { name: "Step through the events" });
    await stepper.focus();
    for (const [key, from] of [
      ["ArrowRight", -1],
      ["ArrowLeft", -2],
      ["k", -3],
      ["j", -2],
      ["ArrowRight", -1],
    ] as const) {
      await page.keyboard.press(key);
      await said(from);
    }
    for (const key of ["ArrowLeft", "ArrowLeft", " "]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.keyboard.press(" ");
    await plays.waitFor();

    for (const [level, word] of [
      ["validation", "Run validation again"],
      ["render", "Replay render here"],
    ] as const) {
      const part = page.getByRole("region", { name: `Replay level ${level}` });
      expect(await part.locator("[data-seen]").count()).toBe(0);
      await part.getByRole("button", { name: word }).click();
      await part.getByRole("status").getByText("Being replayed in scratch").waitFor();
      expect(await page.locator("section.level button:enabled:text(' here')").count()).toBe(0);
      await part.locator(".came .state.ok", { hasText: /^Same$/ }).waitFor();
      const kept: unknown = JSON.parse(
        await readFile(path.join(ground.home, `.cto/replays/${run}/${level}.json`), "utf8"),
      );
      expect(kept).toMatchObject({ came: "same", endedAt: await part.locator(".came").getAttribute("data-seen") });
    }
    await watched.close();
  });

  test("what the ledger says of all that stands on audit, targets, health, compare and settings, as text and nothing more", async () => {
    const watched = await open("/audit");
    const { page } = watched;
    const records = await world.store.leaves(0);
    await page.locator(".audit tbody tr").first().waitFor();
    expect(await page.locator(".audit tbody tr").count()).toBe(records.length);
    for (const { seq, type } of records) {
      const row = page.locator(`.audit tr[data-event="${seq}"]`);
      expect(await row.locator("summary code").innerText()).toBe(type);
    }
    for (const type of ["run.stopping", "approval.withdrawn", "outcome.rejected"] as const) {
      const row = page.locator(`.audit tr[data-event="${await seqOf(type)}"]`);
      await row.locator("summary").click();
      const text = await row.locator(".record-text").innerText();
      expect(text).toContain(SHOWN.slice(0, 40));
      expect(text).toContain(`"type": "${type}"`);
    }
    await expectHarmless(page);

    const to = async (place: string, ready: string): Promise<string> => {
      await page.goto("about:blank");
      await page.goto(served.at(place));
      await page.getByText(ready, { exact: false }).first().waitFor();
      await expectHarmless(page);
      return page.locator("main").innerText();
    };
    const id = "CTO-SAMPLE-TARGET";
    expect(await to("/targets", id)).toContain(ground.target);
    const target = await to(`/targets/${id}`, "Admitted, and now");
    expect(target).toContain(SHOWN);
    expect(target).toMatch(/admitted/);
    expect(await to("/health", "From blocked to answered")).toMatch(/All checks ok[^]*answered after/);
    const compared = await to("/compare?a=R-049-02&b=R-049-03", "The runs");
    for (const word of ["Stopped by", "Rejected, rollback not done yet", "differs"]) expect(compared).toContain(word);
    expect(await to("/compare?a=R-049-02", "The second side is missing")).not.toContain("differs");
    expect(await to("/settings", "cto keys list")).toMatch(
      /Not signed: [^]*allowed_signers[^]*counts[^]*signs now[^]*limits\.wallMs/,
    );
    expect(await to("/r/R-049-03", "Rejected, rollback not done yet")).toContain(SHOWN);

    // A packet that is refused is quoted where it is refused.
    await ground.edit(ground.packet, "- `test_strings.py`", `- \`${HOSTILE}\``);
    const refused = await to(`/w/${ground.work}`, "No contract can be drawn");
    expect(refused).toMatch(/packet\/[a-z-]+/);
    expect(refused).toContain("<U+202E>");
    await watched.close();
  });

  /** `cto run` as a person has it in a terminal; its exit code. */
  const inItsOwnProcess = async (): Promise<number | null> => {
    const program = new URL("../journeys/cto.ts", import.meta.url).pathname;
    const argv = [program, "run", ground.work, "--jsonl", "--home", ground.home];
    const child = spawn(process.execPath, argv, {
      stdio: "ignore",
      env: { ...openSwitches("scripted"), ...COMPILE_CACHE },
    });
    const [exit] = await once(child, "exit");
    return exit as number | null;
  };
});

/** Words of a stranger are words: no element of theirs, no link that runs, nothing that turns or hides, no width of theirs. */
const expectHarmless = async (page: Page): Promise<void> => {
  expect(await page.locator("main img, main script, main iframe, a[href^='javascript:' i]").count()).toBe(0);
  const text = await page.locator("main").innerText();
  expect(text).not.toContain("\u001B");
  expect(text).not.toMatch(/[\p{Bidi_Control}\u200B]/u);
  // A letter that looks like ours stands in no word that the Harness says.
  expect(await page.locator(".state, .gate-word, h1, h2, button", { hasText: "\u0410ccepted" }).count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
};
