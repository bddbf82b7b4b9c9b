import type { Json } from "../digest.ts";
import { digestOf } from "../digest.ts";
import type { Files } from "./bundle.ts";
import { CASSETTE } from "./cassette.ts";
import { isReplayable } from "./replay-session.ts";
import type { RunRecord } from "./run-record.ts";
import type { ReplayLevel } from "./schemas/replay-levels.ts";

/** One way to do a part of the run again and compare (evidence.md 11). All write to scratch only. */
export interface ReplayPath {
  readonly level: ReplayLevel;
  readonly argv: readonly string[];
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly expected: { readonly [name: string]: Json };
}

/** The replay paths that this run's files allow. Asking the model again is not replay. */
export const replayPaths = (record: RunRecord, files: Files): readonly ReplayPath[] => {
  const path = (level: ReplayLevel, names: readonly string[], expected: ReplayPath["expected"]): ReplayPath => ({
    level,
    argv: ["cto", "replay", record.run, "--level", level],
    inputs: names.flatMap((file) => inputOf(files, file)),
    expected,
  });
  return [...committedPaths(record, path), path("render", [LOG], RENDERED), ...framePaths(record, files, path)];
};

type MakePath = (level: ReplayLevel, names: readonly string[], expected: ReplayPath["expected"]) => ReplayPath;

const LOG = "events.normalized.jsonl";
const FRAMES = "backend/frames.jsonl";
const OBJECTS = ["repo/base.pack", "repo/base.idx", "repo/base-commit.raw", "repo/commit.raw", "patch.diff"];
const RENDERED = { same: "bytes of report.json, report.md, control-surface.json, findings.sarif.json and trace.jsonl" };

const committedPaths = ({ commit, validation, contract }: RunRecord, path: MakePath): readonly ReplayPath[] => {
  const candidate = validation.find(({ on }) => on === "candidate");
  if (commit === "none" || candidate === undefined || contract === "not-drawn") return [];
  return [
    path("patch", OBJECTS, { tree: commit.tree, commit: commit.commit }),
    path("validation", [...OBJECTS, "test.log"], {
      tree: candidate.tree,
      argv: [...candidate.argv],
      program: { path: candidate.program.path, sha256: candidate.program.digest },
      exitCode: candidate.exitCode,
      ...(candidate.counts === undefined ? {} : { counts: { ...candidate.counts } }),
    }),
  ];
};

/** Where an agent was led over frames they can be read again; where it was asked and answered, played again. */
const framePaths = (record: RunRecord, files: Files, path: MakePath): readonly ReplayPath[] => {
  const logs = [...files.keys()].filter((name) => /^backend\/(?:attempt-\d+\/)?frames\.jsonl$/.test(name)).sort();
  if (logs.length === 0 || record.backend === "not-started") return [];
  const same = "type, subject, time, trust and data of every event that came of a frame, in order";
  const normalize = path("normalize", [...logs, LOG], { same, declared: record.backend.probe.declared });
  const cassette = files.has(CASSETTE) ? [path("cassette", [CASSETTE, LOG], PLAYED)] : [];
  if (!isReplayable(record) || wasDoneByOurTools(files)) return [normalize, ...cassette];
  const again = { same: "decisions in their order, and the files that came of them" };
  return [normalize, path("session", [FRAMES, LOG], again), ...cassette];
};

// Such acts were asked for over the tools' own pipe, of which the frames hold the decisions and not the questions.
const wasDoneByOurTools = (files: Files): boolean =>
  Buffer.from(files.get(FRAMES) ?? new Uint8Array()).includes('"method":"tools/call"');

const PLAYED = { same: "the changed files, by content, with the recorded answers of the model and no other request" };

const inputOf = (files: Files, file: string): ReplayPath["inputs"] => {
  const bytes = files.get(file);
  return bytes === undefined ? [] : [{ file, sha256: digestOf(bytes) }];
};
