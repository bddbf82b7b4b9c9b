import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CANARY } from "./sandbox-fixture.ts";
import { trialsAt, type TrialLevel } from "./sandbox-trial.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const PLAIN_UID = 12_345;

const secretEnvironment = {
  CTO_SECRET: `${CANARY}harness`,
  SSH_AUTH_SOCK: "/nowhere/agent.sock",
  HOME: homedir(),
  PATH: "/usr/bin:/bin",
};

const started = async (
  argv: readonly [string, ...string[]],
  tmp: string,
  level: TrialLevel,
): Promise<Record<string, string>> => {
  const [program, ...rest] = argv;
  const { stdout } = await promisify(execFile)(program, rest, {
    env: { ...secretEnvironment, TMPDIR: tmp, CTO_TRIAL_LEVEL: level },
    maxBuffer: 16_777_216,
  });
  return JSON.parse(stdout) as Record<string, string>;
};

type Trial = (tmp: string, level: TrialLevel) => Promise<Record<string, string>>;

const asThisUser: Trial = (tmp, level) =>
  started([process.execPath, `${REPOSITORY}/test/hostile/sandbox-trial.ts`], tmp, level);

// A plain user may not be able to walk to this repository or to Node, so both are shown to him at another place.
const asPlainUser: Trial = async (tmp, level) => {
  await chown(tmp, PLAIN_UID, PLAIN_UID);
  const script = `set -eu; mount -t tmpfs -o mode=0755 shown /mnt; mkdir /mnt/repository; : >/mnt/node
mount --bind "$1" /mnt/repository; mount --bind "$2" /mnt/node
exec setpriv --reuid=${PLAIN_UID} --regid=${PLAIN_UID} --clear-groups /mnt/node /mnt/repository/test/hostile/sandbox-trial.ts`;
  const shown = ["/bin/bash", "--norc", "--noprofile", "-c", script, "sh", REPOSITORY, process.execPath];
  return started(["/usr/bin/unshare", "--mount", "--propagation", "private", "--", ...shown], tmp, level);
};

const users =
  process.getuid?.() === 0 ? { root: asThisUser, "a plain user": asPlainUser } : { "a plain user": asThisUser };

// Level B is tried as whoever runs the tests, level A as everybody.
const trials = Object.entries(users).flatMap(([who, run]): { who: string; run: Trial; level: TrialLevel }[] => [
  { who, run, level: "A" },
  ...(run === asThisUser ? [{ who, run, level: "B" } as const] : []),
]);

describe.each(trials)("started by $who at level $level", ({ run, level }) => {
  let tmp = "";
  let verdicts: Record<string, string> = {};

  beforeAll(async () => {
    tmp = await mkdtemp(`${tmpdir()}/cto-trial-`);
    await chmod(tmp, 0o755);
    verdicts = await run(tmp, level);
  }, 180_000);

  afterAll(() => rm(tmp, { recursive: true, force: true }));

  test.each(trialsAt(level))("R064 R066 held: %s", (name) => {
    expect(verdicts[name]).toBe("held");
  });
});
