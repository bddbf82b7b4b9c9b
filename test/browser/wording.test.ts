import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { World } from "../../src/harness/world.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { runId, type RunId } from "../../src/workflow/ids.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "../journeys/ground.ts";
import { CHROMIUM, startChromium } from "./chromium.ts";
import { openPage, serveHome } from "./surface-page.ts";

if (CHROMIUM === undefined)
  process.stderr.write("SKIPPED: no chromium here, the words of the pages are not tried: script/bootstrap --tests\n");

/** A word that says a result, and the record of the ledger or event of the run before which no page may say it. */
const RESULTS: readonly { readonly word: RegExp; readonly of: string }[] = [
  { word: /\bApproved\b/, of: "approval.recorded" },
  { word: /\bRunning:/, of: "approval.consumed" },
  { word: /\b\d+ passed\b/, of: "validation.finished" },
  { word: /\bexit 0\b/, of: "validation.finished" },
  { word: /\bAwaiting outcome\b/, of: "run.sealed" },
  { word: /\bproven\b/, of: "run.sealed" },
  { word: /\b\d+ of \d+ hashed in this browser\b/, of: "run.sealed" },
  { word: /\bPASS\b/, of: "run.sealed" },
];

/** The home as it was after one of its records or where a part of the line began. */
interface Moment {
  readonly home: string;
  readonly records: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
  readonly head: number;
  readonly lastEvent: number;
}

describe.skipIf(CHROMIUM === undefined)("no word before its event", () => {
  let browser: Browser;
  let ground: Ground;
  let folder: string;
  const moments: Moment[] = [];

  beforeAll(async () => {
    browser = await startChromium();
    ground = await makeGround();
    folder = await mkdtemp(path.join(tmpdir(), "cto-moments-"));
    const world = await ground.open();
    const run = runId(ground.work, 1);
    const keep = async (turn: Turn): Promise<void> => {
      const home = path.join(folder, String(moments.length));
      await cp(ground.home, home, { recursive: true });
      moments.push({ home, ...turn });
    };
    const watched = keptAtEachTurn(world, run, keep);
    try {
      await admit(watched, ground);
      expect(await approveBy(watched, ground)).toEqual([]);
      expect(endOf(await runOnce(watched, ground))).toEqual(["awaiting_outcome"]);
      // The bundle stands in its place only after the last record.
      await keep(await turnOf(world, run));
    } finally {
      await world.store.close();
    }
  });
  afterAll(async () => {
    await browser?.close();
    await ground?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("R-surface 4: at each turn of a real run, on each page, each word and tick has its record", async () => {
    expect(moments.length).toBeGreaterThan(8);
    const seen = new Set<RegExp>();
    let listed = -1;
    for (const moment of moments) {
      const served = await serveHome(moment.home);
      const run = runId(ground.work, 1);
      // The lists say what the ledger says; the page of a run follows its events as well.
      const lists = moment.head > listed ? ["/", "/runs", `/w/${ground.work}`] : [];
      listed = moment.head;
      const pages = [...lists, ...(moment.records.has("run.started") ? [`/r/${run}`] : [])];
      for (const place of pages) {
        const watched = await openPage(browser, served.at(place));
        await settled(watched.page);
        const text = await watched.page.locator("main").innerText();
        for (const { word, of } of RESULTS) {
          if (!word.test(text)) continue;
          seen.add(word);
          expect.soft(knows(moment, of), `${place} says ${String(word)} before ${of}`).toBe(true);
        }
        expect.soft(await unfounded(watched.page, Math.max(moment.head, moment.lastEvent)), place).toEqual([]);
        await watched.close();
      }
      await served.close();
    }
    expect(RESULTS.filter(({ word }) => !seen.has(word)).map(({ word }) => String(word))).toEqual([]);
  }, 240_000);
});

const knows = ({ records, events }: Moment, what: string): boolean => records.has(what) || events.has(what);

/** Nothing is waited for any more, and what is drawn stays: the stream of events never lets the network be idle. */
const settled = async (page: Page): Promise<void> => {
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(
    () => {
      const text = document.querySelector("[aria-busy=true]") === null ? document.body.innerText : undefined;
      const isSame = text !== undefined && text === Reflect.get(window, "drawn");
      Reflect.set(window, "drawn", text);
      return isSame;
    },
    undefined,
    { polling: 200 },
  );
};

/** Ticks without a number of a record or the time at which something was seen, and numbers of what is not recorded. */
const unfounded = (page: Page, newest: number): Promise<readonly string[]> =>
  page.evaluate((last) => {
    const words = (element: Element): string => (element.textContent ?? "").slice(0, 80);
    const ticks = [...document.querySelectorAll("main [data-icon=check]")]
      .filter((tick) => tick.closest("[data-event], [data-seen]") === null)
      .map((tick) => `a tick of nothing: ${words(tick.parentElement ?? tick)}`);
    const numbers = [...document.querySelectorAll("main [data-event]")]
      .filter((one) => !(Number(one.getAttribute("data-event")) <= last))
      .map((one) => `${one.getAttribute("data-event") ?? ""} is not recorded: ${words(one)}`);
    return [...ticks, ...numbers];
  }, newest);

type Turn = Omit<Moment, "home">;

const turnOf = async (world: World, run: RunId): Promise<Turn> => {
  const lines = (await world.store.facts(run)).map(parseEvent);
  const records = await world.store.leaves(0);
  return {
    records: new Set(records.map(({ type }) => type)),
    events: new Set(lines.map(({ type }) => type)),
    head: records.length,
    lastEvent: lines.at(-1)?.sequence ?? 0,
  };
};

/** Kinds of events that begin a part of the line. */
const TURNS = new Set(["gate", "workspace", "backend", "diff", "validation", "commit"]);

/** The same world, which keeps the home after each record of the ledger and where a part of the line begins. */
const keptAtEachTurn = (world: World, run: RunId, keep: (turn: Turn) => Promise<void>): World => {
  const known = new Set<string>();
  let kept = 0;
  const watch = async (): Promise<void> => {
    const turn = await turnOf(world, run);
    const kinds = [...turn.events].map((type) => type.split(".")[0] ?? "").filter((kind) => TURNS.has(kind));
    if (turn.head === kept && kinds.every((kind) => known.has(kind))) return;
    kept = turn.head;
    kinds.forEach((kind) => known.add(kind));
    await keep(turn);
  };
  const transact: World["store"]["transact"] = async (work) => {
    const done = await world.store.transact(work);
    await watch();
    return done;
  };
  return { ...world, store: { ...world.store, transact } };
};
