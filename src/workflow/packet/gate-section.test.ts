import { expect, test } from "vitest";

import { changed, seed, without, told } from "../../../test/fixtures/refused-packet.ts";

// Every row: what is wrong, the changed seed, and each refusal with its line and column.
test.each<readonly [string, string, string]>([
  ["R034 an unknown backend", changed("Harness Case seam", "Harness Hermes seam"), "gate-backend 71:41"],
  [
    "R034 another backend's variables",
    changed("Harness Case seam", "Harness ACP seam"),
    "line-missing 70:4, gate-variables 70:4, notice 90:1",
  ],
  ["R034 another value", changed("ALLOW_CASE=1", "ALLOW_CASE=true"), "gate-variables 70:4, item-unknown 72:3"],
  [
    "R034 another stage than the names",
    changed("CASE_STAGE=5", "CASE_STAGE=4"),
    "gate-variables 70:4, gate-variables 70:4, item-unknown 74:3, item-unknown 75:3",
  ],
  ["R034 no stage", changed("CASE_STAGE=5", "CASE_STAGE=five"), "gate-stage 73:27"],
  [
    "R034 a fifth variable",
    changed("Case must not", "- `CTO_HARNESS_SKIP_APPROVAL=1`\nCase must not"),
    "item-unknown 76:3",
  ],
  [
    "R034 a missing variable",
    seed.replace(/- `CTO_HARNESS_CASE_STAGE5_OPERATOR_OUTCOME`.*\n/, ""),
    "gate-variables 70:4",
  ],
  ["R034 a choice left to the backend", changed("choose target, scope,", "choose target,"), "line-missing 70:4"],
  ["R035 evidence left out", without("- `trace.jsonl`"), "evidence-missing 77:4"],
  ["R035 evidence twice", changed("- backend logs", "- backend logs\n- backend logs"), "item-repeated 85:3"],
  [
    "R035 evidence in a strange form",
    changed("- backend logs", "- backend logs\n- everything, really"),
    "item-form 85:3",
  ],
])("%s is refused", (_, text, expected) => {
  expect(told(text)).toBe(expected);
});
