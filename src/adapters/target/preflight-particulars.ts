import { realpathSync, statfsSync } from "node:fs";
import { join, resolve } from "node:path";

import type { Particulars } from "../../workflow/admission/observation.ts";
import { Failure } from "../../workflow/failure.ts";
import { readPlainFile } from "./plain-file.ts";
import { refValue, type Ref } from "./refs.ts";

/** What decides no admission and is proven of the target all the same (evidence.md 9.2). */
export const lookAtParticulars = (repository: string, refs: readonly Ref[]): Omit<Particulars, "indexFlags"> => {
  const gitDir = realpathSync.native(join(repository, ".git"));
  return {
    gitDir,
    gitCommonDir: commonDirOf(gitDir),
    fsType: fsTypeOf(gitDir),
    stashCount: stashCountIn(gitDir, refs),
  };
};

const POINTER_BYTES_MAX = 4096;
const LOG_BYTES_MAX = 67_108_864;

/** Where `commondir` leads; a git directory without one shares nothing. */
const commonDirOf = (gitDir: string): string => {
  const pointer = readPlainFile(join(gitDir, "commondir"), POINTER_BYTES_MAX);
  if (pointer.is === "absent") return gitDir;
  return pointer.is === "plain" ? resolve(gitDir, new TextDecoder().decode(pointer.bytes).trimEnd()) : "unknown";
};

const fsTypeOf = (gitDir: string): string => {
  try {
    return `0x${BigInt.asUintN(64, statfsSync(gitDir, { bigint: true }).type).toString(16)}`;
  } catch {
    return "unknown";
  }
};

/** The stash is the reflog of its ref; without a reflog there is only what the ref names. */
const stashCountIn = (gitDir: string, refs: readonly Ref[]): number => {
  if (refValue(refs, "refs/stash") === undefined) return 0;
  const log = readPlainFile(join(gitDir, "logs", "refs", "stash"), LOG_BYTES_MAX);
  if (log.is === "absent") return 1;
  if (log.is !== "plain") throw new Failure("target/unreadable", `.git/logs/refs/stash is ${log.is}`);
  const lines = Buffer.from(log.bytes).toString("latin1").split("\n");
  return Math.max(1, lines.filter((line) => line !== "").length);
};
