import { chmodSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { LogPage } from "../../src/control-surface/api.ts";
import { HEADERS, ONLY_READS } from "../../src/control-surface/headers.ts";
import { readRoutes } from "../../src/control-surface/read-routes.ts";
import type { AuditPage } from "../../src/harness/objects/audit.ts";
import type { World } from "../../src/harness/world.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { Failure } from "../../src/workflow/failure.ts";
import { parseRunId } from "../../src/workflow/ids.ts";
import type { Ground } from "../journeys/ground.ts";
import { CHECKS, makeRunGround, RUN, surfaceOver, WORK, type Surface } from "./surface.ts";

let ground: Ground;
let world: World;
let surface: Surface;
beforeAll(async () => {
  ({ ground, world } = await makeRunGround());
  surface = surfaceOver(world);
});
afterAll(() => ground.close());

// What is only true of one moment is left out.
const asRead = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (name, member: unknown) =>
      name === "verify" || (typeof member === "string" && member.endsWith(" free")) ? undefined : member,
    ),
  );

const valueOf = <T>(sought: { readonly found: boolean; readonly value?: T }): T | undefined => sought.value;

const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as { code: unknown }).code;

test.each<[string, (surface: Surface) => Promise<unknown>]>([
  ["/api/status", ({ reading }) => reading.status()],
  ["/api/status?needs=jp", ({ reading }) => reading.status("jp")],
  ["/api/packets", async ({ reading }) => ({ packets: await reading.packets() })],
  ["/api/works", async ({ reading }) => ({ works: await reading.works() })],
  ["/api/approvals", async ({ reading }) => ({ approvals: await reading.approvals() })],
  ["/api/doctor", () => Promise.resolve({ checks: CHECKS })],
  ["/api/targets", async ({ reading }) => ({ targets: await reading.targets() })],
  ["/api/explain/approval/absent", async ({ reading }) => valueOf(reading.explain("approval/absent"))],
  ["/api/workers", ({ reading }) => reading.workers()],
  ["/api/authority", ({ reading }) => reading.authority()],
  ["/api/hostile", ({ reading }) => reading.hostile()],
  ["/api/notices?limit=2", ({ reading }) => reading.notices(2)],
  ["/api/audit?after=2&limit=3", ({ reading }) => reading.audit({ after: 2, limit: 3 })],
  ["/api/runs", ({ reading }) => reading.runs({})],
  [`/api/r/${RUN}`, async ({ reading }) => valueOf(await reading.run(RUN))],
  [`/api/r/${RUN}/diff`, async ({ reading }) => valueOf(await reading.diff(RUN))],
  [`/api/w/${WORK}/diff`, async ({ reading }) => valueOf(await reading.packetChanges(WORK, "approved"))],
  [
    `/api/w/${WORK}/diff?against=${RUN}`,
    async ({ reading }) => valueOf(await reading.packetChanges(WORK, { run: RUN })),
  ],
  [
    `/api/w/${WORK}/diff?against=${WORK}`,
    async ({ reading }) => valueOf(await reading.packetChanges(WORK, { work: WORK })),
  ],
  [`/api/r/${RUN}/verify`, async ({ reading }) => valueOf(await reading.verify(RUN))],
  [
    `/api/r/${RUN}/replay`,
    async ({ reading }) => ({ paths: valueOf(await reading.replayPaths(RUN)), last: [], now: null }),
  ],
  [`/api/r/${RUN}/evidence`, async ({ reading }) => ({ files: valueOf(await reading.evidence(RUN)) })],
  [
    `/api/r/${RUN}/events?after=3&limit=2`,
    async ({ reading }) => valueOf(await reading.events(RUN, { after: 3, limit: 2 })),
  ],
  [
    `/api/r/${RUN}/events?types=run.ordered,commit.created`,
    async ({ reading }) =>
      valueOf(await reading.events(RUN, { after: -1, limit: 100, types: ["run.ordered", "commit.created"] })),
  ],
  [
    `/api/w/${WORK}`,
    async ({ reading }) => ({
      work: valueOf(await reading.work(WORK)),
      packet: valueOf(await reading.packet(WORK)),
      view: valueOf(await reading.view(WORK)),
      gate: valueOf(await reading.gate(WORK)),
      approval: (await reading.approvals(WORK)).at(-1),
      sinceReviewed: valueOf(await reading.packetChanges(WORK, "reviewed")),
    }),
  ],
])("%s is the object that every surface prints", async (path, read) => {
  const response = await surface.get(path);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
  expect(asRead(await response.json())).toEqual(asRead(await read(surface)));
});

