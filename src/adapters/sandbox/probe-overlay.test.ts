import { expect, test } from "vitest";

import { judgeOverlay } from "./probe-overlay.ts";

const DESCRIPTION = {
  uid: 60_600,
  limits: [
    { name: "scratch-bytes", value: 1_048_576, guard: "" },
    { name: "scratch-inodes", value: 100, guard: "" },
    { name: "processes", value: 50, guard: "" },
  ],
};
const GOOD: Readonly<Record<string, string>> = {
  "bytes-errno": "28",
  bytes: "1085440",
  "inodes-errno": "28",
  inodes: "105",
  "attribute-set": "0",
  attribute: "absent",
  owner: "60600",
  processes: "44",
};

const failed = (facts: Readonly<Record<string, string>>): readonly string[] =>
  judgeOverlay(facts, DESCRIPTION).flatMap(({ id, ok }) => (ok ? [] : [id]));

test("R068 a stage with everything fails by nothing", () => {
  expect(failed(GOOD)).toEqual([]);
  expect(failed({ ...GOOD, "attribute-set": "1" })).toEqual([]);
});

test.each([
  ["a fill without an end", { bytes: "16777216" }, ["quota-bytes"]],
  ["a fill that ends for another reason", { "bytes-errno": "27" }, ["quota-bytes"]],
  ["nothing that can be written at all", { bytes: "0" }, ["quota-bytes"]],
  ["files without an end", { inodes: "4096" }, ["quota-inodes"]],
  ["files that end for another reason", { "inodes-errno": "24" }, ["quota-inodes"]],
  ["a forged attribute that stands", { attribute: "present" }, ["attributes"]],
  ["files of somebody else", { owner: "65534" }, ["owner"]],
  ["more processes than the limit", { processes: "51" }, ["processes"]],
])("R068 level A is not to be had with %s", (_, change, ids) => {
  expect(failed({ ...GOOD, ...change })).toEqual(ids);
});

test("R068 facts that are missing prove nothing", () => {
  expect(failed({})).toEqual(["quota-bytes", "quota-inodes", "attributes", "owner", "processes"]);
});
