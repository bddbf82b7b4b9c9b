import { engine } from "./engine.ts";
import { evidence } from "./evidence.ts";
import { firstRun } from "./first-run.ts";
import { help } from "./help.ts";
import { sandbox } from "./sandbox.ts";
import { surface } from "./surface.ts";

const SUITES: Readonly<Record<string, () => Promise<boolean>>> = {
  engine,
  evidence,
  "first-run": firstRun,
  help,
  sandbox,
  surface,
};

// npm run bench -- NAME: ratios taken in one run on one machine; no test depends on them.
const names = process.argv.slice(2);
const unknown = names.find((name) => SUITES[name] === undefined);
if (unknown !== undefined) {
  process.stderr.write(`there is no bench ${unknown}; there are ${Object.keys(SUITES).join(", ")}\n`);
  process.exit(2);
}
let holds = true;
for (const name of names.length === 0 ? Object.keys(SUITES) : names) {
  process.stdout.write(`== ${name}\n`);
  holds = ((await SUITES[name]?.()) ?? false) && holds;
}
process.exitCode = holds ? 0 : 1;
