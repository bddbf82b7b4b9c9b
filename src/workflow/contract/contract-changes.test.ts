import { expect, test } from "vitest";

import type { Json } from "../digest.ts";
import { contractChanges, gravest } from "./contract-changes.ts";

const BEFORE: Readonly<Record<string, Json>> = {
  allowedPaths: ["src/a.py"],
  forbiddenPaths: [".env", "secrets/"],
  forbiddenActions: ["push"],
  successCriteria: [{ id: "C1", text: "it passes" }],
  validation: { argv: ["pytest"] },
  task: { label: "a", statement: "do a" },
  executionGate: { backend: "case", stage: 5 },
};

test.each<[string, Readonly<Record<string, Json>>, string, readonly string[]]>([
  ["nothing", {}, "same", []],
  ["one path more", { allowedPaths: ["src/a.py", "src/b.py"] }, "widens", ["allowedPaths widens"]],
  ["one path less", { allowedPaths: [] }, "narrows", ["allowedPaths narrows"]],
  ["another path", { allowedPaths: ["src/b.py"] }, "widens", ["allowedPaths widens", "allowedPaths narrows"]],
  ["a prohibition less", { forbiddenPaths: [".env"] }, "widens", ["forbiddenPaths widens"]],
  ["a prohibition more", { forbiddenPaths: [".env", "secrets/", "infra/"] }, "narrows", ["forbiddenPaths narrows"]],
  ["a forbidden action less", { forbiddenActions: [] }, "widens", ["forbiddenActions widens"]],
  ["a host", { allowedHosts: ["pypi.org:443"] }, "widens", ["allowedHosts widens"]],
  ["a criterion dropped", { successCriteria: [] }, "widens", ["successCriteria widens"]],
  ["another validation", { validation: { argv: ["true"] } }, "widens", ["validation widens"]],
  ["another backend", { executionGate: { backend: "acp", stage: 5 } }, "widens", ["executionGate widens"]],
  ["the same in another order", { forbiddenPaths: ["secrets/", ".env"] }, "wording", ["forbiddenPaths wording"]],
  ["another task", { task: { label: "a", statement: "do a well" } }, "widens", ["task widens"]],
  ["another sentence", { requiredApproval: "I approve all." }, "widens", ["requiredApproval widens"]],
  ["another name", { packet: "other" }, "wording", ["packet wording"]],
  ["a field that nobody knows", { __proto: 1, constructor: 2 }, "widens", ["__proto widens", "constructor widens"]],
])("%s: it is told as what it does to the leave", (_, change, whole, rows) => {
  const changes = contractChanges(BEFORE, { ...BEFORE, ...change });
  expect(changes.map(({ field, class: of }) => `${field} ${of}`)).toEqual(rows);
  expect(gravest(changes)).toBe(whole);
});
