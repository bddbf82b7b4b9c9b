import { expect, test } from "vitest";

import type { Contract } from "../../src/workflow/contract/contract-form.ts";
import { drawContract } from "../../src/workflow/contract/draw-contract.ts";
import { readPacket } from "../../src/workflow/packet/read-packet.ts";
import { documentOf, seedBytes } from "../fixtures/seed-packet.ts";
import { objectionsTo } from "./packets.ts";

const bytes = seedBytes("a");
const read = readPacket(documentOf(bytes), "2026-06-02");
const drawn = read.ok ? drawContract(read.value.packet) : read;
if (!drawn.ok) throw new Error("the seed draws a contract");
const contract: Contract = drawn.value;

test("the plain reader has nothing against what the seed says", () => {
  expect([...objectionsTo(bytes, contract)]).toEqual([]);
});

test.each<readonly [string, Partial<Contract>]>([
  ["a forbidden path is lost", { forbiddenPaths: contract.forbiddenPaths.slice(1) }],
  ["a forbidden path is allowed", { allowedPaths: [...contract.allowedPaths, ".env"] }],
  ["an artifact of the evidence is allowed", { allowedPaths: [...contract.allowedPaths, "report.json"] }],
  ["an allowed path is lost", { allowedPaths: contract.allowedPaths.slice(1) }],
  ["another command of as many words runs", { validation: { argv: contract.validation.argv.map(() => "evil") } }],
  ["a shorter command runs", { validation: { argv: contract.validation.argv.slice(0, -1) } }],
  [
    "the target is the folder above",
    {
      targetRepository: { ...contract.targetRepository, path: contract.targetRepository.path.replace(/\/[^/]+$/, "") },
    },
  ],
  ["an action is no longer forbidden", { forbiddenActions: contract.forbiddenActions.slice(1) }],
])("the plain reader objects to a contract where %s", (_, wrong) => {
  expect([...objectionsTo(bytes, { ...contract, ...wrong })]).not.toEqual([]);
});
