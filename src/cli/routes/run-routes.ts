import type { Command, RouteMap } from "@stricli/core";

import { command } from "../command.ts";
import type { Parsing } from "../context.ts";
import { count, duration, oneOr, several, text, yes } from "../flags.ts";
import type { Argument } from "../help.ts";

const WORK: Argument = {
  placeholder: "WORK-ID",
  brief: "CTO-WORK-NNN; a unique beginning is enough",
  proposes: ["work"],
};
const RUN: Argument = { placeholder: "RUN", brief: "R-NNN-AA; a unique beginning is enough", proposes: ["run"] };
// What begins, ends or decides a run names it whole.
const WHOLE_WORK: Argument = { ...WORK, brief: "CTO-WORK-NNN, whole" };
const WHOLE_RUN: Argument = { ...RUN, brief: "R-NNN-AA, whole" };

type Routes = Readonly<Record<string, Command<Parsing> | RouteMap<Parsing>>>;

/** Commands that start, end and decide runs. */
export const runRoutes = (): Routes => ({
  demo: command<{ readonly scenario: string; readonly dir?: string; readonly keep: boolean }, []>({
    brief: "the whole story on a target of its own, offline",
    examples: ["cto demo", "cto demo --scenario violation", "cto demo --dir demo"],
    flags: {
      scenario: oneOr(["accept", "reject", "violation", "tamper"], "accept", "which story (accept)"),
      dir: text("DIR", "a fresh folder, which is kept", "folder"),
      keep: yes("keep the temporary folder"),
    },
    about: ["Uses no network and no key of yours; the backend is scripted."],
    exits: "0 when the scenario ended as it should; the decisive command and its exit code are told",
    load: () => import("../commands/demo.ts"),
  }),
  gate: command<object, [string]>({
    brief: "ask every precondition of a run, changing nothing",
    examples: ["cto gate CTO-WORK-049", "cto gate CTO-WORK-049 --json"],
    args: [WORK],
    about: ["Every reason is told at once. Nothing is started, consumed or written."],
    exits: "0 open · 3 blocked",
    see: "cto explain gate/env-not-set",
    load: () => import("../commands/gate.ts"),
  }),
  run: command<{ readonly jsonl: boolean; readonly detach: boolean }, [string]>({
    brief: "one run, from its order to its sealed evidence",
    examples: ["cto run CTO-WORK-049", "cto run CTO-WORK-049 --jsonl", "cto run CTO-WORK-049 --detach"],
    args: [WHOLE_WORK],
    flags: {
      jsonl: yes("each event line on stdout as it is recorded"),
      detach: yes("order it and leave it to a worker"),
    },
    about: [
      "The backend, the target and the limits are the contract's; no flag chooses them.",
      "Given again after a crash, it goes on with the run that was broken off. Ctrl-C stops it.",
    ],
    exits: "0 awaits its outcome · 3 blocked · 4 failed · 6 voided · 130 stopped",
    see: "cto gate, cto show, cto outcome",
    load: () => import("../commands/run.ts"),
  }),
  watch: command<{ readonly jsonl: boolean; readonly from?: number }, [string]>({
    brief: "a run that goes on elsewhere, as cto run shows its own",
    examples: ["cto watch R-049-02", "cto watch R-049-02 --jsonl --from 20"],
    args: [RUN],
    flags: {
      jsonl: yes("each event line on stdout, byte for byte; escaped on a terminal"),
      from: count("the first event that is told, by its number (1)"),
    },
    about: ["Of a run that is over everything is told at once. Ctrl-C leaves it and ends nothing."],
    exits: "0 awaits its outcome · 3 blocked · 4 failed, or nobody performs it · 6 voided · 130 stopped, or left",
    see: "cto run, cto logs --follow, cto stop",
    load: () => import("../commands/watch.ts"),
  }),
  worker: command<
    {
      readonly concurrency?: number;
      readonly once: boolean;
      readonly drain?: number;
      readonly jsonl: boolean;
      readonly switches?: readonly string[];
    },
    []
  >({
    brief: "perform the runs that are ordered, until it is told to end",
    examples: ["cto worker", "cto worker --concurrency 4 --jsonl", "cto worker --once"],
    flags: {
      concurrency: count("how many runs at a time (1)"),
      once: yes("end as soon as nothing waits that it could take"),
      drain: duration("how long running runs may go on once it is told to end, such as 15m"),
      switches: several(
        "FILE",
        "NAME=value lines instead of this environment's switches; once for each target",
        "file",
      ),
      jsonl: yes("each event of the worker as a line of JSON on stdout"),
    },
    about: [
      "Takes the runs of cto run --detach, those that policy.yaml orders on approval, and those whose process died. One",
      "run of a target at a time, whoever performs it. The switches of its own environment open the gates.",
      "TERM or Ctrl-C drains it: what still runs after --drain is given back and another worker goes on with it.",
    ],
    exits: "0 drained · 4 it may not go on: its lease is lost or no sandbox works here",
    see: "cto run, cto status, docs/workers.md",
    load: () => import("../commands/worker.ts"),
  }),
  sandbox: command<{ readonly input: boolean }, string[]>({
    brief: "any command in the very stage that a run would get",
    examples: [
      "cto sandbox -- bash -c 'id; ls -la'",
      "cto sandbox CTO-WORK-049 -- python3 -m pytest -q",
      "cto sandbox CTO-WORK-049 --json -- npm test",
    ],
    args: [
      {
        placeholder: "WORD",
        brief: "CTO-WORK-NNN, else the demo's contract is taken; then the command and its words",
        rest: true,
      },
    ],
    flags: { input: yes("standard input is handed to the command") },
    about: [
      "Needs an admitted target and no approval. Nothing is recorded, exported or committed.",
      "The canaries of a run are tried before and after. They, its attempts and what it left are told on stderr.",
    ],
    exits:
      "0 and any other: the command's own · 6 a canary fell or a limit ended it · 130 ended by Ctrl-C · 3 refused, nothing was started",
    see: "cto doctor, cto gate",
    load: () => import("../commands/sandbox.ts"),
  }),
  stop: command<{ readonly reason?: string }, [string]>({
    brief: "ask a run to end",
    examples: ["cto stop R-049-02 --reason 'wrong branch'"],
    args: [WHOLE_RUN],
    flags: { reason: text("T", "why, kept in the ledger") },
    about: ["The approval is spent; the target is as it was, unless the commit had landed."],
    exits: "0 asked, or it had ended",
    see: "cto show",
    load: () => import("../commands/stop.ts"),
  }),
  outcome: command<OutcomeFlags, [string]>({
    brief: "accept or reject a run, by the owner's signature",
    examples: [
      "cto outcome R-049-02 --accept --key KEY",
      "cto outcome R-049-02 --reject --reason 'wrong fix' --key KEY",
    ],
    args: [WHOLE_RUN],
    flags: {
      accept: yes("the commit stays; asks for the sentence"),
      reject: yes("the commit is to be rolled back"),
      reason: text("T", "why; a rejection needs one"),
      key: text("KEY", "the owner's key", "file"),
      sentenceFile: text("F|-", "the words from a file or from standard input", "file"),
      acknowledge: several("CODE", "a finding or denied attempt, by its name; may be repeated"),
    },
    exits: "0 recorded · 3 refused, nothing recorded",
    see: "cto show, cto verify, cto rollback",
    load: () => import("../commands/outcome.ts"),
  }),
  rollback: command<{ readonly dryRun: boolean }, [string]>({
    brief: "undo a rejected commit by one more commit",
    examples: ["cto rollback R-049-02 --dry-run", "cto rollback R-049-02"],
    args: [WHOLE_RUN],
    flags: { dryRun: yes("say what it would do; touch nothing") },
    about: ["Never a reset, never a force, never a push. Refused without a recorded rejection."],
    exits: "0 done, tree proven · 3 refused · 4 failed",
    load: () => import("../commands/rollback.ts"),
  }),
  runs: command<{ readonly work?: string; readonly state?: string; readonly limit?: number }, []>({
    brief: "every run, the newest first",
    examples: ["cto runs", "cto runs --state voided --limit 10", "cto runs --work CTO-WORK-049"],
    flags: {
      work: text("WORK-ID", "only runs of this work item", "work"),
      state: text("S", "only runs in this state; voided finds every kind of it", "state"),
      limit: count("how many (50); the total is told all the same"),
    },
    exits: "0",
    see: "cto show",
    load: () => import("../commands/runs.ts"),
  }),
});

interface OutcomeFlags {
  readonly accept: boolean;
  readonly reject: boolean;
  readonly reason?: string;
  readonly key?: string;
  readonly sentenceFile?: string;
  readonly acknowledge?: readonly string[];
}
