import { expect, test } from "vitest";

import { digestedTaker, heldWithin } from "./digest-stream.ts";

const taken = async (taker: ReturnType<ReturnType<typeof heldWithin>>, bytes: Uint8Array): Promise<string> => {
  taker.take(bytes);
  return (await taker.done()) instanceof Uint8Array ? "held" : "digested";
};

test("files of a wanted size are held up to a bound, whoever says how many there are, and all others are not", async () => {
  const takerOf = heldWithin((size) => size === 4, digestedTaker, 10);
  const four = new Uint8Array(4);
  const seen = [];
  for (const bytes of [four, new Uint8Array(3), four, four, four]) seen.push(await taken(takerOf(bytes.length), bytes));
  expect(seen).toEqual(["held", "digested", "held", "digested", "digested"]);
});
