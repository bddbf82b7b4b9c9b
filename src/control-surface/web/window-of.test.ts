import { assert, integer, nat, property } from "fast-check";
import { expect, test } from "vitest";

import { rowsInSight } from "./window-of.ts";

test("of 10,000 rows only those in sight are drawn, with some beyond", () => {
  expect(rowsInSight({ total: 10_000, rowPx: 44, topPx: 200, heightPx: 900 })).toMatchObject({ first: 0, end: 28 });
  expect(rowsInSight({ total: 10_000, rowPx: 44, topPx: -44_000, heightPx: 900 })).toMatchObject({
    first: 988,
    end: 1033,
  });
});

test("however long the list and wherever it stands: at most 160 rows, one at least, and never a jump in its height", () => {
  const px = integer({ min: -6_000_000, max: 6_000_000 });
  assert(
    property(
      nat(200_000),
      integer({ min: 20, max: 200 }),
      px,
      integer({ min: 0, max: 10_000 }),
      (total, rowPx, topPx, heightPx) => {
        const { first, end, abovePx, belowPx } = rowsInSight({ total, rowPx, topPx, heightPx });
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(total);
        expect(end - first).toBeLessThanOrEqual(160);
        if (total > 0) expect(end).toBeGreaterThan(first);
        expect(abovePx + belowPx + (end - first) * rowPx).toBe(total * rowPx);
      },
    ),
  );
});

test("rows whose height is not known yet are a bounded first few", () => {
  expect(rowsInSight({ total: 10_000, rowPx: 0, topPx: 0, heightPx: 900 })).toMatchObject({ first: 0, end: 160 });
});