test("a server says on every answer whether it only reads", async () => {
  const writing = surfaceOver(world, { writes: () => Promise.reject(new Error("not asked")) });
  const said = async (other: Surface, address: string): Promise<string | null> =>
    (await other.get(address)).headers.get(ONLY_READS);
  for (const address of ["/api/status", "/api/together?ask=/api/status", "/api/nothing"]) {
    expect(await said(surface, address)).toBe("1");
    expect(await said(writing, address)).toBe(null);
  }
  writing.end();
});

test.each(["/api/status", "/%61pi/status", "/ap%69/status", `/%61p%69/r/${RUN}`, "/a%70i/events", "/%61pi/doctor"])(
  "%s without the token reads nothing, in whatever letters the router finds it",
  async (address) => {
    const response = await surface.app.request(`http://localhost:4049${address}`, {
      headers: { host: "localhost:4049" },
    });
    expect([response.status, await codeOf(response)]).toEqual([401, "surface/no-token"]);
  },
);

test("a target is looked at now, as every surface does", async () => {
  const [{ id }] = asRead(await surface.reading.targets()) as readonly [{ readonly id: string }];
  const response = await surface.get(`/api/targets/${id}`);
  expect(asRead(await response.json())).toEqual(asRead(valueOf(await surface.reading.target(id))));
});

const NO_LOG = { lines: [], streams: [], total: 0 } as const;

test("a log is told a page at a time, with the true number of its lines", async () => {
  const { lines, streams, total } = valueOf(await surface.reading.log(RUN, { stage: "validation" })) ?? NO_LOG;
  expect(lines.length).toBeGreaterThan(2);
  const page = await surface.get(`/api/r/${RUN}/log?stage=validation&after=1&limit=1`);
  expect(await page.json()).toEqual({ lines: asRead(lines.slice(1, 2)), matches: lines.length, streams, total });
  const base = (await (await surface.get(`/api/r/${RUN}/log?stage=validation&stream=base`)).json()) as LogPage;
  expect(base).toMatchObject({ lines: lines.filter(({ stream }) => stream === "base"), streams });
  expect(base.lines.length).toBeGreaterThan(0);
  const word = lines[1]?.text ?? "";
  const sought = await surface.get(`/api/r/${RUN}/log?stage=validation&limit=1&grep=${encodeURIComponent(word)}`);
  expect(await sought.json()).toMatchObject({ matches: lines.filter(({ text }) => text.includes(word)).length, total });
});

test("a diff has its lines with their numbers, of one file as of all, and a name that is not in it is nothing", async () => {
  const all = valueOf(await surface.reading.diffLines(RUN));
  const [file] = all?.files ?? [];
  const lines = file?.hunks.flatMap((hunk) => hunk.lines) ?? [];
  expect(lines.filter(({ kind }) => kind === "added")).toHaveLength(file?.added ?? -1);
  expect(lines.filter(({ kind }) => kind === "removed")).toHaveLength(file?.removed ?? -1);
  const one = await surface.get(`/api/r/${RUN}/diff/lines?file=${encodeURIComponent(file?.path ?? "")}`);
  expect(await one.json()).toEqual(asRead({ ...all, files: [file] }));
  expect((await surface.get(`/api/r/${RUN}/diff/lines?file=..%2Fetc%2Fpasswd`)).status).toBe(404);
});

