import { expect, test } from "vitest";

import { runId, workId } from "../../workflow/ids.ts";
import { afterFailure, outcomeCommands } from "./next-of-run.ts";

const work = workId("CTO-WORK-049");
if (work === undefined) throw new Error("that is a work item");
const RUN = runId(work, 2);

test("R128 the command that accepts a run names everything that accepting has to acknowledge, and the key", () => {
  expect(outcomeCommands(RUN, ["policy/unmediated-effect", "denied/push"])).toBe(
    "cto outcome R-049-02 --accept --acknowledge policy/unmediated-effect --acknowledge denied/push --key KEY, or --reject --reason TEXT --key KEY",
  );
});

test("R128 after a failure comes the step of its code, for this run; after an unknown one the logs", () => {
  expect(afterFailure(RUN, "backend/crashed")).toMatch(/^cto logs R-049-02 --backend /);
  expect(afterFailure(RUN, "relay/key-absent")).toContain("policy.yaml");
  expect(afterFailure(RUN, "toString")).toBe("cto logs R-049-02");
});
