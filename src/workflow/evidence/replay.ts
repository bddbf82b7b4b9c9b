import type { Json } from "../digest.ts";
import { digestOf } from "../digest.ts";
import type { Files } from "./bundle.ts";
import type { RunRecord } from "./run-record.ts";

/** One way to do a part of the run again and compare (evidence.md 11). All write to scratch only. */
export interface ReplayPath {
  readonly level: "patch" | "validation" | "render";
  readonly argv: readonly string[];
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
  readonly expected: { readonly [name: string]: Json };
}

/** The replay paths that this run's files allow. Asking the model again is not replay. */
export const replayPaths = (record: RunRecord, files: Files): readonly ReplayPath[] => {
  const { run, commit, validation, contract } = record;
  const path = (
    level: ReplayPath["level"],
    names: readonly string[],
    expected: ReplayPath["expected"],
  ): ReplayPath => ({
    level,
    argv: ["cto", "replay", run, "--level", level],
    inputs: names.flatMap((file) => inputOf(files, file)),
    expected,
  });
  const candidate = validation.find(({ on }) => on === "candidate");
  const render = path("render", ["events.normalized.jsonl"], {
    same: "bytes of report.md, control-surface.json and trace.jsonl",
  });
  if (commit === "none" || candidate === undefined || contract === "not-drawn") return [render];
  const objects = ["repo/base.pack", "repo/base.idx", "repo/base-commit.raw", "repo/commit.raw", "patch.diff"];
  return [
    path("patch", objects, { tree: commit.tree, commit: commit.commit }),
    path("validation", [...objects, "test.log"], {
      tree: candidate.tree,
      argv: [...candidate.argv],
      exitCode: candidate.exitCode,
      ...(candidate.counts === undefined ? {} : { counts: { ...candidate.counts } }),
    }),
    render,
  ];
};

const inputOf = (files: Files, file: string): ReplayPath["inputs"] => {
  const bytes = files.get(file);
  return bytes === undefined ? [] : [{ file, sha256: digestOf(bytes) }];
};
