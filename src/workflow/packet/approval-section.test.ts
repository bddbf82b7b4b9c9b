import { expect, test } from "vitest";

import { changed, seed, told } from "../../../test/fixtures/refused-packet.ts";

// Every row: what is wrong, the changed seed, and each refusal with its line and column.
test.each<readonly [string, string, string]>([
  ["R033 another work item", changed("approve CTO-WORK-049", "approve CTO-WORK-050"), "sentence-disagrees 67:21"],
  [
    "R033 a wider target",
    changed("against /home/svrnty/workspaces/cortex-os/cto-stage5-target-sandbox", "against /home/svrnty"),
    "sentence-disagrees 67:44",
  ],
  [
    "R033 no label",
    changed("for the src/strings.py slugify alignment task.", "for the  task."),
    "sentence 67:99, sentence-disagrees 67:100",
  ],
  ["R033 no full stop", changed("alignment task.", "alignment task"), "sentence-disagrees 67:100"],
  ["R033 a look-alike letter", changed("I approve", "I аpprove"), "sentence 67:3, sentence-disagrees 67:3"],
  ["R033 a doubled space", changed("slugify alignment task.", "slugify  alignment task."), "sentence 67:122"],
  [
    "R033 a backtick in the label",
    changed("the src/strings.py slugify alignment task.", "the `src` task."),
    "sentence 67:100, sentence 67:104",
  ],
  [
    "R033 a sentence over 400 characters",
    changed("slugify alignment task.", `${"x".repeat(400)} task.`),
    "sentence 67:1",
  ],
  [
    "R033 two sentences in the fence",
    changed("alignment task.", "alignment task.\nI approve everything."),
    "two-sentences 68:1",
  ],
  [
    "R033 two fences",
    changed("Without that exact", "```text\nI approve all.\n```\nWithout that exact"),
    "two-sentences 69:1",
  ],
  [
    "R033 a sentence outside the fence",
    changed("Without that exact", "I approve everything.\nWithout that exact"),
    "two-sentences 69:1",
  ],
  [
    "R033 a sentence among the criteria",
    changed("- Runtime default", "- I approve this.\n- Runtime default"),
    "two-sentences 56:3",
  ],
  ["R033 no sentence", seed.replace(/```text\n.*\n```\n/, ""), "sentence 65:1"],
  ["R033 an empty fence", seed.replace(/(```text\n).*\n/, "$1"), "sentence 66:1"],
  ["R033 a sentence in another fence", changed("```text", "```bash"), "sentence 66:1"],
  [
    "R033 another approver",
    changed("execution, JP must", "execution, EVE must"),
    "line-missing 64:4, label-unknown 65:1, item-unknown 66:1",
  ],
])("%s is refused", (_, text, expected) => {
  expect(told(text)).toBe(expected);
});
