import { expect, test } from "vitest";

import { changed, seed, without, told } from "../../../test/fixtures/refused-packet.ts";

// Every row: what is wrong, the changed seed, and each refusal with its line and column.
test.each<readonly [string, string, string]>([
  ["no task", changed("Task: align", "Align"), "line-missing 25:4"],
  ["a second task", changed("Allowed paths:", "Task: more\nAllowed paths:"), "line-repeated 27:1"],
  [
    "lists in another order",
    changed("Rollback expectation:", "Allowed paths:"),
    "line-missing 25:4, line-repeated 61:1",
  ],
  ["an item under the task", changed("Allowed paths:", "- `x`\nAllowed paths:"), "item-unknown 27:3"],
  ["R029 no allowed path", changed("- `src/strings.py`\n- `test_strings.py`\n", ""), "allowed-empty 27:1"],
  ["R029 a repeated allowed path", changed("- `test_strings.py`", "- `src/strings.py`"), "item-repeated 29:4"],
  ["R029 a twin by case", changed("- `test_strings.py`", "- `SRC/Strings.py`"), "path-twin 29:4"],
  ["R029 a path without code", changed("- `test_strings.py`", "- test_strings.py"), "item-form 29:3"],
  ["R030 an unknown action", changed("- push", "- push\n- breathe"), "action-unknown 32:3"],
  ["R030 an action in code", changed("- push", "- `push`"), "forbidden-action-removed 30:1, action-unknown 31:3"],
  ["R030 a removed action", without("- push"), "forbidden-action-removed 30:1"],
  ["R030 a repeated action", changed("- merge", "- merge\n- merge"), "item-repeated 33:3"],
  ["R030 a removed base path", without("- `deploy/`"), "forbidden-path-removed 41:1"],
  ["R030 a narrowed base path", changed("- `deploy/`", "- `deploy/prod/`"), "forbidden-path-removed 41:1"],
  ["R030 no forbidden paths at all", seed.replace(/Forbidden paths:\n(?:- `.*`\n)+/, ""), "line-missing 25:4"],
  ["R031 no criterion", seed.replace(/(Success criteria:\n)(?:- .*\n)+/, "$1"), "criterion-empty 50:1"],
  [
    "R031 a repeated criterion",
    changed(
      "- Runtime default activation remains false.",
      "- Runtime default activation remains false.\n- Runtime default activation remains false.",
    ),
    "item-repeated 57:3",
  ],
  ["R032 a second line", changed("-m pytest -q", "-m pytest -q\ntrue"), "two-commands 60:1"],
  [
    "R032 a second fence",
    changed("Rollback expectation:", "```bash\ntrue\n```\nRollback expectation:"),
    "two-commands 61:1",
  ],
  ["R032 no fence", changed("```bash\npython3 -m pytest -q\n```\n", ""), "validation 57:1"],
  ["R032 an empty fence", changed("python3 -m pytest -q\n", ""), "validation 58:1"],
  ["R032 an empty line in the fence", changed("python3 -m pytest -q\n", "\n"), "validation 58:1"],
  ["R032 another fence", changed("```bash", "```sh"), "validation 58:1"],
  ["R032 a fence with options", changed("```bash", "```bash x"), "fence 58:1, validation 58:1"],
  ["R032 an item beside the fence", changed("Validation command:", "Validation command:\n- true"), "item-unknown 58:3"],
  ...Array.from("~*?[]{}()!#;|&$`<>\"'\\^é").map((character): readonly [string, string, string] => [
    `R032 ${character} in the command`,
    changed("pytest -q", `pytest ${character}q`),
    "validation-shell 59:19",
  ]),
  ["R032 two spaces", changed("pytest -q", "pytest  -q"), "validation 59:18"],
  ["R032 a leading space", changed("python3 -m", " python3 -m"), "validation 59:1"],
  ["R032 a trailing space", changed("pytest -q", "pytest -q "), "validation 59:21"],
  ["R032 an assignment", changed("python3 -m", "PYTHONPATH=/tmp python3 -m"), "validation 59:1"],
  ["R032 an option as program", changed("python3 -m", "-c -m"), "validation 59:1"],
  ["R035 another rollback", changed("Revert the single target commit", "Reset the target"), "rollback 62:3"],
  ["R035 no Do-not sentence", without("- Do not push, merge, deploy, publish, or open a PR."), "rollback 62:3"],
  [
    "R035 a third rollback item",
    changed("## Required Approval", "- Or leave it.\n## Required Approval"),
    "rollback 62:3",
  ],
])("%s is refused", (_, text, expected) => {
  expect(told(text)).toBe(expected);
});
