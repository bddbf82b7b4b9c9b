import { tryStage, type Tried } from "../../harness/workspace/try-stage.ts";
import type { World } from "../../harness/world.ts";
import type { Ended } from "../../seams/sandbox.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { PassedCanaries } from "../../workflow/workspace/canary.ts";
import { notHeld } from "../../workflow/workspace/judge-canaries.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { withDemoWork } from "../demo/with-demo-work.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { duration, table } from "../show.ts";
import { usageError } from "../usage-error.ts";

/** `cto sandbox [WORK-ID] -- COMMAND`: any command in the very stage that a run of the work item would get. */
export const act: Act<{ readonly input: boolean }, string[]> = async (context, flags, ...words) => {
  const [first = "", ...rest] = words;
  const isNamed = /^CTO-WORK-\d+$/.test(first);
  const argv = isNamed ? rest : words;
  if (argv.length === 0) return usageError("no command was given", "cto sandbox CTO-WORK-049 -- python3 -m pytest -q");
  const input = flags.input ? await context.readInput() : new Uint8Array();
  return isNamed ? inHome(context, flags, first, argv, input) : inDemo(context, flags, argv, input);
};

const inHome = async (
  context: CliContext,
  flags: CommonFlags,
  named: string,
  argv: readonly string[],
  input: Uint8Array,
): Promise<Answer> => {
  const world = await context.openWorld(flags.home, "read");
  try {
    const work = await pickWork(world, named);
    return isAnswer(work) ? work : await tryAndTell(context, flags, world, { work, argv, input });
  } finally {
    await world.store.close();
  }
};

/** Without a work item: the demo's contract on the demo's target, made for this one command. */
const inDemo = (context: CliContext, flags: CommonFlags, argv: readonly string[], input: Uint8Array): Promise<Answer> =>
  withDemoWork(context, (world, work) => tryAndTell(context, flags, world, { work, argv, input }));

interface Given {
  readonly work: WorkId;
  readonly argv: readonly string[];
  readonly input: Uint8Array;
}

const tryAndTell = async (
  { process: { stdout, stderr }, onStop }: CliContext,
  { json }: CommonFlags,
  world: World,
  given: Given,
): Promise<Answer> => {
  const stopping = new AbortController();
  const heard = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const kept = { stdout: "", stderr: "" };
  const hear = (stream: "stdout" | "stderr", bytes: Uint8Array): void => {
    const text = heard[stream].decode(bytes, { stream: true });
    if (json) kept[stream] = (kept[stream] + text).slice(0, KEPT_CHARACTERS_MAX);
    else (stream === "stdout" ? stdout : stderr).write(shown(text));
  };
  const listening = onStop(() => stopping.abort());
  try {
    const tried = await tryStage(world, { ...given, heard: hear, signal: stopping.signal });
    return told(tried, given.work, kept);
  } finally {
    listening();
  }
};

const KEPT_CHARACTERS_MAX = 1_048_576;

// What runs inside must not steer the terminal outside; lines and tabs are let through.
const shown = (text: string): string =>
  text
    .split(/([\n\t])/)
    .map((part) => (/^[\n\t]$/.test(part) ? part : visible(part)))
    .join("");

const told = (
  tried: Result<Tried, Refusal>,
  work: WorkId,
  kept: { readonly stdout: string; readonly stderr: string },
): Answer => {
  if (!tried.ok)
    return {
      noun: "sandbox",
      exit: EXIT.refused,
      data: { work },
      text: "",
      refusals: tried.refusals,
      spared: "Nothing was started.",
    };
  const {
    ended,
    journal,
    disagreements,
    attempts,
    canaries,
    voids,
    confinement,
    harvestLimit,
    limits,
    processTreeDead,
  } = tried.value;
  const code = ended === "never-begun" ? null : ended.code;
  const rows = [
    ["sandbox", `${endingOf(ended)} · confinement ${confinement} · ${guardOf(limits)}`],
    ["canaries", canaries.map(heldIn).join(", ")],
    ...attempts.map((attempt) => ["denied", attemptWords(attempt)]),
    ...journal.map(({ change, path: name, verdict, rule }) => [
      "journal",
      `${change}  ${visible(name)}  ${verdict}${rule === "" ? "" : `: ${visible(rule)}`}`,
    ]),
    ...disagreements.map((name) => ["journal", `the two detectors of change disagree about ${visible(name)}`]),
    ...(harvestLimit === undefined ? [] : [["journal", `not told: ${harvestLimit} was met`]]),
    ...(processTreeDead ? [] : [["alive", "processes of the command outlived it"]]),
  ];
  return {
    noun: "sandbox",
    exit: voids.length === 0 ? EXIT.done : EXIT.voided,
    ...(voids.length === 0 ? { exitOfCommand: code ?? EXIT.stopped } : {}),
    data: {
      work,
      confinement,
      begun: ended !== "never-begun",
      exitCode: code,
      ...(ended === "never-begun" ? {} : endOf(ended)),
      ...kept,
      canaries: canaries.map(({ pass, run }) => ({ pass, results: run })),
      attempts,
      journal,
      disagreements,
      ...(harvestLimit === undefined ? {} : { harvestLimit }),
      limits,
      processTreeDead,
    },
    text: "",
    story: table(rows),
    refusals: voids,
    ...(voids.length === 0 ? {} : { spared: "A run in which an agent did this would be voided." }),
  };
};

const endingOf = (ended: Tried["ended"]): string => {
  if (ended === "never-begun") return "never begun";
  const { code, signal, limit, ms } = ended;
  const how = limit === undefined ? `exit ${code ?? `by ${signal ?? "no code"}`}` : `ended by its limit ${limit}`;
  return `${how} after ${duration(ms)}`;
};

const endOf = ({ signal, limit, ms }: Ended): Readonly<Record<string, unknown>> => ({
  signal,
  ...(limit === undefined ? {} : { limit }),
  ms: Math.round(ms),
});

const heldIn = ({ pass, run }: PassedCanaries): string => {
  if (run === "not-run") return `none tried ${pass}`;
  const held = run.filter(({ verdict }) => verdict === "held").length;
  const fallen = notHeld(run).map(({ id, verdict }) => `${id} ${verdict}`);
  return `${held} held ${pass}${fallen.length === 0 ? "" : ` and ${fallen.join(", ")}`}`;
};

const attemptWords = ({ action, kind, detail, rule, again }: Tried["attempts"][number]): string => {
  const what = typeof action === "string" ? action.replaceAll("_", " ") : String(kind);
  const times = typeof again === "number" ? `, again ${again} times` : "";
  return `${visible(what)}  ${visible(String(detail))}${times}  (${visible(String(rule))})`;
};

const guardOf = (limits: Tried["limits"]): string => {
  const memory = limits.find(({ name }) => name === "memory-bytes");
  return memory === undefined ? "no bound on the whole memory" : `memory by ${memory.guard}`;
};
