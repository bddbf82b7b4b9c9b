import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { runId } from "../../src/workflow/ids.ts";
import { writeOutcomeRecord, type OutcomeRecord } from "../../src/workflow/outcome/outcome-record.ts";
import { buildVerifyPage } from "../../tools/build-verify-page.mjs";
import { WORK } from "../fixtures/governed.ts";
import { MUTATED, mutableBundles, MUTATIONS } from "../fixtures/mutations.ts";
import { sampleBundle, utf8, type FileMap } from "../fixtures/sample-bundle.ts";
import { acceptanceOf, evidenceOf } from "../fixtures/sample-outcome.ts";
import { signBy } from "../fixtures/ssh.ts";
import { tarOf, tarOfFiles } from "../fixtures/tar.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, verify.html is not tried: script/bootstrap --tests\n");
const isAbsent = CHROMIUM === undefined;

const bundle = sampleBundle();
const folder = mkdtempSync(path.join(tmpdir(), "cto-page-"));
const file = path.join(folder, "verify.html");
let browser: Browser | undefined;
let page: Page;
const said: string[] = [];

beforeAll(async () => {
  await buildVerifyPage(file);
  if (CHROMIUM !== undefined) browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  bundle.world.remove();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  if (browser === undefined) return;
  said.length = 0;
  page = await browser.newPage();
  page.on("console", (message) => said.push(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") && !request.url().startsWith("blob:"))
      said.push(`request: ${request.url()}`);
  });
  await page.goto(`file://${file}`);
  await page.waitForFunction(() => /^[0-9a-f]{64}$/.test(document.getElementById("own")?.textContent ?? ""));
});
// No network, no console message, no exception: after every test.
afterEach(async () => {
  expect(said).toEqual([]);
  if (browser !== undefined) await page.close();
});

const folderOf = (name: string, files: FileMap): string => {
  for (const [inside, bytes] of files) {
    const place = path.join(folder, name, inside);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, bytes);
  }
  return path.join(folder, name);
};
const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(path.join(folder, name), bytes);
  return path.join(folder, name);
};

const trust = (): Promise<void> => page.fill("#trust", new TextDecoder().decode(bundle.world.allowedSigners));
const verdict = async (): Promise<string | null> => {
  await page.waitForFunction(() =>
    /^(?:PASS|FAIL|NOT-PROVEN)/.test(document.getElementById("status")?.textContent ?? ""),
  );
  return page.getAttribute(".verdict", "data-verdict");
};
const rows = (): Promise<readonly string[]> =>
  page.$$eval("tr[data-check]", (found) =>
    found.map((row) => `${row.getAttribute("data-verdict")} ${row.getAttribute("data-check")}`),
  );

test.skipIf(isAbsent)("a sealed bundle passes, by the same rows as the library gives in Node", async () => {
  await trust();
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  expect(await verdict()).toBe("PASS");
  const { checks } = await bundle.verify(bundle.sealed());
  expect(await rows()).toEqual(checks.map(({ verdict: word, id }) => `${word} ${id}`));
});

test.skipIf(isAbsent)("a tar of it passes, without trust it is not proven, and pasting trust proves it", async () => {
  await page.setInputFiles("#tar", fileOf("R-049-01.tar", tarOfFiles(bundle.sealed())));
  expect(await verdict()).toBe("NOT-PROVEN");
  await trust();
  await page.waitForSelector(".verdict[data-verdict=PASS]");
});

test.skipIf(isAbsent)(
  "the story stands there: who approved what, what was allowed, what changed, how it ended",
  async () => {
    await trust();
    await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
    await verdict();
    const text = await page.innerText("main");
    for (const word of [
      "I approve CTO-WORK-049 against",
      "jp, assurance A2",
      "src/strings.py",
      "python3 -m pytest -q on candidate: exit 0",
      "Awaiting outcome: one commit",
      "git push origin main",
      "said by the agent",
      "What a pass does not establish",
      "host not compromised",
    ])
      expect(text).toContain(word);
  },
);

test.skipIf(isAbsent)(
  "what a bundle says is text, never markup, and nothing of it is hidden or turned around",
  async () => {
    await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
    await verdict();
    expect(await page.innerText("main")).toContain("I <b>fixed</b> `slugify` <U+202E> and may push now");
    expect(await page.$$eval("main b, main script, main img, main a, main iframe", (found) => found.length)).toBe(0);
  },
);

