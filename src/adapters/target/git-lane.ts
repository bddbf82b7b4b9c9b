import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** A shell of ours that starts one git after the other, each from an argument vector; no word of it is ever parsed. */
interface GitLane {
  run(call: LaneCall): Promise<LaneAnswer>;
  readonly isAlive: () => boolean;
  /** Ends it, unless the answer is called in time. */
  leaveAfter(ms: number): () => void;
}

interface LaneCall {
  /** `NAME=value`, beside what the lane was opened with. */
  readonly variables: readonly string[];
  readonly args: readonly string[];
  readonly input?: Uint8Array | string;
}

interface LaneAnswer {
  /** As a shell tells it: 127 where there is no such program, 128 and the signal where one ended it. */
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly words: string;
}

export interface GitLanes {
  run(call: LaneCall): Promise<LaneAnswer>;
}

/**
 * As many lanes as calls at once, each kept for the next call. Node copies its page tables for every process that it
 * starts, which takes several times as long as the git itself; a shell has next to none. A lane holds no process alive,
 * leaves when nobody called it for a while, and removes its folder and itself when the process is gone, whatever ended it.
 */
export const gitLanes = (
  env: Readonly<Record<string, string>>,
  argv: readonly string[],
  idleMs: number = LIMITS.gitLaneIdleMs,
): GitLanes => {
  const idle: { readonly lane: GitLane; readonly stay: () => void }[] = [];
  const takeIdle = (): GitLane | undefined => {
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) {
      next.stay();
      if (next.lane.isAlive()) return next.lane;
    }
    return undefined;
  };
  return {
    run: async (call) => {
      const taken = takeIdle() ?? openLane(env, argv);
      try {
        return await taken.run(call);
      } finally {
        if (taken.isAlive()) idle.push({ lane: taken, stay: taken.leaveAfter(idleMs) });
      }
    },
  };
};

const SHELL = "/bin/bash";

// Each call: the input's file, then how many variables and arguments, then they, all ended by NUL. Bash exports names of
// its own, which git is not to see. Files that cannot be opened end the lane: that is no answer of git's.
const SCRIPT = `
folder=$1; shift; git=("$@"); export -n PWD OLDPWD SHLVL
ulimit -c 0; ulimit -f ${LIMITS.gitOutputBytesMax / 1024}
words() { given=(); local n=$1 word; while (( n-- > 0 )); do IFS= read -r -d '' word || exit; given+=("$word"); done; }
while IFS= read -r -d '' input && IFS= read -r -d '' variables && IFS= read -r -d '' args; do
  words "$variables"; set=("\${given[@]}"); words "$args"
  if (( variables > 0 )); then command=(/usr/bin/env "\${set[@]}" "\${git[@]}"); else command=("\${git[@]}"); fi
  : <"$input" >"$folder/out" 2>"$folder/err" || exit
  "\${command[@]}" "\${given[@]}" <"$input" >"$folder/out" 2>"$folder/err"
  printf '%s\\n' "$?"
done
rm -rf -- "$folder"
`;

const openLane = (env: Readonly<Record<string, string>>, argv: readonly string[]): GitLane => {
  const folder = mkdtempSync(path.join(tmpdir(), "cto-git-"));
  const file = (name: string): string => path.join(folder, name);
  // A group of its own: a Ctrl-C at the terminal is for the Harness, whose git has to end in order.
  const shell = spawn(SHELL, ["--norc", "--noprofile", "-c", SCRIPT, "git-lane", folder, ...argv], {
    env,
    cwd: "/",
    stdio: ["pipe", "pipe", "ignore"],
    detached: true,
  });
  let isAlive = true;
  let waiting: Waiting | "nobody" = "nobody";
  const end = (why: Failure): void => {
    isAlive = false;
    rmSync(folder, { recursive: true, force: true });
    if (waiting !== "nobody") waiting.broken(why);
  };
  shell.on("error", (cause) => end(new Failure("target/tool-absent", `${SHELL} does not start`, { cause })));
  shell.on("close", () => end(new Failure("target/git-failed", "git and the shell that started it were ended")));
  shell.stdin.on("error", () => undefined);
  let told = "";
  shell.stdout.setEncoding("latin1").on("data", (text: string) => {
    told += text;
    if (!told.endsWith("\n") || waiting === "nobody") return;
    waiting.done(Number(told));
    told = "";
  });
  const holding = [shell, ...[shell.stdin, shell.stdout].filter((pipe) => pipe instanceof Socket)];
  const letGo = (): void => holding.forEach((one) => void one.unref());
  letGo();

  const codeOf = async (request: string): Promise<number> => {
    const timer = setTimeout(() => killGroup(shell.pid), LIMITS.gitTimeoutMs);
    holding.forEach((one) => void one.ref());
    try {
      return await new Promise<number>((done, broken) => {
        waiting = { done, broken };
        shell.stdin.write(request);
      });
    } finally {
      waiting = "nobody";
      letGo();
      clearTimeout(timer);
    }
  };
  return {
    isAlive: () => isAlive,
    leaveAfter: (ms) => {
      const leave = (): void => {
        isAlive = false;
        shell.stdin.end();
      };
      const timer = setTimeout(leave, ms).unref();
      return () => clearTimeout(timer);
    },
    run: async ({ variables, args, input }) => {
      // A zero byte would end one word and begin another, of somebody else's choice.
      if ([...variables, ...args].some((word) => word.includes("\0")))
        throw new Failure("target/git-failed", "a word for git holds a zero byte");
      if (input !== undefined) writeFileSync(file("in"), input, { mode: 0o600 });
      const from = input === undefined ? "/dev/null" : file("in");
      const counts = [String(variables.length), String(args.length)];
      const code = await codeOf([from, ...counts, ...variables, ...args, ""].join("\0"));
      const words = code === 0 ? "" : readFileSync(file("err"), "utf8").trim();
      return { code, stdout: readFileSync(file("out")), words };
    },
  };
};

interface Waiting {
  readonly done: (code: number) => void;
  readonly broken: (why: Failure) => void;
}

const killGroup = (pid: number | undefined): void => {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
};
