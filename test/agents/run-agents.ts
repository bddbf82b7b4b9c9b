import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { AGENTS, packagesOf } from "./agents.ts";

// `npm run test:agents`: installs the light tier at its pins into its own folder, then leads every installed agent
// through governed runs, offline against the scripted model. The heavy tier runs where `--heavy` has installed it.

const ROOT = path.join(import.meta.dirname, "../..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { heavy: { type: "boolean", default: false } },
});

/** No package runs a script of its own as it is installed, but the one that lays its native program where it is looked for. */
const install = (tier: "light" | "heavy"): boolean => {
  const place = path.join(import.meta.dirname, tier);
  const ran = (program: string, words: readonly string[]): boolean =>
    spawnSync(program, words, { cwd: ROOT, stdio: "inherit", timeout: 900_000 }).status === 0;
  const isThere = ran("npm", ["install", "--prefix", place, "--ignore-scripts", "--no-audit", "--no-fund"]);
  return tier === "light"
    ? isThere
    : isThere && ran(process.execPath, [path.join(packagesOf(tier), "opencode-ai/postinstall.mjs")]);
};

for (const tier of values.heavy ? (["light", "heavy"] as const) : (["light"] as const))
  if (!existsSync(packagesOf(tier)) && !install(tier))
    console.log(`NOT RUN: the ${tier} tier could not be installed; npm says why above`);

const absent = AGENTS.filter(({ tier }) => !existsSync(packagesOf(tier)));
const here = AGENTS.length - absent.length;
const folder = mkdtempSync(path.join(tmpdir(), "cto-agents-"));
const report = path.join(folder, "results.json");
const vitest = ["exec", "--", "vitest", "run", "--config", "test/agents/vitest.config.ts"];
const outputs = ["--reporter=verbose", "--reporter=json", `--outputFile.json=${report}`];
const { status } =
  here === 0
    ? { status: 0 }
    : spawnSync("npm", [...vitest, ...outputs, ...positionals], { cwd: ROOT, stdio: "inherit", timeout: 3_600_000 });

for (const { profile, tier } of absent)
  console.log(`SKIPPED ${profile}: the ${tier} tier is not installed (npm run test:agents -- --heavy installs it)`);
if (process.env["CTO_HARNESS_CASE_BIN"] === undefined)
  console.log("SKIPPED case: CTO_HARNESS_CASE_BIN names no real ca (docs/agents/case.md)");
interface Counts {
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly numPendingTests?: number;
}
const counts = existsSync(report) ? (JSON.parse(readFileSync(report, "utf8")) as Counts) : {};
const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: pending = 0 } = counts;
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed, ${absent.length + pending} skipped`);
process.exitCode = status === 0 && here > 0 ? 0 : 1;
