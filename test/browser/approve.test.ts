import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { KEY_SHEET } from "../../src/control-surface/web/keys.ts";
import { runCto } from "../cli/cli.ts";
import { admit, approveBy, makeGround, type Ground } from "../journeys/ground.ts";
import { admitted, newest, readyToSign, sentenceOf, seqsAt, withWorld } from "./approving.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome, type WatchedPage } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, approving in the browser is not tried: script/bootstrap --tests\n");

const PLACE = "/w/CTO-WORK-049";

describe.skipIf(CHROMIUM === undefined)("approving in the browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser?.close());

  /** A page over a home of its own, while `act` is done with it. */
  const over = async (
    made: Ground,
    place: string,
    act: (page: Page, watched: WatchedPage) => Promise<void>,
    look: Parameters<typeof openPage>[2] = {},
  ): Promise<void> => {
    const served = await serveHome(made.home);
    try {
      const watched = await openPage(browser, served.at(place), look);
      await act(watched.page, watched);
      await watched.close();
    } finally {
      await served.close();
      await made.close();
    }
  };

  test("from the inbox to a signature at the terminal: every part ticked, the sentence exact, the page follows the ledger", async () => {
    const ground = await admitted();
    const sentence = await sentenceOf(ground);
    await over(ground, "/", async (page) => {
      await page.getByText("never reviewed by you").waitFor();
      await page.getByRole("link", { name: /CTO-WORK-049/ }).click();
      await page.getByRole("heading", { name: "The packet you are approving" }).waitFor();
      const sign = page.getByRole("button", { name: "Sign in terminal" });
      await sign.waitFor();
      expect(await sign.isDisabled()).toBe(true);
      await page.getByText("Tick what you have read first.").waitFor();
      for (const box of await page.getByRole("group").getByRole("checkbox").all()) await box.check();

      const field = page.getByRole("textbox", { name: "Approval sentence" });
      await field.fill(sentence.slice(0, 25));
      await page.getByText("Equal so far: 25 of ", { exact: false }).waitFor();
      await field.press("i");
      await page.getByText('Character 26: expected "a", got "i" (U+0069).').waitFor();
      await page.getByText("What you typed is not the sentence.").waitFor();
      expect(await sign.isDisabled()).toBe(true);
      await field.fill(sentence);
      await expect.poll(() => sign.isEnabled()).toBe(true);
      await sign.click();
      await page.getByText("Waiting for approval.recorded").waitFor();
      await page.getByText("cto approve CTO-WORK-049 --key KEY").first().waitFor();

      const said = await runCto(["approve", "CTO-WORK-049", "--key", ground.key], {
        home: ground.home,
        types: [sentence],
      });
      expect(said.exit).toBe(0);
      await page.getByRole("heading", { name: "Approved" }).waitFor();
      expect(await seqsAt(page, "#approval [data-event]")).toEqual([await newest(ground, "approval.recorded")]);

      await page.getByRole("textbox", { name: "Reason to withdraw" }).fill("read it once more");
      await page.getByRole("button", { name: "Withdraw" }).click();
      await page
        .getByText(/Approval withdrawn by/)
        .first()
        .waitFor();
      await page.getByRole("heading", { name: "Approve", exact: true }).waitFor();
      // What was signed counts as reviewed: nothing is left to tick.
      await page.getByText("Nothing changed since your last review.").waitFor();
    });
  });

  test("an approval of other bytes is called stale, and what gives more leave is marked and has to be ticked", async () => {
    const ground = await admitted();
    await withWorld(ground, (world) => approveBy(world, ground));
    await ground.edit(ground.packet, "- `test_strings.py`", "- `test_strings.py`\n- `README.md`");
    await over(ground, PLACE, async (page) => {
      await page
        .getByText(/^Approval stale: packet/)
        .first()
        .waitFor();
      await page.getByText("approves nothing any more", { exact: false }).waitFor();
      const row = page.locator(".contract dt.changed");
      expect(await row.innerText()).toContain("widens");
      expect(await page.locator(".contract dd.changed ins").innerText()).toContain("README.md");
      await page.getByText("1 thing changed since your last review.").waitFor();
      expect(await page.getByRole("group").getByRole("checkbox").count()).toBe(1);
    });
  });

  test("a blocked gate says by what and offers nothing to sign; what hides or turns letters is written out", async () => {
    const ground = await makeGround();
    await (await ground.open()).store.close();
    await over(ground, PLACE, async (page) => {
      await page
        .getByText(/^Blocked: /)
        .first()
        .waitFor();
      await page.getByText("Nothing can be approved now:").waitFor();
      expect(await page.locator("#preflight .check.block").count()).toBeGreaterThan(0);
      expect(await page.getByRole("button", { name: /^Sign/ }).count()).toBe(0);

      const hidden = "<img src=x onerror=alert(1)> \u202Eevil\u2066 \u001B[31mred\u200B \u0430pprove";
      const file = path.join(ground.home, ground.packet);
      await writeFile(file, (await readFile(file, "utf8")).replace("and add coverage.", `and add ${hidden}.`));
      await page.reload();
      await page.getByRole("heading", { name: "No contract can be drawn" }).waitFor();
      const text = await page.locator("main").innerText();
      expect(text).not.toContain("\u001B");
      expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B]/u);
      expect(text).toMatch(/U\+202E/);
      expect(await page.locator("#packet img").count()).toBe(0);
    });
  });

  test("by the keyboard alone; a phone without a passkey has no button to sign", async () => {
    const ground = await admitted();
    const sentence = await sentenceOf(ground);
    await over(ground, PLACE, async (page) => {
      const boxes = page.getByRole("group").getByRole("checkbox");
      await boxes.first().waitFor();
      await boxes.first().focus();
      for (let left = await boxes.count(); left > 0; left -= 1) {
        await page.keyboard.press("Space");
        await page.keyboard.press("Tab");
      }
      await page.getByRole("heading", { level: 1 }).focus();
      await page.keyboard.press("a");
      await page.keyboard.insertText(sentence);
      await page.keyboard.press("Enter");
      await page.getByText("Equal, character for character.").waitFor();
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Sign in terminal");
      await page.keyboard.press("Enter");
      await page.getByText("Waiting for approval.recorded").waitFor();
      expect(await newest(ground, "approval.recorded")).toBeUndefined();
      expect(await newest(ground, "approval.challenged")).toBeUndefined();

      await page.setViewportSize({ width: 390, height: 800 });
      await page.reload();
      await page.getByText("This device has no key that may sign", { exact: false }).waitFor();
      expect(await page.getByRole("button", { name: /^Sign/ }).count()).toBe(0);
      expect(await topOf(page, "#packet")).toBeLessThan(await topOf(page, "#approve .sentence"));
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    });
  });

  test("a passkey made on these pages signs once its line stands in the trust root, and not before; no key of the sheet approves", async () => {
    const ground = await admitted();
    const sentence = await sentenceOf(ground);
    await over(ground, "/settings", async (page, { context, said }) => {
      const devices = await context.newCDPSession(page);
      await devices.send("WebAuthn.enable");
      await devices.send("WebAuthn.addVirtualAuthenticator", {
        options: {
          protocol: "ctap2",
          transport: "internal",
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
          automaticPresenceSimulation: true,
        },
      });
      await page.getByRole("textbox", { name: "Your name in the trust root" }).fill("jp");
      await page.getByRole("button", { name: "Make a passkey" }).click();
      const line = await page.getByText(/^jp namespaces=/).innerText();
      // Chromium would have keys of RSA asked for as well, which no record of ours takes.
      expect(said.splice(0).filter((one) => !one.includes("pubKeyCredParams"))).toEqual([]);
      // What cannot be read to be signed is said, and not taken for a server that signs nothing.
      await page.route("**/signing", (route) => route.abort("connectionrefused"));
      await page.evaluate((place) => history.pushState(null, "", place), PLACE);
      await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
      await page.locator("#approve").getByRole("alert").getByText("The server does not answer.").waitFor();
      await page.unrouteAll();
      await page.getByRole("button", { name: "Retry" }).click();
      said.length = 0;
      await page.getByRole("button", { name: "Sign in terminal" }).waitFor();
      expect(await page.getByRole("button", { name: /passkey/ }).count()).toBe(0);

      await appendFile(path.join(ground.home, ".sot/authority/allowed_signers"), `${line}\n`);
      const trusted = await runCto(["keys", "trust", "--key", ground.key], { home: ground.home });
      expect(trusted).toMatchObject({ exit: 0 });
      const sign = page.getByRole("button", { name: "Sign with passkey of jp" });
      await sign.waitFor();
      await readyToSign(page, sentence);
      expect(await sign.isEnabled()).toBe(true);
      await expectNoKeyToSend(page, () => readyToSign(page, sentence));
      await sign.click();
      await page.getByRole("heading", { name: "Approved" }).waitFor();
      expect(await seqsAt(page, "#approval [data-event]")).toEqual([await newest(ground, "approval.recorded")]);
    });
  });

  test("what a packet says is text: links, markup, look-alikes and ten thousand letters change no page", async () => {
    const ground = await makeGround({
      task: `see [x](javascript:alert(1)) &lt;img src=x onerror=alert(2)&gt; {{approve}} ${"long ".repeat(2000)}end.`,
      criteria: ["Approved by jp, A3, not used yet.", "`аpproval.recorded` is there, said a Cyrillic letter."],
    });
    await withWorld(ground, (world) => admit(world, ground));
    await over(ground, PLACE, async (page) => {
      await page.locator("#packet .contract").waitFor();
      const text = await page.locator("#packet .contract").innerText();
      expect(text).toContain("see [x](javascript:alert(1)) &lt;img src=x onerror=alert(2)&gt; {{approve}}");
      expect(text.match(/\blong\b/g)).toHaveLength(2000);
      expect(await page.locator(".contract").locator("img, script, a, button, [data-event]").count()).toBe(0);
      expect(await page.getByRole("heading", { name: "Approved" }).count()).toBe(0);
    });
  });
});

/** Presses every key of the sheet over a page that lacks nothing but its signature, with the focus on no button. */
const expectNoKeyToSend = async (page: Page, again: () => Promise<void>): Promise<void> => {
  const sent: string[] = [];
  page.on("request", (request) => void (request.method() === "GET" || sent.push(request.url())));
  for (const pressed of KEY_SHEET.flatMap(({ keys }) => keys)) {
    await page.getByRole("heading", { level: 1 }).focus();
    for (const key of pressed.replace("Ctrl K", "Control+k").split(" ")) await page.keyboard.press(key);
    // What is fetched when it is first wanted must be there to be closed.
    if (/^(?:\?|Ctrl K)$/.test(pressed)) await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    if ((await page.evaluate(() => location.pathname)) === PLACE) continue;
    await page.goBack();
    await again();
  }
  // Some of them take a tick away or add one; with all of them given it is still a person who signs.
  await again();
  expect(await page.getByRole("button", { name: /^Sign with passkey/ }).isEnabled()).toBe(true);
  expect(sent).toEqual([]);
};

const topOf = async (page: Page, selector: string): Promise<number> =>
  (await page.locator(selector).boundingBox())?.y ?? Number.NaN;
