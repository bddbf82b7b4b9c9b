import { expect, test } from "vitest";

import { pageFromNewest } from "./audit-pages.ts";

test.each([
  [0, null, { after: 0, limit: 1, pages: 1, page: 1 }],
  [11, "1", { after: 0, limit: 11, pages: 1, page: 1 }],
  [250, "1", { after: 150, limit: 100, pages: 3, page: 1 }],
  [250, "3", { after: 0, limit: 50, pages: 3, page: 3 }],
  [250, "99", { after: 0, limit: 50, pages: 3, page: 3 }],
  [250, "-1", { after: 150, limit: 100, pages: 3, page: 1 }],
  [250, "1e9", { after: 150, limit: 100, pages: 3, page: 1 }],
])("of %i records page %j is %j", (size, asked, page) => {
  expect(pageFromNewest(size, asked)).toEqual(page);
});

test("the pages of a list hold each record once", () => {
  const size = 321;
  const seen = [1, 2, 3, 4].flatMap((page) => {
    const { after, limit } = pageFromNewest(size, String(page));
    return Array.from({ length: limit }, (_, n) => after + n + 1);
  });
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, n) => n + 1));
});