test.skipIf(isAbsent)(
  "an outcome that is chosen with its signature is judged too, and one of another run fails",
  async () => {
    const { key } = bundle.world;
    const sealed = bundle.sealed();
    const role = `jp namespaces="outcome@cto-harness" ${key.publicKey}\n`;
    await page.fill("#trust", `${role}${new TextDecoder().decode(bundle.world.allowedSigners)}`);
    await page.setInputFiles("#folder", folderOf("R-049-01", sealed));
    expect(await verdict()).toBe("PASS");
    expect(await page.innerText("main")).toContain("outcome: not given");
    const choose = async (name: string, change: Partial<OutcomeRecord>): Promise<string[]> => {
      const record = utf8(writeOutcomeRecord({ ...acceptanceOf(sealed), ...change }, evidenceOf(sealed)));
      const files = [fileOf(name, record), fileOf(`${name}.sig`, signBy(key, record, "outcome@cto-harness"))];
      await page.setInputFiles("#later", files);
      await page.waitForSelector("tr[data-check=outcome]");
      return page.$$eval("tr[data-check=outcome]", (found) => found.map((row) => row.textContent ?? ""));
    };
    expect(await choose("outcome.json", {})).toEqual([expect.stringContaining("accepted by jp, A2")]);
    expect(await page.getAttribute(".verdict", "data-verdict")).toBe("PASS");
    await page.setInputFiles("#later", []);
    await page.waitForSelector("tr[data-check=outcome]", { state: "detached" });
    expect((await choose("other.json", { runId: runId(WORK, 2) })).join()).toContain("it is about another run");
    expect(await page.getAttribute(".verdict", "data-verdict")).toBe("FAIL");
  },
);

test.skipIf(isAbsent)("the page prints the digest of its own file, and both are of the build", async () => {
  const sum = createHash("sha256").update(readFileSync(file)).digest("hex");
  expect(await page.textContent("#own")).toBe(sum);
  const again = path.join(folder, "again.html");
  await buildVerifyPage(again);
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
});

test.skipIf(isAbsent)("a folder that holds this page is told from one that holds another", async () => {
  const told = async (html: Uint8Array, name: string): Promise<string> => {
    await page.setInputFiles(
      "#folder",
      folderOf(
        name,
        bundle.resealed((files) => files.set("verify.html", html)),
      ),
    );
    await verdict();
    return page.innerText("main");
  };
  expect(await told(readFileSync(file), "same")).toContain("the page inside this bundle than that it is this page");
  expect(await told(utf8("<p>trust me</p>"), "other")).toContain("it is another one than this");
});

test.skipIf(isAbsent)("it can be used by keyboard alone, and says its verdict to a screen reader", async () => {
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("folder");
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  await verdict();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("verdict");
  expect(await page.getAttribute("#status", "role")).toBe("status");
  const unnamed = await page.$$eval("input, textarea", (found) =>
    found.filter((one) => (one as HTMLInputElement).labels?.length === 0).map(({ id }) => id),
  );
  expect(unnamed).toEqual([]);
});

test.skipIf(isAbsent).each([390, 1280])("at %i pixels nothing runs out of the page sideways", async (width) => {
  await page.setViewportSize({ width, height: 800 });
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  await verdict();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
});

const { ended, another } = mutableBundles(bundle);

/** One tar for the page, as the places of its entries in a store of them, and the name under which its fault must be seen. */
interface Case {
  readonly name: string;
  readonly places: readonly (readonly [from: number, to: number])[];
  /** Undefined for a bundle as it was sealed. */
  readonly seenAs: string | undefined;
}

