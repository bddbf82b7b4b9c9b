import { expect, test } from "vitest";

import type { Store } from "../seams/store.ts";
import { newestOf } from "./newest.ts";

const ledger = (): { size: number; asked: number; readonly store: Pick<Store, "head"> } => {
  const state = {
    size: 3,
    asked: 0,
    store: {
      head: () => {
        state.asked += 1;
        const checkpoint = { size: state.size } as Awaited<ReturnType<Store["head"]>>["checkpoint"];
        return Promise.resolve({ checkpoint, note: "", sha256: "" as never });
      },
    },
  };
  return state;
};

const NEVER = new AbortController().signal;

test("who waits for what is there already goes on at once, and who waits for nothing new when his time is over", async () => {
  const { store } = ledger();
  const newest = newestOf(store);
  await newest.beyond(2, 60_000, NEVER);
  const began = performance.now();
  await newest.beyond(3, 30, NEVER);
  expect(performance.now() - began).toBeGreaterThanOrEqual(25);
});

test("a record wakes everybody who waits for it, by one look for all of them, and nobody looks when nobody waits", async () => {
  const state = ledger();
  const newest = newestOf(state.store);
  const all = Array.from({ length: 50 }, () => newest.beyond(3, 60_000, NEVER));
  await expect.poll(() => state.asked).toBe(1);
  state.size = 4;
  await Promise.all(all);
  expect(state.asked).toBe(2);
});

test("who leaves does not wait any longer", async () => {
  const leaving = new AbortController();
  const waits = newestOf(ledger().store).beyond(3, 60_000, leaving.signal);
  leaving.abort();
  await waits;
});
