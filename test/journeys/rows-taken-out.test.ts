import { cp } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";

import { jsonOf, runCto } from "../cli/cli.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
  const world = await ground.open();
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  await world.store.close();
});
afterAll(() => ground.close());

/** As the owner of the tables, to whom no trigger says no. */
const asOwner = (file: string, sql: string): void => {
  const database = new Database(file);
  const triggers = database.prepare<[], { name: string; sql: string }>(
    "select name, sql from sqlite_schema where type = 'trigger'",
  );
  const all = triggers.all();
  for (const { name } of all) database.exec(`drop trigger ${name}`);
  database.exec(sql);
  for (const trigger of all) database.exec(trigger.sql);
  database.close();
};

const problemsAfter = async (name: string, sql: string): Promise<readonly unknown[]> => {
  const home = path.join(ground.root, name.replaceAll(" ", "-"));
  await cp(path.join(ground.home, ".sot"), path.join(home, ".sot"), { recursive: true });
  for (const part of ["home-id", "ledger.db", "keys"])
    await cp(path.join(ground.home, ".cto", part), path.join(home, ".cto", part), { recursive: true });
  asOwner(path.join(home, ".cto/ledger.db"), sql);
  const said = jsonOf(await runCto(["store", "check", "--json", "--home", home]));
  return Array.isArray(said["problems"]) ? said["problems"] : [];
};

test("R137 a whole ledger holds", async () => {
  expect(await problemsAfter("whole", "select 1")).toEqual([]);
});

test.each([
  ["the last fact", "delete from facts where seq = (select max(seq) from facts)", "facts"],
  ["all facts", "delete from facts", "facts"],
  ["what a step left", "delete from documents where kind = 'step'", "document"],
  ["what the owner signed", "delete from documents where kind = 'approval'", "document"],
  ["the claim on an approval", "delete from claims where what = 'approval'", "approval"],
  ["a seal", "delete from seals", "seal"],
])("R137 %s that was taken out by the owner of the tables is a problem", async (name, sql, what) => {
  expect(await problemsAfter(name, sql)).toContainEqual({ what, of: expect.any(String) });
});

test("R137 rows that the owner of the tables gave to others are a problem", async () => {
  const sql = `update claims set claimant = 'R-999-01' where what = 'approval'; update seals set sums = '${"0".repeat(64)}'`;
  expect(await problemsAfter("given", sql)).toEqual([
    { what: "seal", of: "R-049-01" },
    { what: "approval", of: expect.any(String) },
  ]);
});
