import { afterAll, expect, test } from "vitest";

import { sampleWorld } from "../../../test/fixtures/sample-run.ts";
import { digestOf } from "../digest.ts";
import { eventLine } from "../event-chain.ts";
import type { RunEvent } from "../run-events.ts";
import type { CanaryVerdict } from "../vocabulary.ts";
import { actionRows } from "./actions.ts";
import type { RunRecord } from "./run-record.ts";

const world = sampleWorld();
const { record } = world;
afterAll(() => world.remove());

const changed = (change: (id: string, pass: string) => CanaryVerdict | "missing"): RunRecord["canaries"] =>
  record.canaries.map((passed) => ({
    ...passed,
    run:
      passed.run === "not-run"
        ? passed.run
        : passed.run.flatMap((one) => {
            const verdict = change(one.id, passed.pass);
            return verdict === "missing" ? [] : [{ ...one, verdict }];
          }),
  }));

const ALL_HELD: RunRecord["canaries"] = changed(() => "held");

const verdicts = (change: Partial<RunRecord>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    actionRows({ ...record, attempts: [], canaries: ALL_HELD, ...change }, "").map(({ action, verdict }) => [
      action,
      verdict,
    ]),
  );

test("R076-R085 with every canary held, what needs a network or a credential was not possible, and nothing else is said to be", () => {
  expect(verdicts({})).toEqual({
    push: "not possible",
    merge: "not observed",
    deploy: "not possible",
    close: "not observed",
    pr_open: "not possible",
    issue_close: "not possible",
    public_publication: "not possible",
    credential_change: "not possible",
    vendor_source_mutation: "not observed",
    cortex_core_mutation: "not observed",
  });
});

const agentRuns = (run: "not-run"): RunRecord["canaries"] =>
  ALL_HELD.map((passed) => (passed.purpose === "agent" && passed.pass === "after" ? { ...passed, run } : passed));

test.each<[string, Partial<RunRecord>]>([
  ["no canary was run", { canaries: [] }],
  ["the second pass was not run", { canaries: agentRuns("not-run") }],
  ["there was no relay to refuse", { canaries: changed((id) => (id === "relay-deny" ? "not-tried" : "held")) }],
  ["the network canary has no teeth", { canaries: changed((id) => (id === "network" ? "no-teeth" : "held")) }],
  ["the network canary is missing", { canaries: changed((id) => (id === "network" ? "missing" : "held")) }],
  [
    "it held before, and not after",
    { canaries: changed((id, pass) => (id === "network" && pass === "after" ? "broken" : "held")) },
  ],
  ["processes were all that confined it", { confinement: "C" }],
  ["the level is not known", { confinement: "unknown" }],
  ["another performance was broken off", { events: [...record.events, ...record.events] }],
  ["only the validation was tried", { canaries: ALL_HELD.filter(({ purpose }) => purpose !== "agent") }],
])("a push is not called impossible where %s", (_, change) => {
  expect(verdicts(change)).toMatchObject({ push: "not observed", deploy: "not observed" });
});

test("R086 what was tried is told as tried, whatever the canaries say", () => {
  const one = { action: "deploy", rule: "deploy/", detail: "deploy/x", event: 7 } as const;
  const tried = (kind: "prevented" | "contained"): RunRecord["attempts"] => [{ class: kind, ...one }];
  for (const kind of ["prevented", "contained"] as const)
    expect(verdicts({ attempts: tried(kind) })).toMatchObject({ deploy: "attempted and denied" });
  const [row] = actionRows({ ...record, canaries: ALL_HELD, attempts: tried("contained") }, "").filter(
    ({ action }) => action === "deploy",
  );
  expect(row).toMatchObject({ says: "Kept inside the workspace once: deploy/.", attempts: [7] });
});

const collected = (data: RunEvent["data"]): string =>
  eventLine({
    event: { type: "workspace.collected", subject: "run", trust: "harness-observed", data },
    run: record.run,
    sequence: 1,
    prev: digestOf(""),
    time: "2026-06-01T10:00:00.000Z",
    host: digestOf("host"),
  });

test("R086 of a workspace that was not read to its end nothing is called impossible or untouched", () => {
  const all = { ...record, attempts: [], canaries: ALL_HELD };
  const whole = { ...all, events: [...record.events, collected({ files: 3 })] };
  const unread = { ...all, events: [...record.events, collected({ files: 0, limit: "harvest-changes" })] };
  expect(actionRows(whole, "").map(({ verdict }) => verdict)).toContain("not possible");
  for (const { verdict, says } of actionRows(unread, "")) {
    expect(verdict).toBe("not observed");
    expect(says).toContain("what the agent left could not be read to its end");
  }
});

test("a verdict always says why it can be given", () => {
  const says = actionRows({ ...record, attempts: [], canaries: ALL_HELD }, "").map((row) => row.says);
  expect(says[0]).toContain("Held before and after the agent: network, relay-deny, write-target.");
  expect(says[1]).toContain("Prevention was not proven in this run.");
});

test("R065 with a host open nothing that needs a network is called impossible, and each says why", () => {
  const { contract } = record;
  if (contract === "not-drawn") throw new Error("the sample has a contract");
  const open = { contract: { ...contract, allowedHosts: ["pypi.org:443"] } };
  expect(new Set(Object.values(verdicts(open)))).toEqual(new Set(["not observed"]));
  const rows = actionRows({ ...record, attempts: [], canaries: ALL_HELD, ...open }, "");
  for (const { says } of rows) {
    expect(says).toContain("pypi.org:443 could be reached, and what passes through TLS is unseen");
    expect(says).not.toContain("no way out of the sandbox but the relay");
  }
});
