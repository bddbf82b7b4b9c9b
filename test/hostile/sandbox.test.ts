import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CANARY } from "./sandbox-fixture.ts";
import { TRIALS } from "./sandbox-trial.ts";

const REPOSITORY = resolve(import.meta.dirname, "../..");
const PLAIN_UID = 12_345;

const secretEnvironment = {
  CTO_SECRET: `${CANARY}harness`,
  SSH_AUTH_SOCK: "/nowhere/agent.sock",
  HOME: homedir(),
  PATH: "/usr/bin:/bin",
};

const started = async (argv: readonly [string, ...string[]], tmp: string): Promise<Record<string, string>> => {
  const [program, ...rest] = argv;
  const { stdout } = await promisify(execFile)(program, rest, {
    env: { ...secretEnvironment, TMPDIR: tmp },
    maxBuffer: 16_777_216,
  });
  return JSON.parse(stdout) as Record<string, string>;
};

const asThisUser = (tmp: string): Promise<Record<string, string>> =>
  started([process.execPath, `${REPOSITORY}/test/hostile/sandbox-trial.ts`], tmp);

// A plain user may not be able to walk to this repository or to Node, so both are shown to him at another place.
const asPlainUser = async (tmp: string): Promise<Record<string, string>> => {
  await chown(tmp, PLAIN_UID, PLAIN_UID);
  const script = `set -eu; mount -t tmpfs -o mode=0755 shown /mnt; mkdir /mnt/repository; : >/mnt/node
mount --bind "$1" /mnt/repository; mount --bind "$2" /mnt/node
exec setpriv --reuid=${PLAIN_UID} --regid=${PLAIN_UID} --clear-groups /mnt/node /mnt/repository/test/hostile/sandbox-trial.ts`;
  const shown = ["/bin/bash", "--norc", "--noprofile", "-c", script, "sh", REPOSITORY, process.execPath];
  return started(["/usr/bin/unshare", "--mount", "--propagation", "private", "--", ...shown], tmp);
};

const users =
  process.getuid?.() === 0 ? { root: asThisUser, "a plain user": asPlainUser } : { "a plain user": asThisUser };

describe.each(Object.entries(users))("started by %s", (_, run) => {
  let tmp = "";
  let verdicts: Record<string, string> = {};

  beforeAll(async () => {
    tmp = await mkdtemp(`${tmpdir()}/cto-trial-`);
    await chmod(tmp, 0o755);
    verdicts = await run(tmp);
  }, 180_000);

  afterAll(() => rm(tmp, { recursive: true, force: true }));

  test.each(TRIALS)("R064 R066 held: %s", (name) => {
    expect(verdicts[name]).toBe("held");
  });
});
