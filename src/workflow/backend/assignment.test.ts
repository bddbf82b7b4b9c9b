import { expect, expectTypeOf, test } from "vitest";

import { sampleAssignment, sampleContract } from "../../../test/fakes/assignment.ts";
import type { Assignment } from "./assignment.ts";

test("R070: an assignment holds work and bounds, and nothing that a backend could choose", () => {
  expectTypeOf<keyof Assignment>().toEqualTypeOf<
    | "run"
    | "task"
    | "allowedPaths"
    | "forbiddenPaths"
    | "allowedHosts"
    | "forbiddenActions"
    | "criteria"
    | "validation"
    | "limits"
    | "words"
  >();
});

test("the words are these, letter by letter", () => {
  expect(sampleAssignment().words).toBe(`Make slugify collapse runs of white space into one hyphen.

You may change only:
- src/strings.py
- test_strings.py

Never touch:
- .env
- .git/
- deploy/

Never do:
- push
- merge
- deploy
- close
- pr_open
- issue_close
- public_publication
- credential_change
- vendor_source_mutation
- cortex_core_mutation

It is done when:
- C1: Tabs and line feeds count as white space.
- C2: The target is clean afterwards.

The Harness runs this afterwards:

    python3 -m pytest -q -k 'slug or white space'

Do not commit, push or open anything; the Harness makes the one commit. When you are done, stop.
`);
});

test("no word of target, owner, packet, sentence, gate or evidence is told", () => {
  const told = JSON.stringify(sampleAssignment());
  expect(told).not.toMatch(/not-told|NOT-TOLD|NOT_TOLD|CTO_|I approve/);
  expect(told).not.toContain(sampleContract.workItem);
});
