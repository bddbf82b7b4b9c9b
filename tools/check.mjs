// `npm run check`: types, lint, format, unused code and tests, one after the other, the first that fails ends it.
// `npm run check -- --shape` runs nothing: it prints how long the files are, of each part of the tree.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { shape: { type: "boolean", default: false } } });

const CHECKS = [
  ["npm", "run", "--silent", "types"],
  ["npm", "run", "--silent", "lint"],
  ["npm", "run", "--silent", "format:check"],
  ["npm", "run", "--silent", "unused"],
  ["npm", "exec", "--", "vitest", "run"],
];

const check = () => {
  for (const [command, ...args] of CHECKS) {
    console.log(`== ${[command, ...args].join(" ")}`);
    const { status } = spawnSync(command, args, { stdio: "inherit" });
    if (status !== 0) return status ?? 1;
  }
  return 0;
};

const PARTS = [
  ["src/workflow", /^src\/workflow\//],
  ["src/seams", /^src\/seams\//],
  ["src/harness", /^src\/harness\//],
  ["src/adapters", /^src\/adapters\//],
  ["src/cli", /^src\/cli\//],
  ["src/control-surface", /^src\/control-surface\//],
  ["src/mcp, verifier, verify-page", /^src\/(?:mcp|verifier|verify-page)\//],
  ["src, all of it", /^src\//],
  ["tests, all of them", /^test\/|\.test\.ts$/],
  ["bench and tools", /^(?:bench|tools)\//],
];
const IS_CODE = /\.(?:ts|tsx|mjs)$/;
const IS_TEST = /^test\/|\.test\.ts$/;
const LONG = 250;

const linesOf = (file) => readFileSync(file, "utf8").split("\n").length - 1;
const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Lines of files: how many, the median, the 90th percentile, the longest. */
const shape = () => {
  const files = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" })
    .split("\0")
    .filter((file) => IS_CODE.test(file));
  const measured = files.map((file) => ({ file, lines: linesOf(file) }));
  console.log(
    `${"".padEnd(32)}${["files", "lines", "median", "90th", "longest"].map((word) => word.padStart(8)).join("")}`,
  );
  for (const [name, form] of PARTS) {
    const part = measured.filter(({ file }) => form.test(file) && (name.startsWith("tests") || !IS_TEST.test(file)));
    const sorted = part.map(({ lines }) => lines).toSorted((a, b) => a - b);
    const total = sorted.reduce((sum, lines) => sum + lines, 0);
    const numbers = [sorted.length, total, at(sorted, 0.5), at(sorted, 0.9), sorted.at(-1) ?? 0];
    console.log(`${name.padEnd(32)}${numbers.map((number) => String(number).padStart(8)).join("")}`);
  }
  const long = measured
    .filter(({ file, lines }) => lines > LONG && !IS_TEST.test(file))
    .toSorted((a, b) => b.lines - a.lines);
  console.log(
    `longer than ${LONG} lines: ${long.length === 0 ? "none" : long.map(({ file, lines }) => `${file} (${lines})`).join(", ")}`,
  );
  return 0;
};

process.exitCode = values.shape ? shape() : check();
