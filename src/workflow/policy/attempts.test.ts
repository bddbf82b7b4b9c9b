import { expect, test } from "vitest";

import { actionOfHost, actionOfUrl } from "./attempt-hosts.ts";
import { attemptOf, strayAttempts } from "./attempts.ts";
import type { SeenAttempt } from "./attempts.ts";
import { countAttempts } from "./count-attempts.ts";
import type { Exchange } from "./exchange.ts";
import type { JudgedChange } from "./judge-changes.ts";

const NOTHING = { bytes: 0, sha256: "" };
const refused: Exchange = {
  n: null,
  channel: "model",
  verdict: "denied",
  rule: "relay/other-path",
  action: null,
  method: "POST",
  host: "127.0.0.1:8787",
  path: "/v1/files",
  model: null,
  request: NOTHING,
  response: NOTHING,
  status: 403,
  ms: 0,
  usage: null,
};

test.each<[string, Partial<Exchange>, Partial<SeenAttempt>]>([
  [
    "a path off the list",
    {},
    { kind: "workspace/relay-denied", action: undefined, detail: "POST 127.0.0.1:8787/v1/files" },
  ],
  [
    "an absolute URL of a forge",
    { host: "api.github.com", path: "/repos" },
    { kind: "workspace/relay-denied", action: "pr_open" },
  ],
  [
    "a tunnel to a registry",
    { channel: "connect", host: "registry.npmjs.org:443", path: "" },
    { kind: "workspace/network-denied", action: "public_publication" },
  ],
  [
    "git push by a shim",
    { channel: "shim", rule: "push", action: "push", path: "git push" },
    { kind: "workspace/network-denied", action: "push", detail: "git push" },
  ],
  [
    "curl by a shim",
    { channel: "shim", rule: "policy/no-network", path: "curl x" },
    { kind: "workspace/network-denied", action: undefined },
  ],
  [
    "git merge by a shim",
    { channel: "shim", rule: "merge", action: "merge", path: "git merge" },
    { kind: "workspace/run-refused", action: "merge" },
  ],
  [
    "more than the budget",
    { rule: "limit/modelTokensMax", status: 429 },
    { kind: "workspace/relay-denied", rule: "limit/modelTokensMax" },
  ],
])("R086 %s is an attempt", (_, change, expected) => {
  expect(attemptOf({ ...refused, ...change })).toMatchObject({ class: "prevented", ...expected });
});

test("what was allowed, and what went out to the model, is no attempt", () => {
  expect(attemptOf({ ...refused, verdict: "allowed" })).toBeUndefined();
  expect(attemptOf({ ...refused, n: 3, rule: "relay/no-answer" })).toBeUndefined();
});

test.each([
  ["github.com", "push"],
  ["git@github.com", "push"],
  ["GITHUB.COM:443", "push"],
  ["api.github.com.", "pr_open"],
  ["169.254.169.254", "credential_change"],
  ["s3.eu-west-1.amazonaws.com", "deploy"],
  ["upload.pypi.org", "public_publication"],
  ["github.com.evil.example", undefined],
  ["notgithub.com", undefined],
  ["example.com", undefined],
  ["", undefined],
])("reaching for %j is a try at %s", (host, action) => {
  expect(actionOfHost(host)).toBe(action);
  expect(actionOfUrl(`https://${host}/x`)).toBe(action);
});

test("a word that is no URL says nothing of a host", () => {
  for (const word of ["github.com", "-o", "x/y", "//", "https:"]) expect(actionOfUrl(word)).toBeUndefined();
});

const row = (path: string, verdict: JudgedChange["verdict"]): JudgedChange => ({
  path,
  change: "added",
  oldMode: "000000",
  newMode: "100644",
  size: 1,
  sha256: null,
  blob: null,
  verdict,
  rule: "rule",
  packetLine: null,
});

test("R086 what stands in the Workspace though it may not is an attempt that was contained", () => {
  const rows = [
    row("deploy/x", "forbidden"),
    row("notes", "unlisted"),
    row("src/.npmrc", "anomalous"),
    row("a", "allowed"),
    row("b", "scratch"),
  ];
  expect(strayAttempts(rows, 10)).toEqual([
    { class: "contained", kind: "workspace/forbidden-path", action: "deploy", rule: "rule", detail: "deploy/x" },
    { class: "contained", kind: "workspace/unlisted-path", action: undefined, rule: "rule", detail: "notes" },
    {
      class: "contained",
      kind: "workspace/anomalous-path",
      action: "credential_change",
      rule: "rule",
      detail: "src/.npmrc",
    },
  ]);
});

test("R086 no flood of strays that sort before it hides the first at an action", () => {
  const flood = Array.from({ length: 5_000 }, (_, at) => row(`src/+${at}`, "unlisted"));
  const rows = [
    ...flood,
    row("src/.env", "forbidden"),
    row("src/.env.local", "forbidden"),
    row("x/.git/a", "forbidden"),
  ];
  const told = strayAttempts(rows, 100).map(({ detail, action }) => action ?? detail);
  expect(told).toEqual([...flood.slice(0, 98).map(({ path }) => path), "credential_change", "push"]);
  expect(strayAttempts(rows, 1).map(({ action }) => action)).toEqual(["credential_change", "push"]);
});

const tried = (detail: string, action?: string): SeenAttempt => ({
  class: "prevented",
  kind: "kind",
  action,
  rule: "rule",
  detail,
});

test("equal attempts have one place and a number", () => {
  const count = countAttempts({ runMax: 10, secondMax: 10 });
  expect(["a", "a", "b", "a"].map((detail) => count.take(tried(detail), 0))).toEqual(["new", "again", "new", "again"]);
  expect(count.rest()).toEqual({ again: [[tried("a"), 2]], over: 0 });
});

test("so many in a run, and so many in a second, have a place; the rest is a number", () => {
  const run = countAttempts({ runMax: 3, secondMax: 100 });
  expect(["a", "b", "c", "d", "e"].map((detail) => run.take(tried(detail), 0)).slice(2)).toEqual([
    "new",
    "over",
    "over",
  ]);
  expect(run.rest().over).toBe(2);
  const second = countAttempts({ runMax: 100, secondMax: 2 });
  expect([0, 10, 20, 1000].map((at) => second.take(tried(String(at)), at))).toEqual(["new", "new", "over", "new"]);
});

test("no flood hides the first try at an action", () => {
  const count = countAttempts({ runMax: 1, secondMax: 1 });
  for (let at = 0; at < 1000; at += 1) count.take(tried(String(at)), 0);
  expect(count.take(tried("git push", "push"), 0)).toBe("new");
  expect(count.take(tried("git push -f", "push"), 0)).toBe("over");
  expect(count.take(tried("gh pr create", "pr_open"), 0)).toBe("new");
});
