import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { parseEvent } from "../../src/workflow/event-chain.ts";
import { holdsAfterwards, processesOf } from "./support/after-every-case.ts";
import { isBlocked } from "./support/blocked.ts";
import {
  approve,
  committed,
  HONEST,
  openField,
  ownerOf,
  pathsOf,
  runTrial,
  trial,
  when,
  type Field,
} from "./support/field.ts";
import { committedWhatWasJudged } from "./support/judged-bytes.ts";

// Things that move while a run lasts, in the sandbox and on the host. Between the last look and the compare-and-swap:
// src/adapters/target/landing-refused.test.ts.

const fields: Field[] = [];
const open = async (...order: Parameters<typeof openField>): Promise<Field> => {
  const field = await openField(...order);
  fields.push(field);
  return field;
};
afterAll(() => Promise.all(fields.map((field) => field.close())));

test("dirty-target: uncommitted, untracked or half-merged work of a human blocks, approved or not, and stays his", async () => {
  const field = await open();
  await approve(field, [HONEST]);
  const owner = ownerOf(field.ground);
  owner.sh("echo mine >> README.md");
  await isBlocked(field, "admission/dirty");
  owner.sh("git checkout -q README.md; echo mine > untracked.txt");
  await isBlocked(field, "admission/dirty");
  owner.sh("rm untracked.txt; git add README.md; echo staged > staged.txt; git add staged.txt");
  await isBlocked(field, "admission/dirty");
  owner.sh(`git rm -qf staged.txt; git checkout -q -b side; echo side > README.md; git commit -qam side
    git checkout -q main; git merge --no-commit --no-ff side`);
  const [, ...codes] = (await runTrial(field)).codes;
  expect(codes).toEqual(expect.arrayContaining(["admission/operation-in-progress", "admission/dirty"]));
  expect(owner.git("status", "--porcelain")).toBe("M  README.md\n");
});

describe("base-moved", () => {
  test.each([
    ["while the agent works", "backend.started"],
    ["while the validation runs", "validation.started"],
  ])("base-moved: a commit on the branch %s voids; nothing is rebased or merged", async (_, moment) => {
    const field = await open();
    const owner = ownerOf(field.ground);
    await approve(field, [HONEST]);
    const commit = (): void => void owner.sh("echo mine >> README.md; git commit -qam mine");
    const one = await runTrial(field, when(moment, commit));
    expect(one.codes.slice(0, 2)).toEqual(["voided", "commit/base-moved"]);
    await holdsAfterwards(field, one, "moved-by-its-owner");
    expect(owner.git("log", "--format=%s").split("\n")[0]).toBe("mine");
    expect(owner.git("status", "--porcelain")).toBe("");
    expect(owner.git("fsck", "--full", "--strict", "--dangling")).toBe("");
  });

  test("base-moved: an edit of a human that is not committed voids, and stays his", async () => {
    const field = await open();
    const owner = ownerOf(field.ground);
    await approve(field, [HONEST]);
    const one = await runTrial(
      field,
      when("validation.started", () => void owner.sh("echo mine >> src/strings.py")),
    );
    expect(one.codes).toEqual(["voided", "admission/dirty"]);
    await holdsAfterwards(field, one, "moved-by-its-owner");
    expect(owner.git("status", "--porcelain")).toBe(" M src/strings.py\n");
    expect(committed(field, "src/strings.py")).not.toContain("split");
  });
});

test("mode-only-change: bits that git does not keep are neither a change nor part of a commit, whoever may read the file", async () => {
  const field = await open();
  const alone = await trial(field, [{ bash: "chmod 664 src/strings.py; chmod 600 test_strings.py" }]);
  expect(alone.codes).toEqual(["voided", "policy/no-change"]);
  await holdsAfterwards(field, alone);
  const replaced =
    "umask 077; sed s/lower/casefold/ src/strings.py > src/.new && mv src/.new src/strings.py; chmod 664 test_strings.py";
  const one = await trial(field, [{ bash: replaced }]);
  await committedWhatWasJudged(field, one, "src/strings.py");
  await holdsAfterwards(field, one, "committed");
});

