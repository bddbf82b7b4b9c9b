import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { HostileCase } from "../../src/cli/hostile/case-form.ts";
import { preamble } from "../../src/cli/hostile/field.ts";
import { openSurroundings } from "../../src/cli/hostile/surroundings.ts";
import { targetFiles } from "../../src/cli/hostile/target-files.ts";
import type { ControlRow } from "./attack-control.ts";
import { runInside } from "./sandbox-fixture.ts";
import { CONTROL_MS, openUnconfined, type Unconfined } from "./unconfined.ts";

/** The scripts of data cases, by an ordinary user in a throw-away folder without a sandbox: each should do its deed. */
export const runControl = async (cases: readonly HostileCase[]): Promise<readonly ControlRow[]> => {
  const surroundings = await openSurroundings();
  const controls = { ends: openUnconfined(CONTROL_MS.ends), goesOn: openUnconfined(CONTROL_MS.goesOn) };
  const rows: ControlRow[] = [];
  const waiting = cases.filter((one) => one.script !== "");
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      rows.push(
        await rowOf(
          next,
          path.join(surroundings.folder, next.id),
          surroundings.facts,
          next.control === "goes-on" ? controls.goesOn : controls.ends,
        ),
      );
  };
  try {
    await Promise.all([worker(), worker(), worker(), worker()]);
    return rows;
  } finally {
    for (const control of Object.values(controls)) control.end();
    await surroundings.close();
  }
};

const rowOf = async (
  one: HostileCase,
  root: string,
  given: Readonly<Record<string, string>>,
  control: Unconfined,
): Promise<ControlRow> => {
  const how = one.control ?? { without: "it says nothing of a control" };
  if (typeof how === "object") return { id: one.id, came: "without", says: how.without };
  layOut(root, one);
  const folder = path.join(root, "workspace");
  const before = listingOf(folder);
  const facts = { ...factsOf(root, given), ATTACK_PID: String(control.victim()) };
  const checkout = (uid: number): Promise<{ readonly folder: string; readonly over: "nothing" }> => {
    if (process.getuid?.() === 0) execFileSync("/bin/chown", ["-R", "-h", "--", `${uid}:${uid}`, root]);
    return Promise.resolve({ folder, over: "nothing" });
  };
  const stage = await control.open({ checkout });
  const script = `${preamble({ ...facts, ATTACK_HARNESS_PID: facts.ATTACK_PID })}\n${one.script}`;
  const said = await runInside(stage, ["/bin/bash", "-c", script], SMALL);
  const { alive } = await stage.close();
  const escaped = said.out.split("\n").find((line) => line.startsWith("ESCAPED"));
  const came = {
    says: escaped !== undefined,
    changes: listingOf(folder) !== before,
    "goes-on": alive > 0 || said.code === null,
  }[how];
  execFileSync("/bin/rm", ["-rf", "--", root, `${folder}.home`]);
  return { id: one.id, came: came ? "succeeds" : "stopped", says: escaped ?? (came ? how : said.out.slice(-300)) };
};

/** The same deeds, small: nothing here is to take much of the machine. */
export const SMALL: Readonly<Record<string, string>> = {
  ATTACK_BIG_MB: "70",
  ATTACK_BYTES: "67108864",
  ATTACK_FORKS: "220",
  ATTACK_FILES: "2000",
  ATTACK_REST: "0",
  HOST_ONLY_TOKEN: "cto-canary-control",
};

/** What an attack is told of its field. */
export const factsOf = (root: string, facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...facts,
  ATTACK_HOST: root,
  ATTACK_TARGET: path.join(root, "target"),
  ATTACK_HOME: path.join(root, "home"),
  ATTACK_CANARY: path.join(root, "canary"),
  ATTACK_KEY: path.join(root, "owner-key"),
});

/** The same folders as a case has, and the agent's copy of the target in the place of a Workspace. */
export const layOut = (root: string, { field }: HostileCase): void => {
  for (const folder of ["workspace", "home/.sot/authority", "canary"])
    mkdirSync(path.join(root, folder), { recursive: true });
  writeFileSync(path.join(root, "canary/victim"), "orig\n");
  writeFileSync(path.join(root, "home/.sot/authority/allowed_signers"), "jp\n");
  writeFileSync(path.join(root, "owner-key"), "no key\n");
  for (const [name, text] of Object.entries(targetFiles("cto-canary-control", field.files))) {
    mkdirSync(path.dirname(path.join(root, "workspace", name)), { recursive: true });
    writeFileSync(path.join(root, "workspace", name), text);
  }
  const git = (...args: readonly string[]): unknown =>
    execFileSync("/usr/bin/git", ["-c", "user.name=x", "-c", "user.email=x", ...args], {
      cwd: path.join(root, "workspace"),
      stdio: "ignore",
      env: { HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
    });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "base");
  for (const copy of ["target", "sibling"])
    cpSync(path.join(root, "workspace"), path.join(root, copy), { recursive: true });
};

/** What stands in a folder: names, kinds, modes, sizes and times of change of contents, times of reading left out. */
const listingOf = (folder: string): string =>
  execFileSync("/usr/bin/find", [".", "-printf", "%P %y %m %n %s %T@ %l\n"], {
    cwd: folder,
    encoding: "latin1",
    maxBuffer: LISTING_BYTES_MAX,
  })
    .split("\n")
    .sort()
    .join("\n");

const LISTING_BYTES_MAX = 67_108_864;
