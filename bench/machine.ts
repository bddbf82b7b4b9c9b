import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import path from "node:path";

import { CHROMIUM } from "../test/browser/chromium.ts";

/** What was measured with, as lines of Markdown: enough to compare, and nothing that names this machine. */
export const machineLines = (): readonly string[] => [
  "| | |",
  "|---|---|",
  ...Object.entries(facts()).map(([what, is]) => `| ${what} | ${is.replaceAll("|", "\\|")} |`),
];

const facts = (): Readonly<Record<string, string>> => ({
  when: new Date().toISOString().slice(0, 10),
  processor: `${cpus()[0]?.model.trim() ?? "unknown"}, ${availableParallelism()} cores`,
  memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
  kernel: release(),
  system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown",
  "load when it began": loadavg()[0]?.toFixed(2) ?? "unknown",
  started: process.getuid?.() === 0 ? "by root" : "by an ordinary user",
  "CTO Harness": versionOf(path.join(import.meta.dirname, "../package.json")),
  Node: process.versions.node,
  git: saidBy("git", ["--version"]),
  bubblewrap: saidBy("bwrap", ["--version"]),
  Python: saidBy("python3", ["--version"]),
  pytest: saidBy("python3", ["-m", "pytest", "--version"]),
  Chromium: CHROMIUM === undefined ? "none" : saidBy(CHROMIUM, ["--version"]),
});

const versionOf = (manifest: string): string =>
  (JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string }).version;

const saidBy = (program: string, args: readonly string[]): string => {
  try {
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin" };
    const said = execFileSync(program, args, {
      encoding: "utf8",
      env,
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /\d[\w.+~-]*/.exec(said)?.[0] ?? "unknown";
  } catch {
    return "none";
  }
};
