import type { Page } from "playwright-core";
import { expect } from "vitest";

import { SHOWN_STATES, STATE_WORDS, type ShownState } from "../../src/workflow/state-words.ts";
import { ON_RUN, ON_WORK, RESULTS, type ResultWord } from "./sayings.ts";
import type { SurfaceGround } from "./surface-ground.ts";
import type { ShownCase } from "./surface-makings.ts";
import { STATES } from "./surface-states.ts";

/** Holds the page of a case to the words and ticks that its state may have, and to all of them (surface.md 4.2). */
export const expectSaid = async (page: Page, kind: "work" | "run", one: ShownCase): Promise<void> => {
  const { gates, parts, results } = (kind === "work" ? ON_WORK : ON_RUN)[one] ?? { gates: [], parts: [], results: [] };
  const { state } = STATES[one];
  const said = { head: [state], states: [state], results: results.toSorted(), gates, parts: parts.toSorted() };
  // The files are hashed once all else is drawn.
  await expect.poll(() => found(page), { timeout: 30_000 }).toEqual({ ...said, unfounded: [] });
};

const found = async (page: Page): Promise<object> => {
  const { text, head, parts, ...more } = await page.evaluate(look);
  const results = (Object.keys(RESULTS) as ResultWord[]).filter((word) => RESULTS[word].test(text));
  return {
    ...more,
    head: statesIn(head),
    states: statesIn(text),
    results: results.toSorted(),
    parts: parts.toSorted(),
  };
};

const statesIn = (text: string): readonly ShownState[] =>
  WORDS.filter(([, word]) => word.test(text)).map(([state]) => state);

// A word of the vocabulary with any facts in its places.
const WORDS = SHOWN_STATES.map((state): readonly [ShownState, RegExp] => {
  const parts = STATE_WORDS[state].word.split(/\{\w+\}/);
  return [state, new RegExp(`(?:^|\\s)${parts.join(".+")}(?:$|[\\s.])`, "m")];
});

interface Looked {
  readonly text: string;
  readonly head: string;
  readonly gates: readonly string[];
  readonly parts: readonly string[];
  /** Ticks that stand for no record, and for nothing that was seen at some time. */
  readonly unfounded: readonly string[];
}

/** In the page: its words without what a file, an agent or the contract says, and where ticks stand. */
const look = (): Looked => {
  const main = document.querySelector("main") ?? document.body;
  const quoted = [...main.querySelectorAll<HTMLElement>(".lines, .claimed, pre, #contract, #packet")];
  const wordsOf = (element: Element | null): string => (element instanceof HTMLElement ? element.innerText : "");
  quoted.forEach((each) => (each.hidden = true));
  const text = wordsOf(main);
  quoted.forEach((each) => (each.hidden = false));
  const ticks = [...main.querySelectorAll("[data-icon=check]")];
  const others = ticks.filter((tick) => tick.closest(".gate") === null);
  const partOf = (tick: Element): string => wordsOf(tick.closest(".panel")?.querySelector("h2") ?? null) || "the head";
  return {
    text,
    head: wordsOf(main.querySelector(".page-head .state")),
    gates: ticks.flatMap((tick) => tick.closest(".gate")?.querySelector(".gate-name")?.textContent ?? []),
    parts: [...new Set(others.map(partOf))],
    unfounded: ticks
      .filter((tick) => tick.closest("[data-event], [data-seen]") === null)
      .map((tick) => (tick.parentElement?.textContent ?? "").slice(0, 80)),
  };
};

/** A list hashes no evidence (docs/adr/0030-lists-that-cost-a-page.md): what a run came to is what the ledger says. */
const AS_THE_LEDGER_SAYS: Readonly<Partial<Record<ShownCase, ShownState>>> = { tampered: "awaiting_outcome" };

const LISTS: Readonly<Record<"inbox" | "packets" | "runs", (one: ShownCase) => ShownState | "not there">> = {
  // What waits for nobody stands in no row of it.
  inbox: (one) => (one === "accepted" || one === "rolled_back" ? "not there" : STATES[one].state),
  packets: (one) => (one === "candidate" ? "not there" : STATES[one].state),
  runs: (one) => (ON_RUN[one] === undefined ? "not there" : (AS_THE_LEDGER_SAYS[one] ?? STATES[one].state)),
};
export type List = keyof typeof LISTS;

/** Holds each row of a list to the one state of what it is about; only what was accepted may have a tick. */
export const expectRows = async (page: Page, list: List, shown: SurfaceGround["shown"]): Promise<void> => {
  const rows = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("main .rows > li, main .run-row")].map((row) => ({
      text: row.innerText,
      hasTick: row.querySelector("[data-icon=check]") !== null,
    })),
  );
  const cases = Object.keys(STATES) as ShownCase[];
  const said = cases.map((one) => {
    const own = rows.filter(({ text }) => text.includes(shown[one].work) || text.includes(shown[one].run));
    const states = new Set(own.flatMap(({ text }) => statesIn(text)));
    return [one, [...states].join(", ") || "not there", one !== "accepted" && own.some(({ hasTick }) => hasTick)];
  });
  expect(said).toEqual(cases.map((one) => [one, LISTS[list](one), false]));
};
