import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";

import { ROOT } from "../architecture/source.ts";
import { objection, type Json } from "./published.ts";
import { mismatch, Reader, stepsOf } from "./tutorial-page.ts";

/**
 * A newcomer: an empty folder, the package as `npm pack` makes it of this build, Node 24, git, the system's own programs, and
 * nothing of this tree. The page's commands are given as they are written, and what they print is held to the page.
 */
const folder = mkdtempSync(path.join(tmpdir(), "cto-newcomer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const npm = (...args: readonly string[]): string => execFileSync("npm", args, { cwd: ROOT, encoding: "utf8" }).trim();

const environment = (): NodeJS.ProcessEnv => {
  const home = path.join(folder, ".newcomer");
  mkdirSync(home);
  return {
    PATH: `${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    LANG: "C.UTF-8",
    // Where packages come from is this machine's affair; what comes is the lock of the package and nothing else.
    ...Object.fromEntries(
      ["userconfig", "globalconfig", "cache", "registry"].map((key) => [
        `npm_config_${key}`,
        npm("config", "get", key),
      ]),
    ),
  };
};

test("a newcomer comes from the package to an accepted run, and sees what the tutorial says", async () => {
  const steps = stepsOf(readFileSync(path.join(ROOT, "docs/tutorial.md"), "utf8"));
  expect(steps.length).toBeGreaterThan(12);
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], { cwd: ROOT });

  const reader = new Reader(folder, environment());
  try {
    for (const { line, commands, exit, expected } of steps) {
      const given = await reader.gives(commands);
      const wrong = mismatch(expected, given.printed);
      expect({ exit: given.exit, wrong }, `docs/tutorial.md:${line}\n${commands}\nprinted:\n${given.printed}`).toEqual({
        exit,
        wrong: undefined,
      });
    }
  } finally {
    reader.leaves();
  }

  expect(execFileSync("git", ["-C", path.join(folder, "greeter"), "log", "--format=%s"], { encoding: "utf8" })).toBe(
    "CTO-WORK-001: Greeting\nGreet whoever is named\n",
  );
  expect(invalidFiles(path.join(folder, "home"))).toEqual([]);
});

/** What that run left, read as a stranger with the published schemas would. */
const invalidFiles = (home: string): readonly string[] => {
  const read = (file: string): string => readFileSync(path.join(home, file), "utf8");
  const bundle = ".cto/runs/R-001-01";
  const documents = ".sot/03-PROTOCOLS";
  const admissions = readdirSync(path.join(home, documents)).filter((name) => name.endsWith("-ADMISSION.json"));
  expect(admissions).toHaveLength(1);
  const frontmatter = read(`${documents}/CTO-GREETING-APPROVAL-PACKET.md`).split("---\n")[1] ?? "";
  const asked: readonly (readonly [string, Json])[] = [
    ["packet-frontmatter", parse(frontmatter, { schema: "failsafe" }) as Json],
    ["policy", parse(read(".sot/authority/policy.yaml")) as Json],
    ...admissions.map((name) => ["admission", JSON.parse(read(`${documents}/${name}`)) as Json] as const),
    ["approval", JSON.parse(read(`${bundle}/approval/approval.ada.json`)) as Json],
    ["report", JSON.parse(read(`${bundle}/report.json`)) as Json],
    ...read(`${bundle}/events.normalized.jsonl`)
      .trimEnd()
      .split("\n")
      .map((line) => ["event", JSON.parse(line) as Json] as const),
  ];
  return asked.flatMap(([form, document]) => {
    const problem = objection(form, document);
    return problem === "none" ? [] : [`${form}: ${problem}`];
  });
};
