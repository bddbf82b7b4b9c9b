import { createHash } from "node:crypto";

import { afterAll, beforeAll, expect, test } from "vitest";

import { TOKEN_HEADER } from "../../src/control-surface/door.ts";
import { SIGNING_ROUTES } from "../../src/control-surface/signing-routes.ts";
import { WRITE_ROUTES } from "../../src/control-surface/write-routes.ts";
import type { Served } from "../../src/harness/home/served.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import { parseRunId, type RunId } from "../../src/workflow/ids.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { admit, approveBy, makeGround, targetDigest, type Ground } from "../journeys/ground.ts";
import { postTo, servedOver, type Answer } from "./posting.ts";
import { makeRunGround, RUN, surfaceOver, WORK } from "./surface.ts";

let ground: Ground;
let world: World;
let served: Served;
beforeAll(async () => {
  ({ ground, world } = await makeRunGround());
  served = await servedOver(world, () => ground.open({}));
});
afterAll(async () => {
  await served.close();
  await ground.close();
});

const post = (
  path: string,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
  at: Served = served,
): Promise<Answer> => postTo(at, path, body, more);

const sizeOfLedger = async (): Promise<number> => (await world.store.head()).checkpoint.size;

const newest = async (of: World = world) => (await of.store.leaves(0)).at(-1);

const PATHS = [
  `/api/w/${WORK}/reviewed`,
  "/api/approvals/ap-1/withdraw",
  `/api/r/${RUN}/stop`,
  `/api/r/${RUN}/rollback`,
  `/api/w/${WORK}/approval-draft`,
  "/api/approvals",
  `/api/r/${RUN}/outcome-draft`,
  `/api/r/${RUN}/outcome`,
  `/api/r/${RUN}/replay`,
] as const;

test("the addresses that write are these, and none of them admits, runs, or changes keys or policy", () => {
  expect([...WRITE_ROUTES, ...SIGNING_ROUTES].map(({ path }) => path)).toEqual([
    "/api/w/:name/reviewed",
    "/api/approvals/:name/withdraw",
    "/api/r/:name/stop",
    "/api/r/:name/rollback",
    "/api/w/:name/approval-draft",
    "/api/approvals",
    "/api/r/:name/outcome-draft",
    "/api/r/:name/outcome",
  ]);
});

const HOSTILE: readonly (readonly [string, unknown, Readonly<Record<string, string>>, number])[] = [
  ["another origin", {}, { origin: "https://evil.example" }, 403],
  ["no token", {}, { [TOKEN_HEADER]: "" }, 401],
  ["another site", {}, { "sec-fetch-site": "cross-site" }, 403],
  ["a form", "reason=a", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["too much", `"${"a".repeat(LIMITS.surfaceBodyBytesMax)}"`, {}, 413],
  ["no JSON", "{", {}, 400],
  ["nothing", "", {}, 400],
  ["a list", "[]", {}, 400],
  ["null", "null", {}, 400],
  ["another member", { reason: "a", outcomeSeq: 1, packetSha256: "0".repeat(64), more: 1 }, {}, 400],
  ["a reason without end", { reason: "a".repeat(2_000) }, {}, 400],
  ["no reason", { reason: "" }, {}, 400],
  ["a reason that is none", { reason: { toString: "a" } }, {}, 400],
];

test.each(HOSTILE)("%s writes nothing, at any address", async (_, body, headers, status) => {
  const before = await sizeOfLedger();
  for (const path of PATHS) expect([path, (await post(path, body, headers)).status]).toEqual([path, status]);
  expect(await sizeOfLedger()).toBe(before);
});

test("more than was announced, or without a length, is not kept either", async () => {
  const { origin, hash, port } = new URL(served.url);
  const chunk = `${(4_096).toString(16)}\r\n${" ".repeat(4_096)}\r\n`;
  const head = [
    `POST ${PATHS[2]} HTTP/1.1`,
    `Host: localhost:${port}`,
    `Origin: ${origin}`,
    `${TOKEN_HEADER}: ${hash.replace("#token=", "")}`,
    "Sec-Fetch-Site: same-origin",
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
    "Connection: close",
  ].join("\r\n");
  const { connect } = await import("node:net");
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () =>
      socket.write(`${head}\r\n\r\n${chunk.repeat(40)}0\r\n\r\n`),
    );
    let text = "";
    socket.on("data", (more) => (text += more.toString()));
    socket.on("close", () => resolve(text)).on("error", reject);
  });
  expect(said).toMatch(/^HTTP\/1\.1 413 /);
  expect(said).toContain("surface/too-large");
});