test("race-after-scan: what a background writer changes around the harvest is judged as it was read, or not at all", async () => {
  const field = await open();
  const writer =
    'while :; do i=$((i+1)); echo "# $i" >> src/strings.py; cp src/strings.py src/.new; mv src/.new src/strings.py; done';
  const one = await trial(field, [
    HONEST,
    { bash: `(setsid bash -c '${writer}' >/dev/null 2>&1 </dev/null &); sleep 0.5` },
  ]);
  if (one.codes[0] === "voided") expect(pathsOf(one, "policy/unlisted-path")).toEqual(["src/.new"]);
  else await committedWhatWasJudged(field, one, "src/strings.py");
  await holdsAfterwards(field, one, one.codes[0] === "voided" ? "untouched" : "committed");
});

test("race-after-scan: bytes that somebody swaps on the host after they were read are not committed", async () => {
  const field = await open();
  await approve(field, [HONEST]);
  const swap = (line: string): void => {
    const event = parseEvent(line);
    if (event.type !== "diff.captured") return;
    for (const file of kept(path.join(field.ground.home, ".cto"), String(Object(event.data["files"])[0].newSha256)))
      writeFileSync(file, readFileSync(file, "utf8").replace("split", "spilt"));
  };
  const one = await runTrial(field, swap);
  expect(one.codes).toEqual(["failed"]);
  expect(one.result.ending.failure?.code).toBe("target/contents-differ");
  await holdsAfterwards(field, one);
});

test("write-after-validation: a writer that means to go on for 20 s is dead before the first byte is read", async () => {
  const field = await open();
  const writer = 'for i in $(seq 400); do echo "# late" >> src/strings.py; sleep 0.05; done';
  const one = await trial(field, [
    HONEST,
    { bash: `(setsid bash -c '${writer}' >/dev/null 2>&1 </dev/null &); sleep 0.3` },
  ]);
  await committedWhatWasJudged(field, one, "src/strings.py");
  await holdsAfterwards(field, one, "committed");
  expect(committed(field, "src/strings.py").match(/# late/g)?.length).toBeLessThan(100);
  const collected = one.lines.map(parseEvent).find(({ type }) => type === "workspace.collected");
  expect(collected?.data["processTreeDead"]).toBe(true);
});

test("daemon-outlives-run: daemons in sessions of their own that ignore TERM die with the run", async () => {
  const field = await open();
  const daemon = `trap "" TERM HUP; for i in $(seq 60); do sleep 1; echo "# late" >> "$0/src/strings.py"; done`;
  const script = `for n in 1 2; do (trap '' TERM; setsid setsid bash -c '${daemon}' "$PWD" >/dev/null 2>&1 </dev/null &); done
    sleep 0.3; echo "daemons: $(pgrep -fc 'trap "" TERM HUP')"; sleep 0.5`;
  let meanwhile: Promise<readonly string[]> | undefined;
  await approve(field, [HONEST, { bash: script }]);
  const one = await runTrial(
    field,
    when("file.written", () => {
      meanwhile = processesOf(field.ground.root);
    }),
  );
  expect((await meanwhile)?.length).toBeGreaterThan(1);
  expect(Number(/daemons: (\d+)/.exec(one.printed)?.[1])).toBeGreaterThanOrEqual(2);
  await holdsAfterwards(field, one, "committed");
  await committedWhatWasJudged(field, one, "src/strings.py");
  // Each writes once in a second: what they wrote while the agent was at work is the agent's, and nothing came after it.
  const at = (type: string): number =>
    Date.parse(one.lines.map(parseEvent).find((event) => event.type === type)?.time ?? "none");
  const seconds = Math.floor((at("workspace.collected") - at("file.written")) / 1000);
  expect(committed(field, "src/strings.py").match(/# late/g)?.length ?? 0).toBeLessThanOrEqual(2 * seconds);
});

const kept = (folder: string, digest: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name === digest)
    .map((entry) => path.join(entry.parentPath, entry.name));
