import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { LOOKS, type Seen } from "./engine-pending-side.ts";
import { count, median, ratio } from "./measure.ts";

const PENDING = 10_000;
const ROUNDS = 5;

/** What 10,000 work items that wait for approval cost whoever approves one, and a worker that has nothing to do. */
export const pendingBench = async (): Promise<boolean> => {
  const [none, many]: [Seen[], Seen[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    none.push(await seenWith(0));
    many.push(await seenWith(PENDING));
  }
  const of = (seen: readonly Seen[], what: keyof Seen): number => median(seen.map((one) => one[what]));
  return [
    ratio(
      `approving one of ${PENDING} that wait until a worker has its run, against none`,
      of(many, "approveMs"),
      of(none, "approveMs"),
      2,
    ),
    ratio(`${LOOKS} looks with ${PENDING} that wait, against none`, of(many, "looksMs"), of(none, "looksMs"), 2),
    count(
      `memory of the process with ${PENDING} that wait`,
      of(many, "rss") / of(none, "rss"),
      1.3,
      "x of that with none",
    ),
    count(
      `processor time of an idle worker with ${PENDING} that wait, beyond that with none (${(100 * of(none, "idle")).toFixed(2)} %)`,
      100 * Math.max(0, of(many, "idle") - of(none, "idle")),
      1,
      "% of a core",
    ),
  ].every(Boolean);
};

// Each in a process of its own: memory that another one left is none of it.
const seenWith = async (pending: number): Promise<Seen> => {
  const program = path.join(import.meta.dirname, "engine-pending-side.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(pending)]);
  return JSON.parse(stdout.trim()) as Seen;
};
