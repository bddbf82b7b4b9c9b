import { tell } from "./measure.ts";
import { runAll } from "./results.ts";
import { SUITES } from "./suites.ts";

// `npm run bench -- NAME`: ratios taken in one run on one machine; no test depends on them. Without a name every suite is
// run, each in a process of its own and within its time, and bench/RESULTS.md says what came of it.
const names = process.argv.slice(2);
const unknown = names.find((name) => SUITES[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`there is no bench ${unknown}; there are ${Object.keys(SUITES).join(", ")}\n`);
  process.exit(2);
}
let holds = true;
if (names.length === 0) holds = await runAll(Object.keys(SUITES));
for (const name of names) {
  process.stdout.write(`== ${name}\n`);
  try {
    holds = ((await SUITES[name]?.()) ?? false) && holds;
  } catch (error) {
    tell({ kind: "unable", why: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
process.exitCode = holds ? 0 : 1;
