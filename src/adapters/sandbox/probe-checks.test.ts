import { expect, test } from "vitest";

import { machineChecks, WARNINGS } from "./probe-checks.ts";

test("R068 on arm64 it is said that no suite was run with its filter, as a warning; on x64 there is nothing to say", () => {
  expect(machineChecks("x64")).toEqual([]);
  expect(machineChecks("arm64")).toEqual([
    expect.objectContaining({ id: "filter-untried", ok: false, fix: expect.stringContaining("cto doctor --hostile") }),
  ]);
  expect(WARNINGS).toContain("filter-untried");
});