test("a run says what was tried of each of its sandboxes, and its files say whose word they are", async () => {
  const run = valueOf(await surface.reading.run(RUN));
  expect(run?.canaries.length).toBeGreaterThan(1);
  for (const { event, results } of run?.canaries ?? []) {
    const [step] = valueOf(await surface.reading.events(RUN, { after: event - 1, limit: 1 }))?.steps ?? [];
    expect(step).toMatchObject({ seq: event, label: "sandbox.canary", detail: { results } });
    expect(Object.values(results).filter((verdict) => verdict !== "not-tried")).toContain("held");
    expect(Object.values(results)).not.toContain("broken");
  }
  const files = valueOf(await surface.reading.evidence(RUN)) ?? [];
  expect(files.filter(({ trust }) => trust === "unlisted")).toEqual([]);
  expect(files.find(({ name }) => name === "approval/packet.md")).toMatchObject({
    mediaType: "text/markdown",
    trust: "human-signed",
    producedBy: "human",
  });
});

test("the way to do a step again names its inputs by digest, as they lie in the bundle", async () => {
  const files = valueOf(await surface.reading.evidence(RUN)) ?? [];
  const digests = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const paths = valueOf(await surface.reading.replayPaths(RUN)) ?? [];
  expect(paths.map(({ level }) => level)).toContain("patch");
  for (const { inputs } of paths)
    expect(inputs.map(({ file }) => digests.get(file))).toEqual(inputs.map(({ sha256 }) => sha256));
});

test("what began and was ended has its time, and every fact the stage in which the line stood", async () => {
  const steps = valueOf(await surface.reading.events(RUN, { after: -1, limit: 10_000 }))?.steps ?? [];
  expect(steps[0]).toMatchObject({ seq: 0, label: "run.ordered", stage: "gate" });
  const validation = steps.find(({ label }) => label === "validation.started");
  const end = steps.find(({ label, subject }) => label === "validation.finished" && subject === validation?.subject);
  expect(validation).toMatchObject({ stage: "validation" });
  expect(validation?.ms).toBe(Date.parse(end?.startedAt ?? "") - Date.parse(validation?.startedAt ?? ""));
});

test("a list of runs goes on where it ended", async () => {
  const first = (await (await surface.get("/api/runs?limit=1")).json()) as Record<string, unknown>;
  expect(first).not.toHaveProperty("nextCursor");
  expect(await (await surface.get(`/api/runs?cursor=${RUN}`)).json()).toEqual({ runs: [], total: 1 });
  expect(await (await surface.get("/api/runs?cursor=R-999-01")).json()).toEqual({ runs: [], total: 1 });
});

test("the packet's source is its bytes", async () => {
  const source = await surface.get(`/api/w/${WORK}/source`);
  const bytes = valueOf(await surface.reading.packetSource(WORK));
  expect(Buffer.from(await source.arrayBuffer())).toEqual(Buffer.from(bytes ?? []));
});

