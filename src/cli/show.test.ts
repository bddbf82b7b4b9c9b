import { expect, test } from "vitest";

import { refusal } from "../workflow/refusal.ts";
import { filledIn, showRefusals } from "./show.ts";

test.each([
  ["cto approve WORK-ID --key KEY", { work: "CTO-WORK-007" }, "cto approve CTO-WORK-007 --key KEY"],
  ["cto logs RUN --stage validation", { run: "R-007-01" }, "cto logs R-007-01 --stage validation"],
  [
    "cto show RUN, then cto run WORK-ID",
    { run: "R-007-01", work: "CTO-WORK-007" },
    "cto show R-007-01, then cto run CTO-WORK-007",
  ],
  ["cto logs RUN", { run: null }, "cto logs RUN"],
  ["RUNNING is no RUN", { run: "R-007-01" }, "RUNNING is no R-007-01"],
])("the next step %s is told with the ids that are known", (next, named, told) => {
  expect(filledIn(next, named)).toBe(told);
});

test("refusals of a command that knows its run lead on with it", () => {
  const failed = refusal("validation/failed", { exit: "exit 1" });
  expect(showRefusals([failed], undefined, { run: "R-007-01" })).toContain(
    "next      cto logs R-007-01 --stage validation",
  );
  expect(showRefusals([failed], undefined)).toContain("next      cto logs RUN --stage validation");
});
