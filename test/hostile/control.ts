import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { HostileCase } from "../../src/cli/hostile/case-form.ts";
import { preamble } from "../../src/cli/hostile/field.ts";
import { openSurroundings } from "../../src/cli/hostile/surroundings.ts";
import { targetFiles } from "../../src/cli/hostile/target-files.ts";

export interface ControlRow {
  readonly id: string;
  readonly succeeds: boolean;
  readonly says: string;
}

/** The attacks that do no harm, by an ordinary user in a throw-away folder without a sandbox: each should get what it wants. */
export const runControl = async (cases: readonly HostileCase[]): Promise<readonly ControlRow[]> => {
  const surroundings = await openSurroundings();
  try {
    return cases
      .filter(({ control }) => control)
      .map((one) => {
        const root = path.join(surroundings.folder, one.id);
        layOut(root, one);
        const said = attacked(root, `${preamble(factsOf(root, surroundings.facts))}\n${one.script}`);
        rmSync(root, { recursive: true, force: true });
        const escaped = said.split("\n").filter((line) => line.startsWith("ESCAPED"));
        return { id: one.id, succeeds: escaped.length > 0, says: escaped[0] ?? said.slice(-200) };
      });
  } finally {
    await surroundings.close();
  }
};

const PLAIN_UID = 12_345;

const factsOf = (root: string, facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  ...facts,
  // The victim alone: nothing of this is to reach the process that watches it.
  ATTACK_HARNESS_PID: facts["ATTACK_PID"] ?? "",
  ATTACK_HOST: root,
  ATTACK_TARGET: path.join(root, "target"),
  ATTACK_HOME: path.join(root, "home"),
  ATTACK_CANARY: path.join(root, "canary"),
  ATTACK_KEY: path.join(root, "owner-key"),
});

/** The same folders as a case has, and the agent's copy of the target in the place of a Workspace. */
const layOut = (root: string, { field }: HostileCase): void => {
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

const attacked = (root: string, script: string): string => {
  const isRoot = process.getuid?.() === 0;
  const out = path.join(root, "said");
  writeFileSync(out, "");
  if (isRoot) execFileSync("/bin/chown", ["-R", `${PLAIN_UID}:${PLAIN_UID}`, root]);
  const asPlain = isRoot
    ? ["/usr/bin/setpriv", `--reuid=${PLAIN_UID}`, `--regid=${PLAIN_UID}`, "--clear-groups", "--no-new-privs", "--"]
    : [];
  const [program, ...args] = [...asPlain, "/bin/bash", "-c", `{ ${script}\n} >'${out}' 2>&1 </dev/null; exit 0`];
  const env = { PATH: "/usr/bin:/bin", HOME: root, HOST_ONLY_TOKEN: "cto-canary-control" };
  execFileSync(program, args, { cwd: path.join(root, "workspace"), env, stdio: "ignore", timeout: 30_000 });
  return readFileSync(out, "utf8");
};