test("an artifact is downloaded as text or bytes, never shown, and kept for ever only under its digest", async () => {
  const files = valueOf(await surface.reading.evidence(RUN)) ?? [];
  expect(files.length).toBeGreaterThan(15);
  for (const { name, sha256 } of files) {
    const at = `/api/r/${RUN}/evidence/${name}`;
    const now = await surface.get(at);
    expect(digestOf(new Uint8Array(await now.arrayBuffer()))).toBe(sha256);
    expect(now.headers.get("content-type")).toMatch(/^(?:text\/plain; charset=utf-8|application\/octet-stream)$/);
    expect(now.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w][\w.-]*"$/);
    expect(now.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    expect([now.headers.get("etag"), now.headers.get("cache-control")]).toEqual([`"${sha256}"`, "no-store"]);
    const kept = await surface.get(`${at}?sha256=${sha256}`);
    expect(kept.headers.get("cache-control")).toContain("immutable");
    const held = await surface.get(at, { "if-none-match": `"${sha256}"` });
    expect([held.status, await held.text()]).toEqual([304, ""]);
  }
  expect(files.map(({ name }) => name)).toContain("verify.html");
});

test("an artifact that is asked for by another digest is refused, with the digest that it has", async () => {
  const moved = await surface.get(`/api/r/${RUN}/evidence/report.json?sha256=${"0".repeat(64)}`);
  expect(moved.status).toBe(412);
  const [{ sha256 } = { sha256: "" }] = (valueOf(await surface.reading.evidence(RUN)) ?? []).filter(
    ({ name }) => name === "report.json",
  );
  expect(await moved.json()).toMatchObject({
    code: "surface/digest-moved",
    refusals: [{ detail: { now: sha256 } }],
  });
});

const PATHS = [
  "..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "....//", "%00", `${RUN}%00`, "%", "%zz",
  "__proto__", "constructor", "toString", "%5c..%5c", "\u202e", "<script>", "a".repeat(600),
  "javascript:alert(1)", "R-049-09", "-", "*", "~", "$HOME", "CON", "file:///etc/passwd",
]; // prettier-ignore

test.each(PATHS)("the name %j leads to nothing, wherever it stands", async (name) => {
  for (const at of ["/api/r/", "/api/w/", "/api/targets/", "/api/explain/", `/api/r/${RUN}/evidence/`]) {
    const response = await surface.get(at + name);
    expect([at, response.status]).toEqual([at, 404]);
    expect(await codeOf(response)).toBe("surface/nothing-there");
  }
  expect(surface.told).toEqual([]);
});

test("what is not there is answered with the names that may have been meant", async () => {
  expect(await (await surface.get("/api/r/R-049-09")).json()).toMatchObject({
    type: "urn:cto:surface/nothing-there",
    title: "Nothing there",
    status: 404,
    detail: "There is no run R-049-09.",
    near: [RUN],
    next: expect.any(String),
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    refusals: [{ code: "surface/nothing-there" }],
  });
});

test.each([
  ["/api/status?need=me", 400],
  ["/api/status?needs=a&needs=b", 400],
  ["/api/audit?after=-1", 400],
  ["/api/audit?after=1e3", 400],
  ["/api/audit?limit=0", 400],
  ["/api/audit?limit=100000", 400],
  ["/api/audit?__proto__=1", 400],
  ["/api/runs?work=../x", 400],
  ["/api/runs?cursor=R-1", 400],
  [`/api/runs?state=${"a".repeat(600)}`, 400],
  [`/api/r/${RUN}/evidence/report.json?sha256=x`, 400],
  ["/api/events?after=1", 400],
  ["/api", 404],
  ["/api/", 404],
  ["/api/run", 404],
  ["/api/status/", 404],
  ["/API/status", 404],
  ["/assets/../index.html", 404],
  ["/index.htm", 404],
  ["/.env", 404],
  ["/wp-admin", 404],
])("%s is refused, and no route answers for another", async (path, status) => {
  const response = await surface.get(path);
  expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
});

test("every route refuses a wrong host, a missing token, another site, and every method that changes something", async () => {
  const paths = readRoutes(surface.reading, () => Promise.resolve([])).map(({ path }) =>
    path.replace(":name{.+}", "states").replaceAll(/:\w+(\{.+\})?/g, RUN),
  );
  for (const path of [...paths, "/api/events"]) {
    const at = `http://localhost:4049${path}`;
    const status = async (headers: object, method = "GET"): Promise<number> =>
      (await surface.app.request(at, { method, headers: { ...surface.headers, ...headers } })).status;
    expect(await status({ host: "evil.example:4049" })).toBe(421);
    expect(await status({ "X-CTO-Token": "wrong" })).toBe(401);
    expect(await status({ "sec-fetch-site": "cross-site" })).toBe(403);
    const write = {
      origin: "http://localhost:4049",
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
    };
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) expect(await status(write, method)).toBe(405);
  }
});

test("every answer, also a no, carries the headers that keep a page in its place, and no cookie", async () => {
  for (const path of ["/", "/api/status", "/api/nothing", "/nothing", `/api/r/${RUN}/evidence/report.json`]) {
    for (const host of ["localhost:4049", "127.0.0.1:4049", "evil.example"]) {
      const { headers } = await surface.get(path, { host });
      for (const [name, value] of Object.entries(HEADERS))
        if (name !== "Content-Security-Policy" || !path.includes("evidence")) expect(headers.get(name)).toBe(value);
      expect(headers.get("content-security-policy")).toMatch(/default-src 'none'/);
      expect([headers.get("set-cookie"), headers.get("access-control-allow-origin")]).toEqual([null, null]);
    }
  }
  expect(HEADERS["Content-Security-Policy"]).not.toMatch(/unsafe|\*|https?:/);
  expect(HEADERS["Content-Security-Policy"]).toContain("require-trusted-types-for 'script'");
});

