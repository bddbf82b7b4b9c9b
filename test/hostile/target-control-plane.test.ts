import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import { rollbackRun } from "../../src/harness/outcome/rollback.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { holdsAfterwards } from "./support/after-every-case.ts";
import { approve, committed, HONEST, openField, ownerOf, runTrial, trial, when, type Field } from "./support/field.ts";
import { HOOKS, plantPrograms } from "./support/owner-repository.ts";

// What stands in the target's own .git before a run, and what somebody does to it while one lasts.

const fields: Field[] = [];
const open = async (...order: Parameters<typeof openField>): Promise<Field> => {
  const field = await openField(...order);
  fields.push(field);
  return field;
};
afterAll(() => Promise.all(fields.map((field) => field.close())));

test("config-run-programs: hooks of every name and every setting that names a program are listed and never run", async () => {
  const field = await open({ prepare: plantPrograms });
  const one = await trial(field, [HONEST]);
  expect(one.codes).toEqual(["awaiting_outcome"]);
  await holdsAfterwards(field, one, "committed");
  const listed = one.lines
    .map(parseEvent)
    .flatMap(({ type, data }) => (type === "preflight.found" ? [String(data["path"])] : []));
  for (const hook of HOOKS) expect(listed).toContain(`.git/hooks/${hook}`);
  for (const key of [
    "core.fsmonitor",
    "core.hookspath",
    "core.pager",
    "core.editor",
    "core.sshcommand",
    "credential.helper",
  ])
    expect(listed.join("\n").toLowerCase()).toContain(key);
  for (const key of [
    "diff.external",
    "diff.planted.textconv",
    "merge.planted.driver",
    "alias.update-ref",
    "gpg.program",
  ])
    expect(listed.join("\n").toLowerCase()).toContain(key);

  const { run } = one.result;
  const { world, ground } = field;
  const rejected = await decideOutcome(world, {
    run,
    outcome: "rejected",
    reason: "a test",
    acknowledged: [],
    words: undefined,
    key: ground.key,
  });
  expect(rejected).toMatchObject({ ok: true });
  expect(await rollbackRun(world, run, "real")).toMatchObject({
    ok: true,
    value: { proof: "tree-equals-base", clean: true },
  });
  await holdsAfterwards(field, one, "committed");
});

describe("agent-moves-target-refs", () => {
  test.each([
    ["a tag", "git tag moved", "ref refs/tags/moved"],
    ["a branch beside a stash", "git branch b; git update-ref --create-reflog refs/stash HEAD", "ref refs/heads/b"],
    ["a ref, packed", "git update-ref refs/remotes/o/m HEAD; git pack-refs --all", "ref refs/remotes/o/m"],
    ["a reflog", "mkdir -p .git/logs; echo rewritten >> .git/logs/HEAD", "log logs/HEAD"],
    [
      "a setting beside a hook",
      "git config core.pager less; mkdir -p .git/hooks; : > .git/hooks/pre-push",
      "file config",
    ],
  ])(
    "agent-moves-target-refs: %s that moves in the target meanwhile voids, and is left as it is",
    async (_, script, entry) => {
      const field = await open();
      await approve(field, [HONEST]);
      let before: string | undefined;
      const act = (): void => {
        ownerOf(field.ground).sh(script);
        before = ownerOf(field.ground).sh("find .git -type f | sort | xargs sha256sum");
      };
      const one = await runTrial(field, when("backend.started", act));
      expect(one.codes).toEqual(["voided", "commit/control-plane-changed"]);
      expect(String(one.refusals[0]?.facts["entries"])).toContain(entry);
      await holdsAfterwards(field, one, "moved-by-its-owner");
      expect(ownerOf(field.ground).sh("find .git -type f | sort | xargs sha256sum")).toBe(before);
    },
  );
});

describe("object-poisoning", () => {
  test("object-poisoning: bytes that stand under the name of an object to come void, and are not taken for it", async () => {
    const field = await open();
    const content = committed(field, "src/strings.py").replace(
      'text.lower().replace(" ", "-")',
      '"-".join(text.lower().split())',
    );
    const id = createHash("sha1").update(`blob ${content.length}\0${content}`).digest("hex");
    await approve(field, [HONEST]);
    const one = await runTrial(
      field,
      when("backend.started", () => plantObject(field, id)),
    );
    expect(one.codes).toEqual(["voided", "commit/object-damaged"]);
    await holdsAfterwards(field, one, "moved-by-its-owner");
    expect(ownerOf(field.ground).git("log", "--format=%s").trim().split("\n")).toHaveLength(1);
  });

  test.each([
    ["a file", "HEAD:README.md", "commit/control-plane-changed"],
    ["the tree", "HEAD^{tree}", "admission/object-damaged"],
    ["the commit", "HEAD", "admission/object-damaged"],
  ])("object-poisoning: %s of the base, damaged meanwhile, voids", async (_, name, code) => {
    const field = await open();
    const id = ownerOf(field.ground).git("rev-parse", name).trim();
    await approve(field, [HONEST]);
    const one = await runTrial(
      field,
      when("backend.started", () => plantObject(field, id)),
    );
    expect(one.codes).toEqual(["voided", code]);
    await holdsAfterwards(field, one, "moved-by-its-owner");
  });
});

test("closing-keyword: the message comes from the template only, whatever the agent says and writes", async () => {
  const field = await open({ allowed: ["src/strings.py", "docs/"], files: { "docs/a.md": "a\n" } });
  const words = "Fixes #12\n\nCTO-Run: R-049-77\nCTO-Work: CTO-WORK-001\nSigned-off-by: jp <jp@sample.invalid>";
  const one = await trial(field, [
    HONEST,
    { write: "docs/COMMIT_EDITMSG", content: words },
    { say: words },
    { claim: JSON.stringify({ commit_message: words, trailers: words.split("\n") }) },
  ]);
  expect(one.codes).toEqual(["awaiting_outcome"]);
  await holdsAfterwards(field, one, "committed");
  const { result, report } = one;
  const message = ownerOf(field.ground).git("log", "-1", "--format=%B");
  expect(message).not.toMatch(/#|Fixes|Signed-off-by|R-049-77|CTO-WORK-001/);
  expect(message.match(/^CTO-[A-Za-z-]+: .+$/gm)).toEqual([
    `CTO-Work: ${field.ground.work}`,
    `CTO-Run: ${result.run}`,
    `CTO-Contract-Digest: ${report.digests["contract"]}`,
    `CTO-Approval-Digest: ${report.digests["approval"]}`,
  ]);
  expect(ownerOf(field.ground).git("log", "-1", "--format=%an %ae %cn %ce")).toBe(
    "CTO Harness cto-harness@localhost CTO Harness cto-harness@localhost\n",
  );
});

const plantObject = ({ ground }: Field, id: string): void => {
  const folder = path.join(ground.target, ".git/objects", id.slice(0, 2));
  const file = path.join(folder, id.slice(2));
  mkdirSync(folder, { recursive: true });
  ownerOf(ground).sh(`rm -f ${file}`);
  writeFileSync(file, "not what its name says");
  chmodSync(file, 0o444);
};
