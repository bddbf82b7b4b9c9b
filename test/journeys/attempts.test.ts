import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readStanding } from "../../src/harness/gate/read-standing.ts";
import type { World } from "../../src/harness/world.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { reportSchema, type Report } from "../../src/workflow/evidence/schemas/report.ts";
import { openGate } from "../../src/workflow/gate/gate.ts";
import { runId } from "../../src/workflow/ids.ts";
import { refusalsOf } from "../../src/workflow/result.ts";
import { KEY, openProvider, type Provider } from "../fakes/provider.ts";
import {
  admit,
  approveBy,
  endOf,
  HONEST_STEPS,
  makeGround,
  openSwitches,
  POLICY,
  runOnce,
  type Ground,
} from "./ground.ts";

// Programs that the agent starts by itself, without asking: only shims, relay and kernel can see them.
const TRIES = [
  "git push origin main",
  "git push origin main",
  "gh pr create --fill",
  "npm publish",
  "curl https://api.github.com/repos",
  "/usr/bin/git push https://github.com/a/b main",
  "git --version",
  "exec 8<>/dev/tcp/127.0.0.1/8787; printf 'CONNECT github.com:443 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&8; head -1 <&8",
];

const ASK = '{"model":"small"}';
const MODEL = [
  `exec 7<>/dev/tcp/127.0.0.1/8787`,
  `printf 'POST /v1/chat/completions HTTP/1.1\\r\\nHost: 127.0.0.1:8787\\r\\nContent-Length: ${ASK.length}\\r\\n\\r\\n${ASK}' >&7`,
  `cat <&7`,
].join("; ");

// Everywhere that something inside can look, once the key was in use. What is searched for stands nowhere as a whole, and
// a decoy shows that the search finds.
const LOOK = [
  `p='cto-canary-model-ke[y]'; echo "$p-decoy" | tr -d '[]' > /tmp/decoy`,
  `grep -sa "$p" /proc/[0-9]*/environ /proc/[0-9]*/cmdline /proc/net/unix /proc/self/mountinfo | sed 's/.*/HOLDS proc/'`,
  `env | grep -a "$p" | sed 's/.*/HOLDS variable/'`,
  `timeout 30 grep -rlsa --exclude-dir=proc --exclude-dir=sys --exclude-dir=usr "$p" / | sed 's/^/HOLDS /'`,
  String.raw`perl -e 'for my $m (glob "/proc/[0-9]*/mem") { next if $m eq "/proc/$$/mem"; (my $maps = $m) =~ s/mem$/maps/; open(my $l, "<", $maps) or next; open(my $f, "<", $m) or next; while (<$l>) { my ($a, $b) = /^(\w+)-(\w+) r/ or next; next if hex($b) - hex($a) > 1 << 24; sysseek($f, hex $a, 0); sysread($f, my $bytes, hex($b) - hex($a)); print "HOLDS $m\n" if index($bytes // "", join("-", "cto", "canary", "model", "key", "0123456789")) >= 0 } }'`,
  "echo looked",
].join("; ");

let provider: Provider;
let ground: Ground;
let world: World;
let report: Report;
let withoutKey: readonly string[];
let withShortKey: readonly string[];
const lines: string[] = [];
beforeAll(async () => {
  provider = await openProvider();
  provider.answer = (response, { headers }) =>
    response.end(JSON.stringify({ said: headers.authorization, usage: { prompt_tokens: 3, completion_tokens: 2 } }));
  ground = await makeGround();
  const upstream = `{ api: chat, origin: "http://127.0.0.1:${provider.port}", keyVariable: MODEL_KEY, models: [small] }`;
  await ground.edit(POLICY, "upstreams: {}", `upstreams: { here: ${upstream} }`);
  await ground.edit(POLICY, "cassette: false", "cassette: true");
  await ground.edit(POLICY, "steps: .sot/authority/steps.json", "steps: .sot/authority/steps.json\n    upstream: here");
  withoutKey = await modelObjections({});
  withShortKey = await modelObjections({ MODEL_KEY: "short" });
  world = await ground.open({ ...openSwitches("scripted"), MODEL_KEY: KEY });
  await admit(world, ground);
  const script = [...TRIES, MODEL, LOOK].map((line) => `( ${line} ); echo "= $?"`).join("\n");
  await ground.plays([...HONEST_STEPS, { bash: script, native: true }]);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground, (line) => lines.push(line)))).toEqual(["awaiting_outcome"]);
  report = reportSchema.parse(JSON.parse(await file("report.json")));
}, 120_000);
afterAll(async () => {
  await world.store.close();
  await ground.close();
  provider.close();
});

/** What the gate says of the model's key in this environment. */
const modelObjections = async (environment: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const asked = await ground.open({ ...openSwitches("scripted"), ...environment });
  try {
    const { standing } = await readStanding(asked, ground.work, runId(ground.work, 1), 0);
    const codes = refusalsOf(openGate(standing).result).map(({ code }) => code);
    return codes.filter((code) => code === "gate/model-key-absent");
  } finally {
    await asked.store.close();
  }
};

const file = (name: string): Promise<string> =>
  readFile(path.join(ground.home, ".cto/runs", runId(ground.work, 1), name), "utf8");

