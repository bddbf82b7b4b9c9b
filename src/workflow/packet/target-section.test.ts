import { expect, test } from "vitest";

import { changed, seed, without, told } from "../../../test/fixtures/refused-packet.ts";

// Every row: what is wrong, the changed seed, and each refusal with its line and column.
test.each<readonly [string, string, string]>([
  ["R029 a relative target", changed("`/home/svrnty", "`home/svrnty"), "target-path 19:23, sentence-disagrees 67:32"],
  ["R033 a target that climbs", seed.replaceAll("/home/svrnty/", "/home/../svrnty/"), "target-path 19:23"],
  [
    "R033 a quote in the target",
    seed.replaceAll("/home/svrnty/", "/home/sv'rnty/"),
    "target-path 19:23, sentence 67:40",
  ],
  [
    "R036 an admission source elsewhere",
    changed("`.sot/03-PROTOCOLS/CTO-CASE", "`.cto/CTO-CASE"),
    "admission-source 20:22",
  ],
  ["R037 an unknown admission status", changed("`admitted`", "`approved`"), "admission-status 21:22"],
  ["R038 another repository owner", changed("owner: `jp`", "owner: `eve`"), "owner-disagrees 22:22"],
  ["R040 a risk class in words", changed("`low_risk_noncritical`", "`none at all`"), "risk 23:25"],
  ["R042 a dirty target", changed("clean `main` branch", "dirty `main` branch"), "observed-state 24:27"],
  [
    "R042 a branch that is an option",
    changed("clean `main` branch", "clean `--upload-pack` branch"),
    "observed-state 24:27",
  ],
  ["a value without code", changed("`low_risk_noncritical`", "low_risk_noncritical"), "item-form 23:3"],
  ["a missing item of the target", without("- Admission status: `admitted`"), "item-missing 18:4"],
  [
    "a repeated item of the target",
    changed("- Repository owner: `jp`", "- Repository owner: `jp`\n- Repository owner: `eve`"),
    "item-repeated 23:3",
  ],
])("%s is refused", (_, text, expected) => {
  expect(told(text)).toBe(expected);
});
