import { afterAll, expect, test } from "vitest";

import { failedIds, failures, sampleBundle } from "../../../../test/fixtures/sample-bundle.ts";
import { sealedWithLog, toldOf, toldToo, type ToldEvent } from "../../../../test/fixtures/sample-log.ts";

const bundle = sampleBundle();
const { record, given } = bundle.world;
afterAll(() => bundle.world.remove());

type Tell = (events: readonly ToldEvent[]) => readonly ToldEvent[];

const NO = "0".repeat(40);
const another = { commit: "f".repeat(40), tree: "e".repeat(40), parent: "d".repeat(40), ref: "refs/heads/x" };
const commit = record.commit === "none" ? another : { ...record.commit };

/** Something that the Harness saw while the agent was at work. */
const duringTheTurn =
  (type: string, data: Readonly<Record<string, unknown>>): Tell =>
  (events) => {
    const at = events.findIndex((event) => event.type === "cto.backend.exited.v1");
    const [like] = events;
    if (at < 0 || like === undefined) throw new Error("no backend in the log");
    const event = { ...like, type: `cto.${type}.v1`, dataschema: `urn:cto-harness:event:${type}:v1`, data };
    return events.toSpliced(at, 0, event);
  };

const relabelled =
  (type: string, trust: string, more: Readonly<Record<string, string>>): Tell =>
  (events) =>
    events.map((event) => (event.type === `cto.${type}.v1` ? { ...event, trust, ...more } : event));

const OBSERVED = { authtype: "system", authid: "harness" };
const CLAIMED = { authtype: "unauthenticated", authid: "backend:case" };

const AGAINST: readonly (readonly [string, string, Tell])[] = [
  ["the gate said no", "event-order", toldOf("gate.decided", { allowed: false, refusals: ["approval/absent"] })],
  ["the gate refused and allowed at once", "event-order", toldOf("gate.decided", { refusals: ["approval/absent"] })],
  ["the gate was never asked", "event-order", (events) => events.filter(({ type }) => type !== "cto.gate.decided.v1")],
  ["a check of the gate did not pass", "event-order", toldOf("gate.checked", { ok: false, code: "approval/absent" })],
  [
    "a check was asked again and did not pass",
    "event-order",
    toldToo("gate.checked", { step: 3, check: "packet", ok: false }),
  ],
  ["a change was not allowed", "event-order", toldOf("diff.judged", { ok: false })],
  [
    "a change is told as a violation",
    "event-order",
    toldOf("diff.judged", { violations: [{ path: "deploy/x", rule: "deploy/" }] }),
  ],
  ["the changes were judged again, otherwise", "event-order", toldToo("diff.judged", { ok: false, violations: [] })],
  ["the target was not clean", "event-order", toldOf("commit.proved", { clean: false })],
  ["something was wrong with the target", "event-order", toldOf("commit.proved", { wrong: ["two refs moved"] })],
  [
    "another ref moved",
    "event-order",
    toldOf("commit.proved", { refsChanged: ["refs/heads/main", "refs/heads/evil"] }),
  ],
  ["another commit was proven", "event-order", toldOf("commit.proved", { commit: NO })],
  [
    "the target was not looked at",
    "event-order",
    (events) => events.filter(({ type }) => type !== "cto.commit.proved.v1"),
  ],
  ["the rollback does not restore the base", "event-order", toldOf("rollback.rehearsed", { equalsBase: false })],
  [
    "the rollback was not rehearsed",
    "event-order",
    (events) => events.filter(({ type }) => type !== "cto.rollback.rehearsed.v1"),
  ],
  [
    "a rule was broken",
    "event-order",
    toldToo("policy.violated", { rule: "policy/forbidden-path", action: "observed" }),
  ],
  [
    "an error broke it off",
    "event-order",
    toldToo("error.raised", { code: "workspace/canary-succeeded", fatal: true, message: "x" }),
  ],
  ["an error does not say whether it broke it off", "event-order", toldToo("error.raised", { code: "x" })],
  ["somebody stopped it", "event-order", duringTheTurn("run.stopping", { reason: "approval withdrawn" })],
  ["a sandbox did not hold", "event-order", toldOf("sandbox.canary", { results: { network: "broken" } })],
  ["a canary had no teeth", "event-order", toldOf("sandbox.canary", { results: { network: "no-teeth" } })],
  [
    "a canary does not say what it found",
    "event-order",
    toldToo("sandbox.canary", { purpose: "agent", pass: "after", verdict: "broken" }),
  ],
  ["a canary was not run", "event-order", toldOf("sandbox.canary", { run: "not-run" })],
  ["the commit is on another branch", "event-order", toldOf("commit.created", { ref: "refs/heads/production" })],
  ["there is a second commit", "event-order", toldToo("commit.created", another)],
  [
    "the same commit is on a second branch",
    "event-order",
    toldToo("commit.created", { ...commit, ref: "refs/heads/x" }),
  ],
  [
    "an attempt came through",
    "actions",
    toldToo("sandbox.attempt", { class: "violation", action: "push", rule: "x", detail: "pushed" }),
  ],
  [
    "the validation failed as well",
    "tests",
    toldToo("validation.finished", {
      on: "candidate",
      treeOid: record.commit === "none" ? "" : record.commit.tree,
      exitCode: 1,
      logSha256: "0".repeat(64),
    }),
  ],
  ["the validation ran on another tree", "tests", toldOf("validation.finished", { treeOid: NO })],
  [
    "what an agent said is called an observation",
    "events",
    relabelled("message.recorded", "harness-observed", OBSERVED),
  ],
  ["what an agent began is called an observation", "events", relabelled("tool.started", "harness-observed", OBSERVED)],
  ["what the Harness saw is called a claim", "events", relabelled("sandbox.attempt", "agent-claimed", CLAIMED)],
  ["a word is called signed", "events", relabelled("gate.decided", "human-signed", OBSERVED)],
  [
    "an observation is by a backend",
    "events",
    relabelled("backend.exited", "harness-observed", { authid: "backend:case" }),
  ],
];

test.each(AGAINST)("no run awaits its outcome of whose log it is told that %s", async (_, id, tell) => {
  expect(failedIds(await bundle.verify(sealedWithLog(record, given, tell)))).toContain(id);
});

test("a log that is told again as it is passes, so that what fails above fails for what it says", async () => {
  expect(failures(await bundle.verify(sealedWithLog(record, given, (events) => events)))).toEqual([]);
});

/** A run that was killed: what it told before it was taken over. */
const killedAfter =
  (...told: readonly (readonly [string, Readonly<Record<string, unknown>>])[]): Tell =>
  (events) =>
    [...told, ["run.recovered", { fromPid: 1, toPid: 2, sameBoot: true }] as const].reduce<readonly ToldEvent[]>(
      (lines, [type, data]) => duringTheTurn(type, data)(lines),
      events,
    );

test("a run that was killed and went on passes, whatever was told before it was taken over and told again after", async () => {
  const tell = killedAfter(
    ["sandbox.canary", { purpose: "agent", pass: "before", results: { network: "no-teeth" } }],
    ["validation.finished", { on: "candidate", treeOid: NO, exitCode: 1, logSha256: "0".repeat(64) }],
  );
  expect(failedIds(await bundle.verify(sealedWithLog(record, given, tell)))).toEqual([]);
});
