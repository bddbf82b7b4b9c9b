import { expect, test } from "vitest";

import { REFUSED, type Fuzzed } from "./fuzzed.ts";
import { KINDS } from "./kinds.ts";
import { randomOf } from "./random.ts";
import { tryCases } from "./try-cases.ts";

const CASES = 250;
const quiet = (): void => undefined;

test.each(KINDS)("$kind: no case crashes a reader or is accepted against a plain one", async (fuzzed) => {
  const tried = await tryCases(fuzzed, 7, { from: 0, to: Math.ceil(CASES * fuzzed.share) }, quiet);
  expect(tried).toEqual({ cases: Math.ceil(CASES * fuzzed.share), accepted: expect.any(Number) });
});

test("a case is made from its seed and number alone", () => {
  for (const { makeCase } of KINDS) {
    expect(makeCase(randomOf(7, 11))).toEqual(makeCase(randomOf(7, 11)));
    expect(makeCase(randomOf(7, 11))).not.toEqual(makeCase(randomOf(8, 11)));
  }
});

const made = (judge: Fuzzed["judge"]): Fuzzed => ({
  kind: "made",
  share: 1,
  makeCase: (random) => Uint8Array.of(random.below(256)),
  judge,
});

test("the first case that crashes is found, with its bytes", async () => {
  const crashing = made((bytes) => {
    if (bytes[0] !== undefined && bytes[0] > 200) throw new RangeError("too large");
    return REFUSED;
  });
  const found = await tryCases(crashing, 1, { from: 0, to: 200 }, quiet);
  expect(found).toMatchObject({ kind: "made", what: expect.stringContaining("crashed: RangeError: too large") });
});

test("the first case that is accepted against the plain reader is found", async () => {
  const lax = made((bytes) => ({ isAccepted: true, objections: bytes[0] === 3 ? [] : ["it is not 3"] }));
  const found = await tryCases(lax, 1, { from: 0, to: 200 }, quiet);
  expect(found).toMatchObject({ what: "accepted: it is not 3" });
});
