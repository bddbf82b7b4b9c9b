import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { machineLines } from "./machine.ts";
import type { Told } from "./measure.ts";

const RESULTS = path.join(import.meta.dirname, "RESULTS.md");
/** Far above what a suite takes on two cores; one that goes on longer is ended and told. */
const SUITE_TIMEOUT_MS = 1_500_000;

/** Every suite after the other, then one page of all; answers whether every row was met and every suite could be run. */
export const runAll = async (suites: readonly string[]): Promise<boolean> => {
  const lines = ["# Results of `npm run bench`", "", ...READING, "", ...machineLines(), ""];
  let holds = true;
  for (const suite of suites) {
    const told = await runOne(suite);
    lines.push(`## ${suite}`, "", ...sectionOf(told), "");
    holds = holds && told.every((one) => one.kind !== "unable" && (one.kind !== "row" || one.holds));
  }
  await writeFile(RESULTS, `${withoutPaths(lines.join("\n")).trimEnd()}\n`);
  process.stdout.write("written: bench/RESULTS.md\n");
  return holds;
};

const READING = [
  "Written by the program. Each row is a ratio of two things that were measured in the same run, and its bound; times alone tell",
  "about the machine and how busy it was. How to read it: [docs/benchmarks.md](../docs/benchmarks.md).",
];

const runOne = (suite: string): Promise<readonly Told[]> =>
  new Promise((resolve) => {
    const told: Told[] = [];
    const program = path.join(import.meta.dirname, "bench.ts");
    const started = performance.now();
    // In a group of its own, so that what it started ends with it.
    const child = spawn(process.execPath, [program, suite], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      detached: true,
    });
    const overdue = setTimeout(() => {
      told.push({ kind: "unable", why: `it was not over after ${SUITE_TIMEOUT_MS / 60_000} minutes and was ended` });
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    }, SUITE_TIMEOUT_MS);
    child.on("message", (one) => told.push(one as Told));
    child.once("close", (code, signal) => {
      clearTimeout(overdue);
      const seconds = Math.round((performance.now() - started) / 1_000);
      const saysWhy = told.some(({ kind }) => kind === "unable" || kind === "row");
      if (!saysWhy) told.push({ kind: "unable", why: `it ended with ${code ?? signal} and measured nothing` });
      resolve([...told, { kind: "note", says: `${seconds} s` }]);
    });
  });

const sectionOf = (told: readonly Told[]): readonly string[] => {
  const rows = told.filter((one) => one.kind === "row");
  const table = rows.map(
    ({ what, measured, wanted, holds }) =>
      `| ${cell(what)} | ${cell(measured)} | ${wanted} | ${holds ? "met" : "**NOT met**"} |`,
  );
  return [
    ...(rows.length > 0 ? ["| What | Measured | Wanted | |", "|---|---|---|---|", ...table, ""] : []),
    ...told.flatMap((one) => {
      if (one.kind === "unable")
        return [`**Could not be run here**, whole or in part: ${cell(one.why.split("\n")[0] ?? "")}`, ""];
      if (one.kind === "table") return [`### ${one.title}`, "", ...one.lines, ""];
      return [];
    }),
    told.flatMap((one) => (one.kind === "note" ? [cell(one.says)] : [])).join(" · "),
  ];
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** Where this lay on the machine that measured it is nobody's business. */
const withoutPaths = (text: string): string =>
  text
    .replaceAll(path.join(import.meta.dirname, ".."), ".")
    .replaceAll(/(?<![\w.:/)])\/(?:home|root|tmp|var|work|srv|mnt|opt|Users)(?:\/[\w@.+-]+)+/g, "(a path)");
