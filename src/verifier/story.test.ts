import { afterAll, expect, test } from "vitest";

import { sampleBundle, utf8, type SampleBundle } from "../../test/fixtures/sample-bundle.ts";
import { nodeVerifyTools } from "../adapters/archive/verify-tools.ts";
import { readBundle } from "../workflow/evidence/verify/reading.ts";
import { storyOf, type Fact } from "./story.ts";

const signed = sampleBundle();
const typed = sampleBundle({ isTyped: true, minimum: "A0" });
afterAll(() => {
  for (const { world } of [signed, typed]) world.remove();
});

const approved = async (bundle: SampleBundle, leaveOut = "nothing"): Promise<readonly Fact[]> => {
  const files = bundle.sealed();
  files.delete(leaveOut);
  return storyOf(await readBundle(files, [], "none", nodeVerifyTools)).approved;
};
const whoseOf = (facts: readonly Fact[]): readonly string[] =>
  facts.filter(({ label }) => label !== "Admitted").map(({ label, whose }) => `${label}: ${whose}`);

test("R047 only what a human signed is told as signed by a human", async () => {
  const labels = ["Who", "Said", "About", "Valid"];
  expect(whoseOf(await approved(signed))).toEqual(labels.map((label) => `${label}: human-signed`));
  expect(whoseOf(await approved(typed))).toEqual(labels.map((label) => `${label}: host-attested`));
  expect((await approved(typed))[0]?.values).toEqual(["jp, assurance A0", "no key"]);
  const unsigned = await approved(signed, "approval/approval.jp.json.sig");
  expect(whoseOf(unsigned)).toEqual(labels.map((label) => `${label}: host-attested`));
});

test("a reader of the page is shown a carriage return, and where a line has no end", async () => {
  const patch = `diff --git a/f b/f\nindex ${"1".repeat(40)}..${"2".repeat(40)} 100644\n--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n-old\n+one\r\n+two\n\\ No newline at end of file\n`;
  const files = signed.sealed().set("patch.diff", utf8(patch));
  const { changed } = storyOf(
    await readBundle(files, [], { allowedSigners: signed.world.allowedSigners }, nodeVerifyTools),
  );
  expect(changed[0]?.hunks[0]?.lines).toEqual([
    { side: "-", text: "old", isOpen: false },
    { side: "+", text: "one\r", isOpen: false },
    { side: "+", text: "two", isOpen: true },
  ]);
});
