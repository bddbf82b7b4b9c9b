import { expect, test } from "vitest";

import { criteriaOf } from "./criteria-of.ts";

const criteria = [{ id: "C1", text: "it works", check: "", status: "proven", says: "", cites: [] }] as const;
const at = "2026-06-01T10:00:00Z";

test("no criterion of a run is compared as proven whose evidence does not verify", () => {
  const said = (verdict: "PASS" | "FAIL" | "NOT-PROVEN"): unknown => criteriaOf({ criteria, verify: { verdict, at } });
  expect(said("PASS")).toEqual(new Map([["C1 it works", ["proven"]]]));
  expect(said("FAIL")).toEqual(new Map([["C1 it works", ["not-proven, its evidence: FAIL"]]]));
  expect(said("NOT-PROVEN")).toEqual(new Map([["C1 it works", ["not-proven, its evidence: NOT-PROVEN"]]]));
  expect(criteriaOf({ criteria })).toEqual(said("NOT-PROVEN"));
  expect(criteriaOf({})).toBe("unknown");
});
