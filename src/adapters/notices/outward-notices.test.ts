import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { Webhook as Verifier } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Parcel, Sent } from "../../seams/notices.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { Channel, Webhook } from "../../workflow/notify-policy.ts";
import { outwardNotices } from "./outward-notices.ts";
import type { Resolve } from "./receiver-address.ts";

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;
const BODY = JSON.stringify({ specversion: "1.0", id: "x", data: { title: "naïve ☃" } });
const ID = digestOf("a notice");

let folder: string;
let server: Server | undefined;
const heard: Heard[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto-notices-"));
  heard.length = 0;
  await writeFile(path.join(folder, "ops.secret"), `${SECRET}\n`, { mode: 0o600 });
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** A real receiver on this machine, which answers as it is told. */
const receiver = async (answer: (response: ServerResponse) => void): Promise<string> => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      heard.push({
        headers: request.headers,
        body: Buffer.concat(pieces).toString(),
        path: request.url ?? "",
      });
      answer(response);
    });
    request.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return `http://127.0.0.1:${address.port}/hook?x=1`;
};

const hook = (url: string, more: Partial<Webhook> = {}): Webhook => ({
  kind: "webhook",
  name: "ops",
  url,
  secretFile: "ops.secret",
  allowPrivate: false,
  ...more,
});

const post = (
  channel: Channel,
  {
    resolve,
    signal = new AbortController().signal,
  }: { readonly resolve?: Resolve; readonly signal?: AbortSignal } = {},
): Promise<Sent> => {
  const parcel: Parcel = { channel, id: ID, atSeconds: Math.floor(Date.now() / 1000), body: BODY };
  const notices = outwardNotices({ stateFolder: folder, answerMs: 250, ...(resolve === undefined ? {} : { resolve }) });
  return notices.post(parcel, signal);
};

test("the reference library of Standard Webhooks verifies what a receiver gets, and nothing that was changed", async () => {
  const url = await receiver((response) => response.writeHead(204).end());
  expect(await post(hook(url))).toEqual({ kind: "sent" });
  const [got] = heard;
  expect(got).toMatchObject({ body: BODY, path: "/hook?x=1" });
  expect(got?.headers).toMatchObject({
    "webhook-id": ID,
    "content-type": "application/cloudevents+json; charset=utf-8",
  });
  const headers = got?.headers as Record<string, string>;
  expect(new Verifier(SECRET).verify(BODY, headers)).toMatchObject({ specversion: "1.0" });
  expect(() => new Verifier(SECRET).verify(`${BODY} `, headers)).toThrow("No matching signature found");
  expect(() => new Verifier(SECRET).verify(BODY, { ...headers, "webhook-id": "another" })).toThrow("No matching");
  const hourAgo = String(Number(headers["webhook-timestamp"]) - 3600);
  expect(() => new Verifier(SECRET).verify(BODY, { ...headers, "webhook-timestamp": hourAgo })).toThrow("too old");
});

test("while one secret takes the other's place, both sign", async () => {
  const next = `whsec_${randomBytes(24).toString("base64")}`;
  await writeFile(path.join(folder, "ops.secret"), `${SECRET}\n${next}\n`);
  const url = await receiver((response) => response.writeHead(200).end());
  expect(await post(hook(url))).toEqual({ kind: "sent" });
  for (const secret of [SECRET, next]) new Verifier(secret).verify(BODY, heard[0]?.headers as Record<string, string>);
});

