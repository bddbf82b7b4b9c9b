import { Failure } from "../../workflow/failure.ts";
import { gitLanes } from "./git-lane.ts";

/** The neutral environment of git.md 2: nothing of the caller, the user, the system or the repository is inherited. */
export const NEUTRAL_ENV: Readonly<Record<string, string>> = {
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent",
  LC_ALL: "C",
  TZ: "UTC",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_TERMINAL_PROMPT: "0",
};

export const NEUTRAL_CONFIG: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.fileMode=true",
  "core.symlinks=true",
  "core.autocrlf=false",
  "core.excludesFile=/dev/null",
  "core.attributesFile=/dev/null",
  "core.fsync=all",
  "core.untrackedCache=false",
  "commit.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "protocol.allow=never",
].flatMap((setting) => ["-c", setting]);

/** Debian's path; never looked up, so that no PATH of the caller decides which git runs. */
export const GIT = "/usr/bin/git";

export interface GitCall {
  /** Only GIT_* variables that name files and identities of ours. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Uint8Array | string;
  /** Exit codes besides 0 that are answers. */
  readonly answers?: readonly number[];
}

export interface GitAnswer {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly text: string;
  /** What it said on stderr. */
  readonly words: string;
}

/** Runs one git command on a git directory of ours. `T/.git` is never given here (git.md 3). */
export const git = async (gitDir: string, args: readonly string[], call: GitCall = {}): Promise<GitAnswer> => {
  const { code, stdout, words } = await LANES.run({
    variables: Object.entries(call.env ?? {}).map(([name, value]) => `${name}=${value}`),
    args: [`--git-dir=${gitDir}`, ...args],
    ...(call.input === undefined ? {} : { input: call.input }),
  });
  if (code === ABSENT) throw new Failure("target/tool-absent", `${GIT} is not there: apt-get install git`);
  if (code !== 0 && !(call.answers ?? []).includes(code))
    throw new Failure("target/git-failed", `git ${args[0] ?? ""}: ${words || `it ended with ${code}`}`);
  return { code, stdout, words, text: new TextDecoder().decode(stdout).trimEnd() };
};

const LANES = gitLanes(NEUTRAL_ENV, [GIT, ...NEUTRAL_CONFIG]);

const ABSENT = 127;
