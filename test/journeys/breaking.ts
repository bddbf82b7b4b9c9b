import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import { openSwitches, type Ground } from "./ground.ts";

/** Where a Harness is killed: once a line is in the ledger, or right before or after it calls a seam. */
export type BreakingPoint =
  | { readonly line: string; readonly subject?: string; readonly nth?: number }
  | {
      readonly seam: "consume" | "backend.log" | "target.commit" | "archive.put" | "archive.seal" | "validation.start";
      readonly when: "before" | "after";
      readonly nth?: number;
    };

/** Who comes to the point: the verb itself for its work item, or a command: `cto run`, or `cto worker` with what was ordered. */
export type BreakingAs = "run" | "run-command" | "worker";

/**
 * What it does there: stands still for ever, stops itself until SIGCONT as a suspended laptop does, or waits inside the
 * call of its seam while the rest of the process lives on.
 */
export type AtPoint = "stand" | "freeze" | "hold";

export interface BreakingOrder {
  readonly home: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
  /** In the order in which a run comes to them. */
  readonly points: readonly BreakingPoint[];
  readonly as: BreakingAs;
  readonly there: AtPoint;
  /** Once this line is in the ledger the operator asks for the end, as Ctrl-C does. */
  readonly stopAt?: string;
}

export interface Standing {
  /** All that ran below it at its first point. */
  readonly family: Family;
  readonly pid: number;
  /** Settles when it is at its next point; false where it has ended before. */
  next(): Promise<boolean>;
  send(signal: NodeJS.Signals): void;
  /** How it ended, and all that it said until then. */
  readonly ended: Promise<{ readonly exit: number | NodeJS.Signals; readonly said: string }>;
  /** Kills it with SIGKILL. */
  end(): Promise<void>;
}

interface StandingOrder {
  readonly stopAt?: string;
  /** The gate's switches; by default those of the scripted backend and the one admission of a ground. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly as?: BreakingAs;
  readonly there?: AtPoint;
}

/** Starts one in a process of its own, and settles when it is at its point. */
export const standStill = async (
  { home, work }: Pick<Ground, "home" | "work">,
  at: BreakingPoint | readonly BreakingPoint[],
  { environment = openSwitches("scripted"), as = "run", there = "stand", ...stop }: StandingOrder = {},
): Promise<Standing> => {
  const points = "length" in at ? at : [at];
  const order: BreakingOrder = { home, work, environment, points, as, there, ...stop };
  const program = fileURLToPath(new URL("breaking-process.ts", import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: COMPILE_CACHE,
  });
  const pid = child.pid ?? 0;
  let [out, said] = ["", ""];
  let heard = Promise.withResolvers<void>();
  child.stdout.on("data", (bytes: Uint8Array) => {
    out += String(bytes);
    heard.resolve();
    heard = Promise.withResolvers();
  });
  child.stderr.on("data", (bytes: Uint8Array) => (said += String(bytes)));
  const over = new AbortController();
  const ended = once(child, "close").then(([code, signal]) => ({
    exit: (code ?? signal) as number | NodeJS.Signals,
    said,
  }));
  void ended.then(() => over.abort());
  const next = async (): Promise<boolean> => {
    while (!out.includes("\n") && !over.signal.aborted) await Promise.race([heard.promise, ended]);
    if (!out.startsWith("here\n")) return false;
    out = out.slice("here\n".length);
    return true;
  };
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  if (!(await next())) {
    await end();
    throw new Error(`the process did not come to its point: ${out}${said}`);
  }
  return { family: familyOf(pid), pid, next, send: (signal) => void child.kill(signal), ended, end };
};

export interface Breaking extends StandingOrder {
  /** What others do while it stands at its point. */
  readonly meanwhile?: () => Promise<void>;
}

/** Kills a `run` at the point; answers all that ran below it. */
export const breakOff = async (
  ground: Pick<Ground, "home" | "work">,
  point: BreakingPoint,
  { meanwhile, ...order }: Breaking = {},
): Promise<Family> => {
  const { family, end } = await standStill(ground, point, order);
  try {
    await meanwhile?.();
  } finally {
    await end();
  }
  return family;
};

/** Processes by pid and start time, which names one for ever. */
export type Family = readonly { readonly pid: number; readonly start: string; readonly command: string }[];

export const livingOf = (family: Family): Family => family.filter(({ pid, start }) => statOf(pid)?.start === start);

/** All that runs below a process. */
export const familyOf = (pid: number): Family => {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const below = (parent: number): readonly number[] => {
    const children = all.filter((one) => statOf(one)?.parent === parent);
    return [...children, ...children.flatMap(below)];
  };
  return below(pid).flatMap((one) => {
    const stat = statOf(one);
    return stat === undefined ? [] : [{ pid: one, start: stat.start, command: commandOf(one) }];
  });
};

/** Whether a signal has stopped a process. */
export const isStopped = (pid: number): boolean => statOf(pid)?.state === "T";

const statOf = (
  pid: number,
): { readonly state: string; readonly parent: number; readonly start: string } | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : { state, parent: Number(parent), start: rest[17] ?? "" };
  } catch {
    return undefined;
  }
};

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
};
