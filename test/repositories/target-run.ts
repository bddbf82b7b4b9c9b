import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { gitTarget } from "../../src/adapters/target/git-target.ts";
import type { Target } from "../../src/seams/target.ts";
import type { Candidate } from "../../src/workflow/commit/commit.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import type { Permit } from "../../src/workflow/gate/permit.ts";
import { runId, workId, type Oid } from "../../src/workflow/ids.ts";
import type { ClearedFile, Clearance } from "../../src/workflow/policy/judge-changes.ts";
import type { PassedValidation } from "../../src/workflow/validation/validation.ts";
import { scratchRepository, type ScratchRepository } from "./scratch-repository.ts";

/** New content by path; undefined removes the file. */
type ChangedFiles = Readonly<Record<string, string | undefined>>;

/** A run that has come as far as its commit, on a repository of a human. */
export interface TargetRun {
  readonly repository: ScratchRepository;
  readonly stateFolder: string;
  readonly target: Target;
  readonly permit: Permit;
  readonly base: Oid;
  /** What an agent's cleared changes would be. */
  clear(files: ChangedFiles): Clearance;
  prepare(files?: ChangedFiles): Promise<Candidate>;
}

export const CHANGED: Readonly<Record<string, string>> = {
  "src/strings.py": "def slugify(text):\n    return text.lower()\n",
  "src/new/words.py": "WORDS = []\n",
};

export const targetOf = (stateFolder: string): Target => gitTarget({ stateFolder });

export const targetRun = async (repository: ScratchRepository = scratchRepository()): Promise<TargetRun> => {
  const stateFolder = join(repository.folder, ".cto");
  const target = targetOf(stateFolder);
  const permit = await permitFor(target, repository.path);
  const clear: TargetRun["clear"] = (files) => clearanceOf(permit, join(stateFolder, "kept"), files);
  return {
    repository,
    stateFolder,
    target,
    permit,
    base: permit.admission.observation.head,
    clear,
    prepare: async (files = CHANGED) => {
      const clearance = clear(files);
      const tree = await target.writeTree(permit, clearance);
      return target.prepareCommit(permit, clearance, { tree } as PassedValidation);
    },
  };
};

const permitFor = async (target: Target, path: string, attempt = 2): Promise<Permit> => {
  const seen = await target.observe(path);
  if (!seen.ok) throw new Error(JSON.stringify(seen.refusals));
  const work = workId("CTO-WORK-049")!;
  return {
    run: runId(work, attempt),
    contract: { workItem: work, task: { label: "greeting", statement: "Closes #1" } },
    digests: { contract: digestOf("contract"), approval: digestOf("approval") },
    admission: { observation: seen.value },
    epochSeconds: 1_790_000_000,
  } as unknown as Permit;
};

const clearanceOf = ({ run }: Permit, contents: string, files: ChangedFiles): Clearance => {
  mkdirSync(contents, { recursive: true });
  const cleared = Object.entries(files).map(([path, text]): ClearedFile => {
    if (text === undefined) return { path, mode: "100644", content: "deleted" };
    const sha256 = digestOf(text);
    writeFileSync(join(contents, sha256), text);
    const blob = createHash("sha1")
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest("hex");
    return { path, mode: "100644", content: { sha256, blob, size: Buffer.byteLength(text) } };
  });
  return { run, files: cleared, judged: [], findings: [], contents } as unknown as Clearance;
};
