import { expect, test } from "vitest";

import { openBudget, type Reservation } from "./budget.ts";

const BUDGET = { modelRequestsMax: 100, modelTokensMax: 100, modelBytesMax: 100 };
const here = (): AbortSignal => new AbortController().signal;

const held = async (reservation: Promise<Reservation | undefined>): Promise<Reservation> => {
  const one = await reservation;
  if (one === undefined) throw new Error("nothing was held");
  return one;
};

/** Whether a promise is settled once everything that is due has run. */
const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  const later = Symbol("later");
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(() => resolve(later)))])) !== later;
};

test("R135 what is used up stays used up, by the name of what was first", async () => {
  const budget = openBudget({ modelRequestsMax: 1, modelTokensMax: 10, modelBytesMax: 10 });
  const one = await held(budget.reserve(5, here()));
  expect([budget.request(), one.charge(10), budget.bytes(10), budget.over()]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(budget.bytes(1)).toBe("modelBytesMax");
  expect([budget.request(), one.charge(11), budget.over()]).toEqual([
    "modelBytesMax",
    "modelBytesMax",
    "modelBytesMax",
  ]);
});

test("R135 whoever is refused once may still end by itself; whoever asks on has overspent", () => {
  const budget = openBudget({ ...BUDGET, modelRequestsMax: 1 });
  const said = (): readonly unknown[] => [budget.request(), budget.overspent()];
  expect([said(), said(), said()]).toEqual([
    [undefined, undefined],
    ["modelRequestsMax", undefined],
    ["modelRequestsMax", "modelRequestsMax"],
  ]);
});

test("R135 answers side by side hold no more tokens together than are left; the next waits for what they give back", async () => {
  const budget = openBudget(BUDGET);
  const first = await held(budget.reserve(60, here()));
  const second = budget.reserve(60, here());
  const third = budget.reserve(1, here());
  expect([await isSettled(second), await isSettled(third)]).toEqual([false, false]);
  first.charge(30);
  expect(await isSettled(second)).toBe(false);
  first.end();
  const held2 = await held(second);
  // 30 are charged and 60 held: the third fits as well.
  const held3 = await held(third);
  held2.charge(60);
  held3.charge(10);
  expect(budget.over()).toBeUndefined();
  expect(held3.charge(11)).toBe("modelTokensMax");
});

test("R135 one that alone would hold more than there is goes out alone, and no other beside it", async () => {
  const budget = openBudget(BUDGET);
  const first = await held(budget.reserve(1_000_000, here()));
  const second = budget.reserve(1, here());
  expect(await isSettled(second)).toBe(false);
  first.charge(20);
  first.end();
  expect((await held(second)).charge(80)).toBeUndefined();
  expect(budget.over()).toBeUndefined();
});

test("R135 whoever waits is told when something is used up, and takes no place once it has gone", async () => {
  const budget = openBudget(BUDGET);
  const first = await held(budget.reserve(90, here()));
  const gone = new AbortController();
  const leaving = budget.reserve(90, gone.signal);
  const staying = budget.reserve(10, here());
  expect(await isSettled(staying)).toBe(false);
  gone.abort();
  expect(await leaving).toBeUndefined();
  const next = await held(staying);
  const waiting = budget.reserve(50, here());
  expect(first.charge(101)).toBe("modelTokensMax");
  next.end();
  expect(await waiting).toBeUndefined();
  expect(await budget.reserve(1, here())).toBeUndefined();
});

test("R135 where exactly nothing is left nothing more is held", async () => {
  const budget = openBudget(BUDGET);
  const first = await held(budget.reserve(10, here()));
  expect(first.charge(100)).toBeUndefined();
  first.end();
  expect(await budget.reserve(1, here())).toBeUndefined();
  expect(budget.over()).toBe("modelTokensMax");
});

test("a number that falls is charged once", async () => {
  const budget = openBudget(BUDGET);
  const one = await held(budget.reserve(10, here()));
  for (const total of [50, 20, 60, 100]) expect(one.charge(total)).toBeUndefined();
  expect(one.charge(101)).toBe("modelTokensMax");
});
