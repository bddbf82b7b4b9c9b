import type { Room } from "../../seams/backend.ts";
import type { Intent, Verdict } from "../../workflow/backend/attempt.ts";
import type { OwnFact } from "../../workflow/backend/frame.ts";
import { commandLine } from "../../workflow/backend/tool-call.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { insideWorkspace } from "../../workflow/policy/judge-intent.ts";
import type { RunLimits } from "../../workflow/run-limits.ts";
import { judgeAll } from "./acp-permission.ts";
import type { Terminals } from "./acp-terminals.ts";
import { HandRefusal, type Hand } from "./hand.ts";

/** What the Harness does for an agent with its own hands. */
export interface ActTools {
  readonly room: Room;
  readonly hand: Hand;
  readonly terminals: Terminals;
  readonly limits: RunLimits;
  readonly tell: (fact: OwnFact) => void;
}

/** The contract's no to an act, with the rule that gave it. */
export class ActRefused extends Error {
  readonly rule: string;

  constructor(rule: string) {
    super(`refused: ${rule}`);
    this.name = "ActRefused";
    this.rule = rule;
  }
}

/** A command that an agent wants to be run. */
interface RunWish {
  readonly argv: readonly string[];
  /** As it was written; inside the Workspace or refused. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly outputBytesMax: number | undefined;
}

/** Acts in order, each judged first, told, and then done; a no is an `ActRefused`, and nothing was done (backends.md 6). */
export interface GrantedActs {
  read(method: string, path: string): Promise<Uint8Array>;
  write(method: string, path: string, content: Uint8Array): Promise<void>;
  /** Answers the terminal that runs it. */
  run(method: string, wish: RunWish): Promise<string>;
  /** From now on every act is refused. */
  cancel(): void;
  readonly isCancelled: () => boolean;
  /** One after the other, whoever asks. */
  inOrder<T>(act: () => Promise<T>): Promise<T>;
}

export const openGrantedActs = ({ room, hand, terminals, limits, tell }: ActTools): GrantedActs => {
  let queue: Promise<unknown> = Promise.resolve();
  let isCancelled = false;

  const granted = (method: string, intents: readonly [Intent, ...Intent[]]): Verdict => {
    if (isCancelled) throw new ActRefused("the turn was cancelled");
    const start = performance.now();
    const { intent, verdict } = judgeAll(room, intents);
    const { rule, action } = verdict;
    tell({
      did: "judged",
      method,
      intent,
      decision: verdict.allowed ? "allowed" : "denied",
      rule,
      ...(action === undefined ? {} : { action }),
      by: "policy",
      ms: Math.round(performance.now() - start),
    });
    if (!verdict.allowed) throw new ActRefused(rule);
    return verdict;
  };

  return {
    read: async (method, path) => {
      const { rule } = granted(method, [{ kind: "read", path }]);
      const { content, bytes, sha256, more } = await hand.read(path);
      // Whoever takes the beginning for the whole would write the rest away.
      if (more) throw new HandRefusal("too-large", `it is longer than ${LIMITS.handReadBytesMax} bytes`);
      tell({ did: "read", path, bytes, sha256, rule });
      return content;
    },
    write: async (method, path, content) => {
      const { rule } = granted(method, [{ kind: "write", path }]);
      const { bytes, sha256 } = await hand.write(path, content);
      tell({ did: "wrote", path, bytes, sha256, rule });
    },
    run: async (method, { argv, cwd, env, outputBytesMax = limits.outputBytesMax }) => {
      const line = commandLine(argv);
      const { rule } = granted(method, [
        { kind: "read", path: cwd },
        { kind: "run", line },
      ]);
      const id = await terminals.create({
        line,
        argv,
        cwd: insideWorkspace(cwd) ?? ".",
        env,
        outputBytesMax: Math.min(outputBytesMax, limits.outputBytesMax),
        rule,
      });
      if (id === undefined) throw new ActRefused("too many terminals");
      return id;
    },
    cancel: () => {
      isCancelled = true;
    },
    isCancelled: () => isCancelled,
    inOrder: async (act) => {
      const done = queue.then(act);
      queue = done.catch(() => undefined);
      return done;
    },
  };
};
