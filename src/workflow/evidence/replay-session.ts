import { readMessage } from "../backend/acp-message.ts";
import type { Frame, OwnFact } from "../backend/frame.ts";
import { listAt, textAt } from "../backend/loose.ts";
import { relative } from "../backend/tool-ledger.ts";
import { canonicalJson, type Json } from "../digest.ts";
import { keptData } from "../event-chain.ts";
import type { EventLine } from "./event-line.ts";
import { bounded, difference, type Compared, type Difference } from "./replay-difference.ts";
import type { RunRecord } from "./run-record.ts";

/** Whether a session can be played again: an agent of the protocol that came to its own end, by no limit and no stop. */
export const isReplayable = ({ backend, contract }: Pick<RunRecord, "backend" | "contract">): boolean => {
  if (backend === "not-started" || backend.attempt === "no-answer" || contract === "not-drawn") return false;
  const { stop, limit } = backend.attempt;
  return !PRINTING.has(contract.executionGate.backend) && stop !== "cancelled" && limit === undefined;
};

// Of these only what they said is kept: nobody asked them anything that could be asked again.
const PRINTING: ReadonlySet<string> = new Set(["case", "command"]);

/** One changed path of a Workspace, by content. */
export interface Effect {
  readonly path: string;
  readonly change: string;
  readonly sha256: string;
  /** As git keeps it; absent of what is gone, and in what an earlier build recorded. */
  readonly mode?: string | undefined;
}

/** A session as it was and as it came when the agent's side was played again. */
export interface Session {
  readonly frames: readonly Frame[];
  readonly effects: readonly Effect[];
}

/** R5: what was asked of the agent, what was decided, what was done, in order; then the files that came of it. */
export const compareSessions = (was: Session, now: Session): Compared => {
  const parts: readonly (readonly [string, (frames: readonly Frame[]) => readonly string[]])[] = [
    ["request of ours", requestsIn],
    ["decision", decisionsIn],
    ["end of a command", endsIn],
  ];
  const differences = parts.flatMap(([what, read]) => listDifferences(what, read(was.frames), read(now.frames)));
  const { different, alone } = effectDifferences(was, now);
  return {
    differences: bounded([...differences, ...different]),
    notComparable: [
      "times",
      "output of commands",
      ...alone.map((path) => `${path}: the agent's own tools left it, no frame holds how`),
    ],
  };
};

/** The effects that the log tells of the last performance. */
export const recordedEffects = (events: readonly EventLine[]): readonly Effect[] => {
  const captured = events.findLast(({ type }) => type === "diff.captured");
  return listAt(captured?.data, "files").flatMap((file) => {
    const path = textAt(file, "path");
    return path === undefined
      ? []
      : [
          {
            path,
            change: textAt(file, "change") ?? "",
            sha256: textAt(file, "newSha256") ?? "none",
            mode: textAt(file, "newMode"),
          },
        ];
  });
};

/** What became of one path then and now, in words that are equal where it is the same; of a mode nobody recorded, nothing. */
export const toldEffects = (was: Effect | undefined, now: Effect | undefined): readonly [string, string] => {
  const isRecorded = was === undefined || was.mode !== undefined || was.sha256 === "none";
  const told = (effect: Effect | undefined): string => {
    if (effect === undefined) return "unchanged";
    const { change, sha256, mode } = effect;
    return `${change}, sha256 ${sha256}${mode === undefined || !isRecorded ? "" : `, mode ${mode}`}`;
  };
  return [told(was), told(now)];
};

const requestsIn = (frames: readonly Frame[]): readonly string[] => {
  const sent = frames.flatMap((line) => (line.dir === "out" && "frame" in line ? [readMessage(line.frame)] : []));
  return sent.flatMap((message) =>
    message.kind === "request" ? [`${message.method} ${canonicalJson(keptData(jsonOf(message.params)))}`] : [],
  );
};

const jsonOf = (value: unknown): Json => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

const factsIn = (frames: readonly Frame[]): readonly OwnFact[] =>
  frames.flatMap((line) => (line.dir === "own" ? [line.frame] : []));

const decisionsIn = (frames: readonly Frame[]): readonly string[] =>
  factsIn(frames).flatMap((fact) => {
    switch (fact.did) {
      case "judged": {
        const { method, callId, intent, decision, rule, action, optionId, by } = fact;
        return [worded({ did: "judged", method, callId, intent: { ...intent }, decision, rule, action, optionId, by })];
      }
      case "wrote":
        return [worded({ did: "wrote", path: fact.path, sha256: fact.sha256, rule: fact.rule })];
      case "started":
        return [worded({ did: "started", command: fact.command, cwd: fact.cwd, rule: fact.rule })];
      case "read":
      case "ended":
      case "cancelled":
      case "settled":
        return [];
    }
  });

// Two commands at a time may end in either order.
const endsIn = (frames: readonly Frame[]): readonly string[] =>
  factsIn(frames)
    .flatMap((fact) =>
      fact.did === "ended" ? [worded({ terminal: fact.terminal, exitCode: fact.exitCode, signal: fact.signal })] : [],
    )
    .sort();

const worded = (fact: { readonly [name: string]: Json | undefined }): string => canonicalJson(keptData(fact));

const listDifferences = (what: string, was: readonly string[], now: readonly string[]): readonly Difference[] =>
  Array.from({ length: Math.max(was.length, now.length) }, (_, at) => at).flatMap((at) =>
    was[at] === now[at] ? [] : [difference(`${what} ${at + 1}`, was[at] ?? "none", now[at] ?? "none")],
  );

/** What the agent's own tools did is in no frame: such a path can be told, and not compared. */
const effectDifferences = (
  was: Session,
  now: Session,
): { readonly different: readonly Difference[]; readonly alone: readonly string[] } => {
  const byHand = writtenByHand(was.frames);
  const runsCommands = factsIn(was.frames).some(({ did }) => did === "started");
  const played = new Map(now.effects.map((effect) => [effect.path, effect]));
  const recorded = new Map(was.effects.map((effect) => [effect.path, effect]));
  const paths = [...new Set([...recorded.keys(), ...played.keys()])].sort();
  const told = (path: string): readonly [string, string] => toldEffects(recorded.get(path), played.get(path));
  const different = paths.filter((path) => {
    const [expected, got] = told(path);
    return expected !== got;
  });
  const isAlone = (path: string): boolean => {
    const effect = recorded.get(path);
    return effect !== undefined && byHand.get(path) !== effect.sha256 && !runsCommands;
  };
  return {
    different: different.filter((path) => !isAlone(path)).map((path) => difference(`file ${path}`, ...told(path))),
    alone: different.filter(isAlone),
  };
};

/** Path -> digest of what the Harness wrote there last on the agent's behalf. */
const writtenByHand = (frames: readonly Frame[]): ReadonlyMap<string, string> =>
  new Map(
    factsIn(frames).flatMap((fact) => (fact.did === "wrote" ? [[relative(fact.path), fact.sha256] as const] : [])),
  );
