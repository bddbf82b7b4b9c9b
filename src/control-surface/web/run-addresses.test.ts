import { expect, test } from "vitest";

import { eventsAfter } from "./run-addresses.ts";

test("the first page of facts begins with the fact that has the number 0", () => {
  expect(eventsAfter("R-049-01", undefined, 1000)).toBe("/api/r/R-049-01/events?limit=1000");
  expect(eventsAfter("R-049-01", 0, 1000)).toBe("/api/r/R-049-01/events?after=0&limit=1000");
});