// What a receiver may do to us: each ends within its time, and none is taken for a delivery.
test.each<[string, (response: ServerResponse) => void, Sent["kind"], RegExp]>([
  ["never answers", () => undefined, "failed", /no answer in time/],
  [
    "says yes one letter at a time",
    (response) => {
      const { socket } = response;
      socket?.write("HTTP/1.1 200 OK\r\nx: ");
      const dribble = setInterval(() => socket?.write("y"), 20);
      socket?.once("close", () => clearInterval(dribble));
    },
    "failed",
    /no answer in time/,
  ],
  ["closes in the middle", (response) => response.socket?.destroy(), "failed", /could not be reached|closed/],
  [
    "sends us to the metadata service",
    (response) => response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end(),
    "failed",
    /302, and redirects are not followed/,
  ],
  ["wants nothing more", (response) => response.writeHead(410).end(), "gone", /410/],
  ["breaks", (response) => response.writeHead(500).end("x".repeat(100_000)), "failed", /answered 500/],
  [
    "answers with headers without end",
    (response) => response.socket?.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`),
    "failed",
    /could not be reached/,
  ],
  ["speaks something else", (response) => response.socket?.end("SSH-2.0-x\r\n"), "failed", /could not be reached/],
])("a receiver that %s: %s %s %s", async (_, answer, kind, problem) => {
  const url = await receiver(answer);
  const sent = await post(hook(url));
  expect(sent).toMatchObject({ kind, problem: expect.stringMatching(problem) });
  expect(heard).toHaveLength(1);
  expect(JSON.stringify(sent)).not.toContain("hook");
});

test("a receiver that says yes and then talks for ever is one that said yes", async () => {
  let talking: NodeJS.Timeout | undefined;
  const url = await receiver((response) => {
    response.writeHead(200);
    talking = setInterval(() => response.write("x".repeat(1000)), 5);
  });
  try {
    expect(await post(hook(url))).toEqual({ kind: "sent" });
  } finally {
    clearInterval(talking);
  }
});

test("an attempt that is broken off ends at once", async () => {
  const url = await receiver(() => undefined);
  expect(await post(hook(url), { signal: AbortSignal.timeout(20) })).toEqual({
    kind: "failed",
    problem: "the attempt was broken off",
  });
});

// Where a name may lead: the address is asked for once and dialled, and one bad answer refuses all of them.
test.each<[string, readonly string[], boolean, RegExp]>([
  ["https://hooks.example.org/x", ["169.254.169.254"], true, /its link/],
  ["https://hooks.example.org/x", ["fe80::1"], true, /its link/],
  ["https://hooks.example.org/x", ["127.0.0.1"], true, /this machine/],
  ["https://hooks.example.org/x", ["::1"], true, /this machine/],
  ["https://hooks.example.org/x", ["::ffff:10.0.0.1"], true, /no net/],
  ["https://hooks.example.org/x", ["0.0.0.0"], true, /this machine/],
  ["https://hooks.example.org/x", ["64:ff9b::a9fe:a9fe"], true, /no net/],
  ["https://hooks.example.org/x", ["10.0.0.1"], false, /private/],
  ["https://hooks.example.org/x", ["192.168.1.9"], false, /private/],
  ["https://hooks.example.org/x", ["100.64.0.1"], false, /private/],
  ["https://hooks.example.org/x", ["fd00::1"], false, /private/],
  ["https://hooks.example.org/x", ["93.184.216.34", "10.0.0.1"], false, /private/],
  ["https://hooks.example.org/x", [], false, /no address/],
  ["https://hooks.example.org/x", ["nonsense"], true, /no net/],
  ["https://10.0.0.1/x", [], false, /private/],
  ["https://[fe80::1]/x", [], true, /its link/],
  ["https://169.254.169.254/x", [], true, /its link/],
  ["http://localhost:1/x", ["10.0.0.1"], true, /leads off this machine/],
])("%s that leads to %s (allowPrivate %s) is not dialled", async (url, addresses, allowPrivate, problem) => {
  const sent = await post(hook(url, { allowPrivate }), { resolve: () => Promise.resolve(addresses) });
  expect(sent).toMatchObject({ kind: "failed", problem: expect.stringMatching(problem) });
});

test("a private net is dialled where the home says so, and a name that cannot be resolved is no address", async () => {
  const dialled = await post(hook("https://hooks.example.org:1/x", { allowPrivate: true }), {
    resolve: () => Promise.resolve(["192.168.255.255"]),
  });
  expect(dialled).toMatchObject({ problem: expect.stringMatching(/could not be reached|no answer in time/) });
  const lost = await post(hook("https://hooks.example.org/x"), { resolve: () => Promise.reject(new Error("no")) });
  expect(lost).toEqual({ kind: "failed", problem: "its name has no address" });
});

test.each<[string, (file: string) => Promise<unknown>, RegExp]>([
  ["can be read by others", (file) => writeFile(file, SECRET, { mode: 0o644 }), /mode 0644: chmod 600/],
  ["can be read by the group", (file) => writeFile(file, SECRET, { mode: 0o640 }), /mode 0640/],
  ["is a link", (file) => symlink(path.join(folder, "ops.secret"), file), /is a link/],
  ["is a folder", (file) => mkdir(file), /no plain file/],
  ["is absent", () => Promise.resolve(), /absent/],
  ["is empty", (file) => writeFile(file, "\n", { mode: 0o600 }), /no line whsec_/],
  ["holds a short key", (file) => writeFile(file, "whsec_c2hvcnQ=", { mode: 0o600 }), /no line whsec_/],
  ["holds no key", (file) => writeFile(file, "correct horse", { mode: 0o600 }), /no line whsec_/],
  ["holds three", (file) => writeFile(file, `${SECRET}\n`.repeat(3), { mode: 0o600 }), /more than two/],
  ["is huge", (file) => writeFile(file, `${SECRET}\n`.repeat(1000), { mode: 0o600 }), /more than 1024 bytes/],
])("a secret file that %s is not used, and nothing is sent", async (_, make, problem) => {
  const url = await receiver((response) => response.writeHead(200).end());
  const file = path.join(folder, "other.secret");
  await make(file);
  const channel = hook(url, { secretFile: file });
  const sent = await post(channel);
  expect(sent).toMatchObject({ kind: "failed", problem: expect.stringMatching(problem) });
  expect(await outwardNotices({ stateFolder: folder }).problemOf(channel)).toMatch(problem);
  expect(heard).toEqual([]);
  expect(JSON.stringify(sent)).not.toMatch(/whsec_[A-Za-z0-9]|horse/);
});

const NOTICE = JSON.stringify({
  data: {
    state: "voided(confinement)",
    reason: "workspace/canary-succeeded",
    run: "R-049-01",
    work: "CTO-WORK-049",
    title: "--action=yes \\033[1m <b>&bold</b>",
    who: "operator",
    url: "http://localhost:4049/r/R-049-01",
  },
});

/** A program in place of notify-send that writes down what it was started with, and then does as it is told. */
const desktop = async (then: string, signal = new AbortController().signal): Promise<readonly [Sent, string]> => {
  const program = path.join(folder, "notify-send");
  const log = path.join(folder, "started");
  const text = `#!/bin/sh\n{ printf '[%s]' "$@"; echo; env; } > ${log}\n${then}\n`;
  await writeFile(program, text, { mode: 0o755 });
  const notices = outwardNotices({
    stateFolder: folder,
    notifySend: program,
    environment: { DBUS_SESSION_BUS_ADDRESS: "unix:path=/x", CTO_HARNESS_ALLOW_CASE: "1", HOME: "/secret" },
  });
  const channel = { kind: "desktop" } as const;
  expect(await notices.problemOf(channel)).toBe("none");
  const sent = await notices.post({ channel, id: ID, atSeconds: 0, body: NOTICE }, signal);
  return [sent, await readFile(log, "utf8")];
};

test("the desktop is told in words that are no option, markup or escape, by a program that is given nothing else", async () => {
  const [sent, started] = await desktop("exit 0");
  expect(sent).toEqual({ kind: "sent" });
  expect(started).toContain(
    "[--app-name][CTO Harness][--urgency][critical][--][Voided: workspace/canary-succeeded  R-049-01]" +
      "[--action=yes \\\\033[1m &lt;b&gt;&amp;bold&lt;/b&gt;\noperator\nhttp://localhost:4049/r/R-049-01]",
  );
  expect(started).toContain("DBUS_SESSION_BUS_ADDRESS=unix:path=/x");
  expect(started).not.toMatch(/CTO_HARNESS|HOME=|NODE_/);
});

test("a desktop that is not there, or hangs, is told of and not tried again", async () => {
  expect((await desktop("exit 1"))[0]).toEqual({
    kind: "gone",
    problem: "notify-send ended with 1: no desktop of this user is there",
  });
  const [hung] = await desktop("exec sleep 60", AbortSignal.timeout(300));
  expect(hung).toEqual({ kind: "gone", problem: "the desktop gave no answer in time" });
  const absent = outwardNotices({ stateFolder: folder, notifySend: path.join(folder, "no-such-program") });
  const parcel = { channel: { kind: "desktop" }, id: ID, atSeconds: 0, body: NOTICE } as const;
  const problem = "notify-send is absent: apt-get install libnotify-bin";
  expect(await absent.post(parcel, new AbortController().signal)).toEqual({ kind: "gone", problem });
  expect(await absent.problemOf(parcel.channel)).toBe(problem);
});

const lines = async (): Promise<string> => readFile(path.join(folder, "notices.jsonl"), "utf8");
const write = (...texts: readonly string[]): Promise<Sent> => outwardNotices({ stateFolder: folder }).write(texts);

test("lines are appended whole, and what a dead writer left half is written over", async () => {
  expect(await write('{"a":1}', '{"b":2}')).toEqual({ kind: "sent" });
  await writeFile(path.join(folder, "notices.jsonl"), `${await lines()}{"half":`);
  expect(await write('{"c":3}')).toEqual({ kind: "sent" });
  expect(await lines()).toBe('{"a":1}\n{"b":2}\n{"c":3}\n');
});

test("a link or a folder in place of the file is told, and nothing is written through it", async () => {
  await symlink("/dev/full", path.join(folder, "notices.jsonl"));
  expect(await write("{}")).toEqual({ kind: "failed", problem: "notices.jsonl: a link stands in its place" });
  await rm(path.join(folder, "notices.jsonl"));
  await mkdir(path.join(folder, "notices.jsonl"));
  expect(await write("{}")).toEqual({ kind: "failed", problem: "notices.jsonl: a folder stands in its place" });
});

test("on a full disk the file keeps its whole lines, and the failure is told", async () => {
  const program = path.join(import.meta.dirname, "../../../test/fixtures/fill-notices.ts");
  const view = [
    "--dev-bind",
    "/",
    "/",
    "--size",
    "65536",
    "--tmpfs",
    folder,
    "--chdir",
    "/",
    process.execPath,
    program,
  ];
  const { stdout } = await promisify(execFile)("bwrap", [...view, folder]);
  const { sent, kept, rest } = JSON.parse(stdout) as {
    readonly sent: Sent;
    readonly kept: readonly string[];
    readonly rest: string;
  };
  expect(sent).toEqual({ kind: "failed", problem: "notices.jsonl: no space left" });
  expect(kept.length).toBeGreaterThan(5);
  expect(rest).toBe("");
  for (const [at, line] of kept.entries()) expect(JSON.parse(line)).toMatchObject({ at });
});
