import { spawnSync } from "node:child_process";

import { execa } from "execa";

/** What a shell of the owner came to; its output cut at a mebibyte. */
export interface ShellAnswer {
  readonly exit: number;
  readonly output: string;
}

export interface ShellOrder {
  /** A bash script, with `set -e`. */
  readonly script: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** The owner at his own shell, for the hostile suite alone: his git obeys his configuration and runs his hooks. */
export const ownerShell = async ({ script, folder, env, timeoutMs }: ShellOrder): Promise<ShellAnswer> => {
  const done = await execa("/bin/bash", ["-ec", script], {
    cwd: folder,
    env: { ...OWNER, ...env },
    extendEnv: false,
    stdin: "ignore",
    all: true,
    timeout: timeoutMs,
    forceKillAfterDelay: 1_000,
    maxBuffer: OUTPUT_BYTES_MAX,
    reject: false,
  });
  return { exit: done.exitCode ?? -1, output: done.all };
};

/** The same, holding everything else of this process: it falls into the very moment in which it is asked for. */
export const ownerShellAtOnce = ({ script, folder, env, timeoutMs }: ShellOrder): ShellAnswer => {
  const done = spawnSync("/bin/bash", ["-ec", script], {
    cwd: folder,
    env: { ...OWNER, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return { exit: done.status ?? -1, output: `${done.stdout}${done.stderr}` };
};

const OUTPUT_BYTES_MAX = 1_048_576;

const OWNER = {
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Owner",
  GIT_AUTHOR_EMAIL: "owner@sample.invalid",
  GIT_COMMITTER_NAME: "Owner",
  GIT_COMMITTER_EMAIL: "owner@sample.invalid",
};