test("a part of the world that broke is 503 with its next step, a bug is 500 and says nothing of itself", async () => {
  const broken = (why: Error): Surface => {
    const status = async (): Promise<never> => {
      await Promise.resolve();
      throw why;
    };
    return surfaceOver(world, { reading: { ...surface.reading, status } });
  };
  const failed = await broken(new Failure("store/busy", "held")).get("/api/status");
  expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await failed.json()).toMatchObject({ code: "store/busy", next: expect.stringContaining("again") });
  const bug = broken(new TypeError("secret /home/jp"));
  const answer = await bug.get("/api/status");
  expect([answer.status, (await answer.text()).includes("secret")]).toEqual([500, false]);
  expect(bug.told).toHaveLength(1);
});

test("the client's files are its page for every page, and assets that are kept for ever", async () => {
  const file = (text: string, type: string) => ({ bytes: new TextEncoder().encode(text), type });
  const client = new Map([
    ["/index.html", file("<p>page", "text/html; charset=utf-8")],
    ["/assets/a.1.js", file("1", "text/javascript; charset=utf-8")],
  ]);
  const { get } = surfaceOver(world, { client });
  for (const path of ["/", "/runs", "/r/R-049-01/replay", "/w/CTO-WORK-049", "/settings"]) {
    const page = await get(path, { "X-CTO-Token": "" });
    expect([page.status, await page.text(), page.headers.get("cache-control")]).toEqual([200, "<p>page", "no-store"]);
  }
  const asset = await get("/assets/a.1.js");
  expect(asset.headers.get("cache-control")).toContain("immutable");
  for (const path of ["/assets/", "/assets/b.js", "/assets/..%2f..%2fbuild.json", "/runsx"])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect(await (await surface.get("/")).text()).toContain("no web client");
});

test("a list of runs takes several states, and says who asked for each run", async () => {
  const list = async (state: string): Promise<unknown> => (await surface.get(`/api/runs?state=${state}`)).json();
  expect(await list("executing,awaiting_outcome")).toMatchObject({ total: 1, runs: [{ run: RUN, by: "uid:0" }] });
  expect(await list("executing,stopping")).toEqual({ runs: [], total: 0 });
});

test("the ledger of one work item is a list of its own, with its own number", async () => {
  const whole = (await (await surface.get("/api/audit?limit=1000")).json()) as AuditPage;
  const own = whole.entries.filter(({ work }) => work === WORK);
  expect(own.length).toBeLessThan(whole.size);
  expect(await (await surface.get(`/api/audit?work=${WORK}&after=1&limit=2`)).json()).toEqual({
    entries: own.slice(1, 3),
    size: whole.size,
    matches: own.length,
  });
  expect((await surface.get("/api/audit?work=049")).status).toBe(400);
});

test("a bundle whose verdict is remembered fails as soon as one byte of it is another", async () => {
  const run = parseRunId(RUN);
  if (run === undefined) throw new TypeError("a run id has two numbers");
  const verdict = async (): Promise<unknown> => valueOf(await surface.reading.run(RUN))?.verify?.verdict;
  const sha256 = async (): Promise<unknown> =>
    (valueOf(await surface.reading.evidence(RUN)) ?? []).find(({ name }) => name === "report.json")?.sha256;
  await expect.poll(() => world.archive.fingerprint(run), { timeout: 10_000 }).toBeDefined();
  expect([await verdict(), await verdict()]).toEqual(["PASS", "PASS"]);
  const before = await sha256();
  const file = path.join(world.archive.folder(run), "report.json");
  const bytes = readFileSync(file);
  const { atime, mtime } = statSync(file);
  chmodSync(file, 0o600);
  writeFileSync(
    file,
    bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte)),
  );
  utimesSync(file, atime, mtime);
  expect([await verdict(), await sha256()]).toEqual(["FAIL", expect.not.stringMatching(String(before))]);
  writeFileSync(file, bytes);
  chmodSync(file, 0o444);
  await expect.poll(() => world.archive.fingerprint(run), { timeout: 10_000 }).toBeDefined();
  expect([await verdict(), await sha256()]).toEqual(["PASS", before]);
});
