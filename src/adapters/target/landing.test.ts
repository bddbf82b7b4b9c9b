import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { afterEach, expect, test } from "vitest";

import type { LandingOrder } from "../../../test/repositories/landing-process.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { targetRun, type TargetRun } from "../../../test/repositories/target-run.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

const PROGRAM = join(import.meta.dirname, "../../../test/repositories/landing-process.ts");

let orders = 0;

/** A process of its own that lands the run's commit, up to a point at which it is killed. */
const landIn = async (run: TargetRun, upTo: string): Promise<{ signal: string | null; said: string }> => {
  const order: LandingOrder = { stateFolder: run.stateFolder, permit: run.permit, upTo };
  const file = join(run.repository.folder, `order-${++orders}.json`);
  writeFileSync(file, JSON.stringify(order));
  const child = spawn(process.execPath, [PROGRAM, file], { stdio: ["ignore", "pipe", "inherit"] });
  const said = text(child.stdout);
  const ended = await once(child, "exit");
  return { signal: ended[1] as string | null, said: await said };
};

const endsAsOneCommit = async (run: TargetRun, commit: string): Promise<void> => {
  const { git, path } = run.repository;
  expect(git("rev-list", "main", `^${run.base}`).trim()).toBe(commit);
  expect(git("status", "--porcelain", "--ignored")).toBe("");
  expect(git("fsck", "--strict")).toBe("");
  expect(existsSync(join(path, ".git/index.lock"))).toBe(false);
  expect(readdirSync(path, { recursive: true }).filter((name) => String(name).includes("cto-harness"))).toEqual([]);
  const landed = await run.target.landed(run.permit);
  expect(landed).toMatchObject({ commit, ref: "refs/heads/main" });
  if (landed === "none") return;
  const proof = await run.target.prove(run.permit, run.permit.admission.observation, landed);
  expect(proof.wrong).toEqual([]);
};

test.each([
  "half of lock",
  "lock",
  "look",
  "objects",
  "swap",
  "half of files",
  "first file",
  "files",
  "half of index",
  "index",
  "unlock",
])("killed after %s and given three more times, it is one commit with the same id (R097)", async (point) => {
  const run = await targetRun(repository());
  const { commit } = await run.prepare();
  expect(await landIn(run, point)).toMatchObject({ signal: "SIGKILL" });
  expect(await landIn(run, "everything")).toEqual({ signal: null, said: commit });
  for (const again of [2, 3]) {
    const candidate = await run.prepare();
    expect(await run.target.commit(run.permit, candidate), `call ${again}`).toMatchObject({
      ok: true,
      value: { commit },
    });
  }
  await endsAsOneCommit(run, commit);
});

test("between branch and index a human's git cannot commit, so his old index cannot undo the commit", async () => {
  const run = await targetRun(repository());
  const { commit } = await run.prepare();
  await landIn(run, "swap");
  expect(() => run.repository.git("commit", "-q", "--allow-empty", "-m", "mine")).toThrow(/index\.lock/);
  expect(await landIn(run, "everything")).toMatchObject({ said: commit });
  await endsAsOneCommit(run, commit);
});

test("eight finalizers at once make one commit (R097)", async () => {
  const run = await targetRun(repository());
  const { commit } = await run.prepare();
  const racers = await Promise.all(Array.from({ length: 8 }, () => landIn(run, "everything")));
  expect(racers.map(({ said }) => said)).toEqual(Array.from({ length: 8 }, () => commit));
  await endsAsOneCommit(run, commit);
});

test("eight finalizers at once after a kill between branch and files make one commit (R097)", async () => {
  const run = await targetRun(repository());
  const { commit } = await run.prepare();
  await landIn(run, "swap");
  const racers = await Promise.all(Array.from({ length: 8 }, () => landIn(run, "everything")));
  expect(new Set(racers.map(({ said }) => said))).toEqual(new Set([commit]));
  await endsAsOneCommit(run, commit);
});

test("eight preparations at once build one commit object", async () => {
  const run = await targetRun(repository());
  const built = await Promise.all(Array.from({ length: 8 }, () => run.prepare()));
  expect(new Set(built.map(({ commit }) => commit)).size).toBe(1);
});

test("killed on a packed and collected target, it is one commit and every object is sound", async () => {
  const made = repository();
  made.git("gc", "-q", "--prune=now");
  const run = await targetRun(made);
  const { commit } = await run.prepare();
  await landIn(run, "objects");
  await landIn(run, "swap");
  expect((await landIn(run, "everything")).said).toBe(commit);
  await endsAsOneCommit(run, commit);
});