test("a model without its key blocks at the gate, before an approval is spent on it", () => {
  expect([withoutKey, withShortKey]).toEqual([["gate/model-key-absent"], ["gate/model-key-absent"]]);
});

const verdictOf = (action: string): unknown => report.actions.find((row) => row.action === action)?.verdict;

test("R086 every try of a program that a shim stands for is an event, and equal ones are one with a number", () => {
  const details = report.attempts.map(({ action, detail }) => `${action}: ${detail}`);
  expect(details).toEqual(
    expect.arrayContaining([
      "push: git push origin main",
      "push: git push origin main (1 more)",
      "pr_open: gh pr create --fill",
      "public_publication: npm publish",
      "pr_open: curl https://api.github.com/repos",
      "push: CONNECT github.com:443",
    ]),
  );
  expect(details.some((detail) => detail.includes("git --version"))).toBe(false);
});

test("R076-R085 what was tried is told as tried, and what could not be done as not possible", () => {
  for (const action of ["push", "pr_open", "public_publication"])
    expect(verdictOf(action)).toBe("attempted and denied");
  for (const action of ["deploy", "issue_close", "credential_change"]) expect(verdictOf(action)).toBe("not possible");
  for (const action of ["merge", "close", "vendor_source_mutation", "cortex_core_mutation"])
    expect(verdictOf(action)).toBe("not observed");
});

test("a shim refuses by exit 126 and runs what is allowed; a path walks round it and finds no network", async () => {
  const told = await file("backend/frames.jsonl");
  const codes = [...told.matchAll(/= (\d+)\\+n/g)].map(([, code]) => code);
  expect(codes.slice(0, 5)).toEqual(["126", "126", "126", "126", "126"]);
  expect(codes[5]).not.toBe("0");
  expect(codes[6]).toBe("0");
});

test("R065 every line of what came to the relay is in the bundle, with nothing of a key", async () => {
  const egress = (await file("backend/egress.jsonl"))
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(egress).toContainEqual(expect.objectContaining({ channel: "shim", verdict: "denied", path: "npm publish" }));
  expect(egress).toContainEqual(
    expect.objectContaining({ channel: "shim", verdict: "allowed", path: "git --version" }),
  );
  expect(egress).toContainEqual(
    expect.objectContaining({ channel: "connect", verdict: "denied", host: "github.com:443", status: 403 }),
  );
});

test("R065 R104 a request to the model is two events, a line with the same digests and a span; its whole is on the cassette", async () => {
  const events = lines.map(parseEvent);
  expect(events.find(({ type }) => type === "model.requested")?.data).toMatchObject({ n: 1, bytes: ASK.length });
  const answered = events.find(({ type }) => type === "model.answered")?.data;
  expect(answered).toMatchObject({ n: 1, status: 200, claimed: { model: "small", inputTokens: 3, outputTokens: 2 } });
  const egress = (await file("backend/egress.jsonl")).split("\n").find((line) => line.includes('"n":1,'));
  expect(egress).toContain(String(answered?.["responseSha256"]));
  expect(await file("trace.jsonl")).toContain('"name":"model"');
  expect(JSON.parse((await file("backend/cassette.jsonl")).trim())).toMatchObject({ model: "small", request: ASK });
});

test("R065 the key of the model is nowhere inside: not in variables, files, processes or their memory", async () => {
  const told = await file("backend/frames.jsonl");
  expect(told).toContain("looked");
  expect([...new Set(told.match(/(?<=\\n)HOLDS [\w/-]+/g))]).toEqual(["HOLDS /tmp/decoy"]);
});

test("the key of the model stands in no file of the home, and went to the provider alone", async () => {
  expect(provider.asked.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`]);
  const names = await readdir(ground.root, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(30);
  const holding: string[] = [];
  for (const { parentPath, name } of files)
    if ((await readFile(path.join(parentPath, name))).includes(KEY)) holding.push(name);
  expect(holding).toEqual([]);
});

test("R135 a run that wants more of its model than it may have is voided, by the name of what it wanted", async () => {
  const other = await makeGround();
  try {
    const upstream = `{ api: chat, origin: "http://127.0.0.1:${provider.port}", models: [small] }`;
    await other.edit(POLICY, "upstreams: {}", `upstreams: { here: ${upstream} }`);
    await other.edit(POLICY, "modelRequestsMax: 400", "modelRequestsMax: 1");
    await other.edit(
      POLICY,
      "steps: .sot/authority/steps.json",
      "steps: .sot/authority/steps.json\n    upstream: here",
    );
    const home = await other.open();
    await admit(home, other);
    await other.plays([...HONEST_STEPS, { bash: `${MODEL}; ${MODEL}; true`, native: true }]);
    expect(await approveBy(home, other)).toEqual([]);
    const told: string[] = [];
    expect(endOf(await runOnce(home, other, (line) => told.push(line)))).toEqual(["voided", "workspace/limit-reached"]);
    expect(told.map(parseEvent).find(({ type }) => type === "backend.exited")?.data["limit"]).toBe("modelRequestsMax");
    await home.store.close();
  } finally {
    await other.close();
  }
}, 60_000);
