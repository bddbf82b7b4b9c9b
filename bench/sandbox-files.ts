import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { finished } from "node:stream/promises";

import { openDoor } from "../src/adapters/target/door.ts";
import { harvest } from "../src/adapters/target/harvest.ts";
import { importCommit, initialise } from "../src/adapters/target/ledger-clone.ts";
import { leaveShared } from "../src/adapters/target/pristine-lease.ts";
import { enterShared } from "../src/adapters/target/pristine.ts";
import { openWorkspace } from "../src/adapters/target/workspace.ts";
import { parseOid, runId, workId, type Oid } from "../src/workflow/ids.ts";
import type { Workspace } from "../src/workflow/workspace/workspace.ts";
import { openOverlay } from "../test/repositories/overlay.ts";
import { median, ratio, timed } from "./measure.ts";

const FILES = 100_000;
const ROUNDS = 5;

/** The files of a large repository: a further workspace against a clone, and judging an untouched one against looking. */
export const sandboxFiles = async (): Promise<boolean> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-"));
  try {
    const field = await openField(folder);
    const laid = await furtherWorkspace(field);
    return (await untouchedWorkspace(field)) && laid;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Field {
  readonly folder: string;
  readonly target: string;
  readonly ledger: string;
  readonly workspace: Workspace;
}

const openField = async (folder: string): Promise<Field> => {
  const [target, ledger] = [path.join(folder, "target"), path.join(folder, "ledger.git")];
  await makeRepository(folder, target);
  await initialise(ledger);
  const door = await openDoor(target, "main");
  await importCommit(ledger, door.gitDir, oidOf(target, "HEAD"));
  await door.close();
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new TypeError("the work id is one");
  return {
    folder,
    target,
    ledger,
    workspace: await openWorkspace(ledger, runId(work, 1), oidOf(target, "HEAD^{tree}"), "agent"),
  };
};

const furtherWorkspace = async (field: Field): Promise<boolean> => {
  const started = performance.now();
  await enter(field);
  process.stdout.write(`  the first workspace           ${(performance.now() - started).toFixed(0).padStart(6)} ms\n`);
  const ours: number[] = [];
  const theirs: number[] = [];
  const clone = path.join(field.folder, "clone");
  for (let round = 0; round < 3; round += 1) {
    ours.push(await millisecondsOf(() => enter(field)));
    theirs.push(timed(1, GIT, ["clone", "-q", "--no-local", "--config", "gc.auto=0", field.target, clone]));
    await rm(clone, { recursive: true, force: true });
  }
  return ratio("a further workspace against git clone --no-local", median(ours), median(theirs), 0.05);
};

const untouchedWorkspace = async (field: Field): Promise<boolean> => {
  const { folder, target, ledger, workspace } = field;
  const overlay = await openOverlay({ base: await enter(field), ledger, room: folder });
  const judge = async (): Promise<void> => {
    const { changes, disagreements } = await harvest(workspace, overlay.files, path.join(folder, "contents"));
    if (changes.length + disagreements.length > 0) throw new Error("an untouched workspace shows a change");
  };
  try {
    await judge();
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await millisecondsOf(judge));
      theirs.push(
        timed(1, "/usr/bin/find", [target, "-type", "f", "-printf", "%m %s %T@ %p\\n"]) +
          timed(1, GIT, ["-C", target, "status", "--porcelain"]),
      );
    }
    return ratio("judging an untouched workspace against find and git status", median(ours), median(theirs), 1.5);
  } finally {
    overlay.close();
  }
};

const enter = async ({ folder, ledger, workspace }: Field): Promise<string> => {
  const cache = path.join(folder, "pristine");
  const { id: holder, tree } = workspace;
  const laid = await enterShared({ cache, ledger, tree, owner: process.getuid?.() ?? 0, holder });
  await leaveShared(cache, holder);
  return laid;
};

const millisecondsOf = async (act: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await act();
  return performance.now() - started;
};

const GIT = "/usr/bin/git";

const oidOf = (target: string, name: string): Oid => {
  const oid = parseOid(execFileSync(GIT, ["-C", target, "rev-parse", name], { encoding: "utf8" }).trim());
  if (oid === undefined) throw new TypeError(`git gave no id for ${name}`);
  return oid;
};

/** One commit of small files, fifty in a folder, three folders deep. */
const makeRepository = async (folder: string, target: string): Promise<void> => {
  const stream = path.join(folder, "stream");
  const out = createWriteStream(stream);
  out.write("commit refs/heads/main\ncommitter Bench <bench@localhost> 1790000000 +0000\ndata 5\nbench\n");
  for (let at = 0; at < FILES; at += 1) {
    const name = `part${at % 10}/module${Math.floor(at / 10) % 20}/s${Math.floor(at / 200) % 10}/file${Math.floor(at / 2000)}.py`;
    const content = `NUMBER = ${at}\n`.repeat(5);
    out.write(`M 100644 inline ${name}\ndata ${content.length}\n${content}\n`);
  }
  out.end("\n");
  await finished(out);
  execFileSync("/bin/sh", [
    "-ec",
    `${GIT} init -q -b main "$1"; cd "$1"; ${GIT} fast-import --quiet < "$2"; ${GIT} repack -adq; ${GIT} reset -q --hard`,
    "sh",
    target,
    stream,
  ]);
  await rm(stream);
};
