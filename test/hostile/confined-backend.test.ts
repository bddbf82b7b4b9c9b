import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { caseBackend } from "../../src/adapters/backend/case-backend.ts";
import { scriptedBackend } from "../../src/adapters/backend/scripted-backend.ts";
import type { Backend } from "../../src/seams/backend.ts";
import type { Attempt } from "../../src/workflow/backend/attempt.ts";
import type { BackendEvent } from "../../src/workflow/backend/backend-events.ts";
import { sampleAssignment, sampleJudge } from "../fakes/assignment.ts";
import { installFakeCa } from "../fakes/install-ca.ts";
import { writeSteps } from "../fakes/perform-script.ts";
import { framesAsTheyAre } from "../fakes/room.ts";
import { LIMITS_OF_TESTS, makeHost, type HostFixture } from "./sandbox-fixture.ts";

let host: HostFixture;
beforeAll(async () => {
  host = await makeHost();
});
afterAll(async () => {
  await host.close();
});

interface Confined {
  readonly attempt: Attempt;
  readonly events: readonly BackendEvent[];
  readonly file: (name: string) => string | undefined;
  readonly report: { readonly processTreeDead: boolean };
}

/** A backend in the real sandbox, as the Harness runs it. */
const confined = async (backend: Backend): Promise<Confined> => {
  const assignment = sampleAssignment(LIMITS_OF_TESTS);
  const events: BackendEvent[] = [];
  const { stage } = await host.openStage({
    ...(await backend.needs(assignment)),
    writable: assignment.allowedPaths,
  });
  const attempt = await backend.perform(assignment, {
    start: async (argv, env) => stage.start(argv, env),
    judge: sampleJudge,
    tell: (event) => void events.push(event),
    now: () => Date.now(),
    keep: () => undefined,
    frames: framesAsTheyAre,
    offerTools: () => undefined,
    overspent: () => undefined,
    signal: new AbortController().signal,
  });
  await stage.quiet();
  const files = new Map<string, string>();
  for (const name of ["src/strings.py", "test_strings.py", "README.md"])
    files.set(name, await readFile(`${stage.files.folder}/${name}`, "utf8"));
  const report = await stage.close();
  return { attempt, events, report, file: (name) => files.get(name) };
};

const scripted = async (steps: readonly unknown[]): Promise<Confined> => {
  const file = await writeSteps(`${host.folder}/steps.json`, steps);
  return confined(scriptedBackend({ stepsPath: async () => file }));
};

test("the scripted agent works inside the sandbox, and its files are written by the hand inside", async () => {
  const { attempt, events, file, report } = await scripted([
    { read: "src/strings.py" },
    { write: "src/strings.py", content: "new\n" },
    { write: "test_strings.py", content: "test\n" },
    { run: "cat src/strings.py && pwd" },
    { write: "README.md", content: "mine" },
  ]);
  expect(attempt).toMatchObject({ stop: "completed", requests: 4, refused: 1, unasked: 0, protocolViolations: [] });
  expect(file("src/strings.py")).toBe("new\n");
  expect(file("test_strings.py")).toBe("test\n");
  expect(events.filter(({ type }) => type === "terminal.finished").map(({ data }) => data["exitCode"])).toEqual([0]);
  expect(report.processTreeDead).toBe(true);
});

test("a process that an agent leaves behind is dead when the stage is", async () => {
  const { attempt, report } = await scripted([{ orphan: 600 }]);
  expect(attempt.stop).toBe("completed");
  expect(report.processTreeDead).toBe(true);
});

test("Case works inside the sandbox: its task is laid by its own process, its log is read by the hand", async () => {
  const program = await installFakeCa(`${host.folder}/case`, {
    steps: [
      { write: "src/strings.py", content: "by case\n" },
      { bash: `cat ${host.folder}/target/.env` },
      { bash: "git push" },
      { orphan: 600 },
    ],
  });
  const { attempt, events, file, report } = await confined(caseBackend({ binary: () => program, upstream: "none" }));
  expect(attempt).toMatchObject({ stop: "completed", said: "pipeline_end completed, exit 0" });
  expect(file("src/strings.py")).toBe("by case\n");
  expect(events.filter(({ type }) => type === "tool.finished").map(({ data }) => data["status"])).toEqual([
    "ok",
    "failed",
    "failed",
  ]);
  expect(report.processTreeDead).toBe(true);
});