test.each([
  ["/api/w/CTO-WORK-999/reviewed", { packetSha256: "0".repeat(64) }],
  ["/api/w/..%2f..%2fx/reviewed", { packetSha256: "0".repeat(64) }],
  ["/api/approvals/ap-999/withdraw", { reason: "a" }],
  ["/api/approvals/__proto__/withdraw", { reason: "a" }],
  ["/api/r/R-049-09/stop", { reason: "a" }],
  ["/api/r/..%2fR-049-01/stop", { reason: "a" }],
  ["/api/r/R-049-09/rollback", { outcomeSeq: 1 }],
  ["/api/r/R-049-09/replay", { level: "patch" }],
  ["/api/r/..%2fR-049-01/replay", { level: "patch" }],
])("%s names nothing, and nothing is written", async (path, body) => {
  const before = await sizeOfLedger();
  expect(await post(path, body)).toMatchObject({ status: 404, body: { code: "surface/nothing-there" } });
  expect(await sizeOfLedger()).toBe(before);
});

test.each([`w/${WORK}/approve`, "passkeys", `w/${WORK}/run`, "targets", "keys"])(
  "there is no address to write to at /api/%s",
  async (path) => {
    expect(await post(`/api/${path}`, {})).toMatchObject({ status: 405, body: { code: "surface/wrong-method" } });
  },
);

test("a server that only reads has no address that writes", async () => {
  const { app, headers } = surfaceOver(world);
  const write = {
    origin: "http://localhost:4049",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
  };
  for (const path of PATHS) {
    const asked = { method: "POST", headers: { ...headers, ...write }, body: "{}" };
    expect((await app.request(`http://localhost:4049${path}`, asked)).status).toBe(405);
  }
});

test("what a person has read is recorded by the digest of its bytes, and other bytes are refused with those of now", async () => {
  const { reading } = surfaceOver(world);
  const source = await reading.packetSource(WORK);
  const packetSha256 = createHash("sha256")
    .update(source.found ? source.value : "")
    .digest("hex");
  const other = await post(PATHS[0], { packetSha256: "0".repeat(64) });
  expect(other).toMatchObject({ status: 412, body: { refusals: [{ detail: { now: packetSha256 } }] } });
  const done = await post(PATHS[0], { packetSha256 });
  const leaf = await newest();
  expect(leaf).toMatchObject({
    type: "packet.reviewed",
    channel: "web",
    work: WORK,
    digests: { packet: packetSha256 },
  });
  expect(done).toEqual({
    status: 200,
    body: { work: WORK, packetSha256, by: world.operator.user, at: leaf?.at, seq: leaf?.seq },
  });
});

test("a run that has ended is not asked to end", async () => {
  const before = await sizeOfLedger();
  expect(await post(PATHS[2], { reason: "late" })).toEqual({
    status: 200,
    body: { run: RUN, state: "awaiting_outcome" },
  });
  expect(await sizeOfLedger()).toBe(before);
});

test("nothing is rolled back that its owner did not reject, and nothing under another record than his", async () => {
  const untouched = await targetDigest(world, ground);
  expect(await post(PATHS[3], { outcomeSeq: 1 })).toMatchObject({
    status: 409,
    body: { code: "rollback/not-rejected" },
  });
  const rejection = { run: runOf(RUN), outcome: "rejected", reason: "no", acknowledged: [], words: undefined } as const;
  const decided = await decideOutcome(world, { ...rejection, key: ground.key });
  const seq = decided.ok ? decided.value.seq : 0;
  expect(await post(PATHS[3], { outcomeSeq: seq - 1 })).toMatchObject({ status: 412 });
  expect(await targetDigest(world, ground)).toBe(untouched);
  const done = await post(PATHS[3], { outcomeSeq: seq });
  expect(done).toMatchObject({
    status: 200,
    body: { run: RUN, state: "rolled_back", equalsBase: true, dryRun: false },
  });
  expect(await newest()).toMatchObject({ type: "rollback.done", channel: "web", run: RUN });
});

test("an approval is withdrawn at once, in the name of whoever started the server, and only the newest one", async () => {
  const fresh = await makeGround();
  const reads = await fresh.open();
  await admit(reads, fresh);
  expect([...(await approveBy(reads, fresh)), ...(await approveBy(reads, fresh))]).toEqual([]);
  const at = await servedOver(reads, () => fresh.open({}));
  try {
    const [first, last] = (await surfaceOver(reads).reading.approvals()).map(({ id }) => id);
    const ask = (id: string | undefined): Promise<Answer> =>
      post(`/api/approvals/${id ?? ""}/withdraw`, { reason: "wrong base" }, {}, at);
    expect(await ask(first)).toMatchObject({ status: 412, body: { code: "surface/digest-moved" } });
    expect(await ask(last)).toEqual({
      status: 200,
      body: { work: WORK, id: last, state: "withdrawn", signedBy: null },
    });
    const leaf = await newest(reads);
    expect(leaf).toMatchObject({ type: "approval.withdrawn", channel: "web", actor: reads.operator.user });
    expect(leaf?.detail).toMatchObject({ reason: "wrong base" });
    expect(await ask(last)).toMatchObject({ status: 409, body: { code: "approval/withdrawn" } });
  } finally {
    await at.close();
    await fresh.close();
  }
});

const runOf = (text: string): RunId => {
  const run = parseRunId(text);
  if (run === undefined) throw new Error(`${text} is no run id`);
  return run;
};
