import { readFile } from "node:fs/promises";
import { createServer, connect as connectTo, type Server } from "node:net";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { relayGround, unixRelay } from "../../src/adapters/relay/unix-relay.ts";
import { contentOf } from "../../src/harness/evidence/verify-folder.ts";
import { SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import type { World } from "../../src/harness/world.ts";
import { reportSchema, type Report } from "../../src/workflow/evidence/schemas/report.ts";
import type { Verdict } from "../../src/workflow/evidence/verify/verdict.ts";
import { verifyBundle } from "../../src/workflow/evidence/verify/verify.ts";
import { runId } from "../../src/workflow/ids.ts";
import { LIFE } from "../fakes/provider.ts";
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

const PROOF = "confinement-proof.json";
const GRANTED = "tests.example.org:443";
// A public address, as the name leads to; who dials it comes to a server of this test.
const ADDRESS = "93.184.216.34";

const asking = (host: string): string =>
  `exec 8<>/dev/tcp/127.0.0.1/3128; printf 'CONNECT ${host} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&8; printf 'words\\n' >&8; timeout 5 head -3 <&8`;

let server: Server;
let ground: Ground;
let world: World;
let report: Report;
const dialled: string[] = [];
beforeAll(async () => {
  server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  ground = await makeGround({ allowedHosts: [GRANTED] });
  await ground.edit(POLICY, "allowedHosts: []", `allowedHosts: ["${GRANTED}", "other.example.org:443"]`);
  const switches = openSwitches("scripted");
  world = {
    ...(await ground.open(switches)),
    relay: unixRelay({
      ...relayGround(switches, LIFE),
      resolve: () => Promise.resolve([ADDRESS]),
      dial: (to) => {
        dialled.push(`${to.address}:${to.port}`);
        const socket = connectTo({ host: "127.0.0.1", port, allowHalfOpen: true });
        return new Promise((resolve) => socket.once("connect", () => resolve(socket)));
      },
    }),
  };
  await admit(world, ground);
  const script = [
    `( ${asking(GRANTED)} ) | tr -d '\\r' | sed 's/^/granted /'`,
    `( ${asking("other.example.org:443")} ) | tr -d '\\r' | sed 's/^/other /'`,
    'echo "proxy $HTTPS_PROXY"',
    "git push origin main || true",
  ].join("\n");
  await ground.plays([...HONEST_STEPS, { bash: script, native: true }]);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  report = reportSchema.parse(JSON.parse(await file("report.json")));
}, 120_000);
afterAll(async () => {
  await world.store.close();
  await ground.close();
  server.close();
});

const folder = (): string => path.join(ground.home, ".cto/runs", runId(ground.work, 1));
const file = (name: string): Promise<string> => readFile(path.join(folder(), name), "utf8");
const rows = async (name: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await file(name))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

interface Sandbox {
  readonly purpose: string;
  readonly hosts?: readonly string[];
  readonly envNames: readonly string[];
  readonly args: readonly string[];
  readonly outer?: object;
}

interface Proof {
  readonly sandboxes: readonly Sandbox[];
  readonly claims: readonly string[];
  readonly notClaimed: readonly string[];
}

const without = (agent: Sandbox, name: "hosts" | "outer"): Sandbox => {
  const { [name]: _gone, ...rest } = agent;
  return rest;
};

const proofNow = async (): Promise<Proof> => JSON.parse(await file(PROOF)) as Proof;

test("R065 the agent reaches the host that the contract grants, through the relay, and no other", async () => {
  const told = await file("backend/frames.jsonl");
  expect(told).toContain("granted HTTP/1.1 200 OK");
  expect(told).toContain("granted words");
  expect(told).toContain("other HTTP/1.1 403 Refused");
  expect(told).toContain("proxy http://127.0.0.1:3128");
  expect(dialled).toEqual([`${ADDRESS}:443`]);
});

test("R065 each try is a line and an event: the granted one as what it was, the other as an attempt", async () => {
  const lines = (await rows("backend/egress.jsonl")).filter(({ channel }) => channel === "connect");
  // A line comes when what it tells of is over.
  expect(lines.map(({ host, verdict, rule, status }) => [host, verdict, rule, status].join(" ")).sort()).toEqual([
    "other.example.org:443 denied relay/other-host 403",
    `${GRANTED} allowed relay/host 200`,
  ]);
  const events = await rows("events.normalized.jsonl");
  const asked = events.filter(({ type }) => type === "cto.host.asked.v1");
  expect(asked.map(({ data }) => data)).toMatchObject([
    { host: GRANTED, verdict: "allowed", sentBytes: 6, gotBytes: 6 },
  ]);
  expect(report.attempts.map(({ detail }) => detail)).toContain("CONNECT other.example.org:443");
});

test("R065 with a host open no verdict claims what was not seen", () => {
  const verdicts = Object.fromEntries(report.actions.map(({ action, verdict }) => [action, verdict]));
  expect(verdicts).toMatchObject({ push: "attempted and denied", deploy: "not observed", pr_open: "not observed" });
  expect(report.actions.some(({ verdict }) => verdict === "not possible")).toBe(false);
  expect(report.confinement.why.join(" ")).toContain(`could reach ${GRANTED} through the relay, and asked 1 times`);
});

test("R065 the proof names the host for the agent's sandbox and none for the validation's, and claims no closed network", async () => {
  const proof = await proofNow();
  for (const { purpose, hosts, envNames } of proof.sandboxes) {
    expect(hosts).toEqual(purpose === "agent" ? [GRANTED] : undefined);
    expect(envNames.includes("HTTPS_PROXY")).toBe(purpose === "agent");
  }
  expect(proof.claims).not.toContain("no-network-but-relay");
  expect(proof.notClaimed).toContain(`nothing sent to or got from ${GRANTED}`);
});

test("R065 the bundle verifies; one that tells of other hosts does not", async () => {
  const bundle = await world.archive.open({ run: runId(ground.work, 1) });
  if (bundle === "absent") throw new Error("the run left no bundle");
  const signers = await world.home.read(SIGNERS_PATH);
  if (signers === "absent") throw new Error("the home has signers");
  const content = contentOf(bundle);
  const trust = { allowedSigners: signers.bytes };
  const verdictOn = async (change: (agent: Sandbox) => Sandbox): Promise<Verdict> => {
    const proof = await proofNow();
    const sandboxes = proof.sandboxes.map((one) => (one.purpose === "agent" ? change(one) : one));
    const bytes = Buffer.from(`${JSON.stringify({ ...proof, sandboxes }, null, 2)}\n`);
    return verifyBundle(new Map(content).set(PROOF, bytes), bundle.odd, trust, world.verifyTools);
  };
  expect((await verifyBundle(content, bundle.odd, trust, world.verifyTools)).verdict).toBe("PASS");
  const lies: readonly (readonly [(agent: Sandbox) => Sandbox, string])[] = [
    [(agent) => ({ ...agent, hosts: ["other.example.org:443"] }), "other hosts than the contract grants"],
    [(agent) => without(agent, "hosts"), "other hosts than the contract grants"],
    [(agent) => ({ ...agent, envNames: agent.envNames.filter((name) => !/proxy/i.test(name)) }), "told of another way"],
    [(agent) => ({ ...without(agent, "outer"), args: [] }), "another way to hosts than the contract grants"],
  ];
  for (const [lie, says] of lies) {
    const { verdict, checks } = await verdictOn(lie);
    expect(verdict).toBe("FAIL");
    expect(checks.map((check) => check.says).join("\n")).toContain(says);
  }
});
