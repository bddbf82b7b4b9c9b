import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";

import { openProgress } from "../../src/cli/progress.ts";
import type { Json } from "../../src/workflow/digest.ts";
import { chainStart, eventLine } from "../../src/workflow/event-chain.ts";
import { runId, workId } from "../../src/workflow/ids.ts";
import type { EventType } from "../../src/workflow/run-events.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import { withApproved } from "./ended.ts";
import { openSwitches } from "./ground.ts";

test("a run that a worker performs is watched to its end, byte for byte; leaving it ends nothing", async () => {
  await withApproved(async ({ ground, world }) => {
    const given = { home: ground.home, env: openSwitches("scripted") };
    const run = runId(ground.work, 1);
    expect(await runCto(["run", ground.work, "--detach"], given)).toMatchObject({ exit: 0 });

    const left = await runCto(["watch", run], { ...given, ctrlC: AbortSignal.abort() });
    expect(left).toMatchObject({
      exit: 130,
      stderr: expect.stringContaining(`${run} goes on; cto stop ${run} ends it`),
    });
    expect(jsonOf(await runCto(["show", run, "--json"], given))).toMatchObject({ state: "queued" });

    const [watched, followed, worked] = await Promise.all([
      runCto(["watch", run, "--jsonl"], given),
      runCto(["logs", run, "--follow", "--stage", "events", "--grep", "commit.created"], given),
      runCto(["worker", "--once", "--quiet"], given),
    ]);
    expect(worked.exit).toBe(0);
    expect(watched).toMatchObject({ exit: 0, stderr: "" });
    const sealed = await readFile(path.join(world.archive.folder(run), "events.normalized.jsonl"), "utf8");
    expect(sealed.length).toBeGreaterThan(1_000);
    expect(watched.stdout.startsWith(sealed)).toBe(true);
    expect(watched.stdout).toBe(`${(await world.store.facts(run)).join("\n")}\n`);
    expect(followed).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d+ \| commit\.created {2}[^\n]*\n$/) });

    const late = await runCto(["watch", run, "--jsonl", "--from", "5"], given);
    expect(late.stdout).toBe(watched.stdout.split("\n").slice(4).join("\n"));
    const past = await runCto(["watch", run, "--jsonl", "--from", "9999"], given);
    expect(past).toMatchObject({ exit: 0, stdout: "" });

    const told = await runCto(["watch", "R-049"], given);
    expect(told.stderr).toMatch(/^\.\. {3}gate .*every precondition holds {2}\d+\.\ds$/m);
    expect(told.stdout).toMatch(new RegExp(`^${run} .*\nnext {6}cto outcome`));
    expect(jsonOf(await runCto(["watch", run, "--json"], given))).toMatchObject({ run, state: "awaiting_outcome" });

    expect((await runCto(["stop", "R-049-02"], given)).stderr).toContain(
      `there is no run R-049-02; did you mean ${run}?`,
    );
    const whole = await runCto(["logs", run], given);
    const tailed = await runCto(["logs", run, "--follow", "--json"], given);
    expect(jsonOf(tailed)).toMatchObject({ matches: whole.stdout.trimEnd().split("\n").length });
  });
});

test.each<readonly [what: string, argv: readonly string[]]>([
  ["a run that is not there", ["R-999-01"]],
  ["an event that has no number", ["R-049-01", "--from", "0"]],
  ["two things for one stdout", ["R-049-01", "--jsonl", "--json"]],
])("watching %s is a mistake with a next step", async (_, argv) => {
  await withApproved(async ({ ground }) => {
    expect(await runCto(["watch", ...argv], { home: ground.home })).toMatchObject({ exit: 2 });
  });
});

test("on a terminal each stage keeps one line, also where all of them come at once", () => {
  let drawn = "";
  const stderr = { isTTY: true, write: (text: string | Uint8Array): void => void (drawn += String(text)) };
  const progress = openProgress(stderr, false, Date.parse("2026-06-01T10:00:00Z"));
  const run = runId(workId("CTO-WORK-049") ?? unnamed(), 1);
  const line = (type: EventType, data: Readonly<Record<string, Json>>): string =>
    eventLine({
      event: { type, data, subject: "", trust: "harness-observed" },
      run,
      sequence: 1,
      prev: chainStart(run),
      time: "2026-06-01T10:00:02.500Z",
      host: "h",
    });
  progress.line(line("backend.started", { kind: "scripted" }));
  progress.line(line("message.recorded", { text: "one" }));
  progress.line(line("message.recorded", { text: "two" }));
  progress.line(line("commit.created", { commit: "0123456789abcdef" }));
  progress.end();
  const lines = drawn.split("\n").map((each) => each.split("\r\u001B[2K").at(-1));
  expect(lines).toEqual([
    '..   backend     said by the agent: "two"   2.5s',
    "..   commit      0123456789ab   2.5s",
    "",
  ]);
});

const unnamed = (): never => {
  throw new TypeError("no work id");
};
