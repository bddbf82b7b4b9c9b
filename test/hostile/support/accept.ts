import { expect } from "vitest";

import { decideOutcome } from "../../../src/harness/outcome/decide-outcome.ts";
import { sentenceFor, toAcknowledge } from "../../../src/harness/outcome/outcome-ground.ts";
import type { Decided } from "../../../src/harness/outcome/record-outcome.ts";
import type { Refusal } from "../../../src/workflow/refusal.ts";
import type { Result } from "../../../src/workflow/result.ts";
import type { Field, Trial } from "./field.ts";

/** The owner accepts a run in the right words, and names these findings. */
export const accept = async (
  { world, ground }: Field,
  { result }: Trial,
  acknowledged: readonly string[],
): Promise<Result<Decided, Refusal>> => {
  const row = await world.store.run(result.run);
  if (row === "absent") throw new Error("the run is not in the ledger");
  const words = new TextEncoder().encode(sentenceFor(row) ?? "");
  return decideOutcome(world, {
    run: result.run,
    outcome: "accepted",
    reason: "",
    acknowledged,
    words,
    key: ground.key,
  });
};

/** Accepting is refused as long as any finding or denied attempt is not named, these among them, and then it is recorded. */
export const mustBeNamed = async (one: Field, ended: Trial, ...codes: readonly string[]): Promise<void> => {
  const names = toAcknowledge(ended.report);
  expect(names).toEqual(expect.arrayContaining([...codes]));
  for (const code of names) {
    const silent = await accept(
      one,
      ended,
      names.filter((name) => name !== code),
    );
    expect(silent).toMatchObject({
      ok: false,
      refusals: [{ code: "outcome/finding-not-acknowledged", facts: { code } }],
    });
  }
  expect(await one.world.store.work(one.ground.work)).toMatchObject({ state: "awaiting_outcome" });
  expect(await accept(one, ended, names)).toMatchObject({ ok: true });
};