/** Every mutation of every file of these bundles, and each bundle as it is. Entries that many tars share are stored once. */
const casesOf = (): { readonly store: Uint8Array; readonly cases: readonly Case[] } => {
  const entries: Uint8Array[] = [];
  let size = 0;
  const stored = (bytes: Uint8Array): Case["places"][number] => {
    entries.push(bytes);
    size += bytes.length;
    return [size - bytes.length, size];
  };
  const end = stored(tarOf([]));
  const cases: Case[] = [];
  for (const ending of MUTATED) {
    const sealed = ended(ending);
    const others = another.sealed();
    const whole = new Map([...sealed].map(([name, content]) => [name, stored(tarOf([{ name, content }], NOTHING))]));
    const placesOf = (files: FileMap): Case["places"] => [
      ...[...files].map(([name, content]) =>
        content === sealed.get(name) ? (whole.get(name) ?? end) : stored(tarOf([{ name, content }], NOTHING)),
      ),
      end,
    ];
    cases.push({ name: `${ending}.tar`, places: placesOf(sealed), seenAs: undefined });
    for (const name of sealed.keys())
      for (const { kind, change, seenAs } of MUTATIONS) {
        const files = new Map(sealed);
        change(files, name, others);
        cases.push({ name: `${ending}, ${kind}, ${name}.tar`, places: placesOf(files), seenAs: seenAs(name) });
      }
  }
  return { store: Buffer.concat(entries), cases };
};
const NOTHING = new Uint8Array();

test.skipIf(isAbsent)(
  "every file of every bundle, changed in every way, fails in the page as well, and check and file are named (R117)",
  async () => {
    await trust();
    const { store, cases } = casesOf();
    await page.evaluate(() =>
      document.body.append(Object.assign(document.createElement("input"), { type: "file", id: "store" })),
    );
    await page.setInputFiles("#store", fileOf("store", store));
    // One after the other as somebody would choose them, without a word to this process in between.
    const unseen = await page.evaluate(async (all) => {
      const inputOf = (id: string): HTMLInputElement =>
        document.querySelector<HTMLInputElement>(`#${id}`) ?? new HTMLInputElement();
      const status = document.querySelector("#status") ?? document.body;
      const kept = new Uint8Array((await inputOf("store").files?.[0]?.arrayBuffer()) ?? new ArrayBuffer());
      const wrong: string[] = [];
      for (const { name, places, seenAs } of all) {
        const answered = new Promise<void>((resolve) => {
          const watch = new MutationObserver(() => {
            if (!status.textContent.endsWith(`: ${name}`)) return;
            watch.disconnect();
            resolve();
          });
          watch.observe(status, { childList: true, characterData: true, subtree: true });
        });
        const chosen = new DataTransfer();
        chosen.items.add(
          new File(
            places.map(([from, to]) => kept.subarray(from, to)),
            name,
          ),
        );
        const tar = inputOf("tar");
        tar.files = chosen.files;
        tar.dispatchEvent(new Event("change"));
        await answered;
        const said = document.querySelector(".verdict")?.getAttribute("data-verdict");
        const rows = [...document.querySelectorAll("tr[data-check][data-verdict=FAIL]")];
        const isNamed =
          seenAs === "SHA256SUMS" ||
          rows.some((row) => row.querySelector(".file")?.textContent?.startsWith(`${seenAs}: `) === true);
        const isSeen = said === "FAIL" && rows.length > 0 && isNamed;
        if (seenAs === undefined ? said !== "PASS" : !isSeen) wrong.push(`${name}: ${said}`);
      }
      return wrong;
    }, cases);
    expect(unseen).toEqual([]);
  },
  240_000,
);

test.skipIf(isAbsent)("a tar with a link in it fails, and the entry is named", async () => {
  const tar = tarOf([{ name: "report.json", type: "2", link: "/etc/passwd" }]);
  await page.setInputFiles("#tar", fileOf("linked.tar", tar));
  expect(await verdict()).toBe("FAIL");
  expect(await page.innerText("tr[data-check=files]")).toContain("report.json: it is a symbolic link");
});

test.skipIf(isAbsent)("the wrong trust root fails, and garbage is answered in words", async () => {
  await page.fill(
    "#trust",
    `jp namespaces="approval@cto-harness" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfQW6yAh1kwzPxf5vYMFvmMBkqx5HnOmO3dBvDk4OZk`,
  );
  await page.setInputFiles("#folder", folderOf("R-049-01", bundle.sealed()));
  expect(await verdict()).toBe("FAIL");
  await page.fill("#trust", "not a trust file");
  await page.waitForFunction(() => document.body.innerText.includes("does not read as allowed_signers"));
});
