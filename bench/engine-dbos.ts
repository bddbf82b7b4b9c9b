import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { freshDatabase, POSTGRES } from "../test/postgres.ts";
import { median, ratio, unable } from "./measure.ts";

const ROUNDS = 5;

interface Side {
  readonly stepsMs: number;
  readonly wholeMs: number;
}

/** The same orders of ten empty steps through our engine and through DBOS as its documentation has it, in turns. */
export const dbosBench = async (): Promise<boolean> => {
  if (POSTGRES === undefined) {
    unable("our engine against plain DBOS, there is no PostgreSQL here: script/bootstrap --tests");
    return true;
  }
  const [ours, plain]: [Side[], Side[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await sideOf("plain"));
    ours.push(await sideOf("ours"));
  }
  const of = (sides: readonly Side[], what: keyof Side): number => median(sides.map((side) => side[what]));
  return [
    ratio(
      "ten empty steps of an order, DBOS engine, against plain DBOS",
      of(ours, "stepsMs"),
      of(plain, "stepsMs"),
      1.5,
    ),
    ratio(
      "200 orders of ten empty steps, 8 at a time, DBOS engine, against plain DBOS",
      of(ours, "wholeMs"),
      of(plain, "wholeMs"),
      1.5,
    ),
  ].every(Boolean);
};

// DBOS is one of a process.
const sideOf = async (side: "ours" | "plain"): Promise<Side> => {
  const { url, giveBack } = await freshDatabase();
  const program = path.join(import.meta.dirname, "engine-dbos-side.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, side, url]);
  await giveBack();
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Side;
};
