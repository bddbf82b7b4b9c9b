import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";

import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";

import { TOKEN_HEADER } from "../../src/control-surface/door.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import { makeGround, openSwitches, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
  // Whatever a process of its own finds was made by one that writes.
  await lookInto(ground.home, () => Promise.resolve());
});
afterAll(() => ground.close());

const MAIN = path.join(import.meta.dirname, "../journeys/cto.ts");

interface Doctor {
  readonly checks: readonly { readonly id: string; readonly status: string }[];
}

test("cto serve --json tells one line when it is ready, opens no gate, and ends by TERM", async () => {
  const { heard } = await tellTo(ground);
  const env = { PATH: process.env["PATH"], HOME: ground.root, ...openSwitches("scripted") };
  const argv = [MAIN, "serve", "--json", "--port", "0", "--home", ground.home];
  const server = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  const lines: string[] = [];
  const reader = createInterface({ input: server.stdout });
  const [line] = (await once(reader, "line")) as [string];
  reader.on("line", (more) => lines.push(more));
  try {
    const told = JSON.parse(line) as { readonly url: string; readonly port: number };
    expect(told).toMatchObject({ schema: "cto.serve.v1", ok: true, readOnly: false, pid: server.pid });
    const { origin, hash } = new URL(told.url);
    expect(origin).toBe(`http://localhost:${told.port}`);
    const headers = { [TOKEN_HEADER]: hash.replace("#token=", "") };
    const work = await (await fetch(`${origin}/api/w/${ground.work}`, { headers })).text();
    expect(work).toContain("gate/env-not-set");
    const doctor = (await (await fetch(`${origin}/api/doctor`, { headers })).json()) as Doctor;
    const printed = jsonOf(await runCto(["doctor", "--json"], { home: ground.home, env: {} })) as unknown as Doctor;
    const [seen, wanted] = [doctor, printed].map(({ checks }) => checks.map(({ id, status }) => [id, status]));
    expect(seen).toEqual(wanted);
    expect(seen).toContainEqual(["node", "ok"]);
    // It sees what nobody records, and tells it: a real request that the reference library takes, at the real time.
    const { body, headers: signed } = await heard;
    expect(new Webhook(SECRET).verify(body, signed)).toMatchObject({
      type: "cto.gate.blocked.v1",
      data: { work: ground.work, reason: "admission/absent" },
    });
    const notices = await (await fetch(`${origin}/api/notices`, { headers })).json();
    expect(notices).toMatchObject({
      channels: [{ channel: "file" }, { channel: "webhook:ops", problem: "none" }],
      notices: [{ type: "cto.gate.blocked.v1", work: ground.work }],
    });
    const again = await runCto(["serve", "--port", String(told.port)], { home: ground.home });
    expect([again.exit, again.stderr]).toEqual([3, expect.stringContaining("surface/port-taken")]);
  } finally {
    server.kill("SIGTERM");
  }
  const began = performance.now();
  expect(await ended).toEqual([0, null]);
  expect(performance.now() - began).toBeLessThan(LIMITS.surfaceEndMs + 3_000);
  expect(lines).toEqual([]);
});

test("cto serve tells people its address, who may do what there, and where the manual is", async () => {
  const argv = [MAIN, "serve", "--read-only", "--port", "0", "--home", ground.home];
  const env = { PATH: process.env["PATH"], HOME: ground.root, ...COMPILE_CACHE };
  const server = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(server, "exit");
  let story = "";
  server.stderr.on("data", (bytes: Buffer) => (story += bytes.toString("utf8")));
  try {
    const [url] = (await once(createInterface({ input: server.stdout }), "line")) as [string];
    await expect.poll(() => story.match(/\n/g)?.length).toBe(2);
    expect(story).toMatch(/^serving   for this machine alone\. Whoever has the address may read\. Ctrl-C ends it\.\n/);
    const manual = /^manual    (.+)$/m.exec(story)?.[1] ?? "";
    expect(new URL(manual).origin).toBe(new URL(url).origin);
    // It is there for whoever has no token.
    const page = await fetch(manual);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<h1")]);
  } finally {
    server.kill("SIGTERM");
  }
  expect(await ended).toEqual([0, null]);
}, 60_000);

const SECRET = `whsec_${randomBytes(32).toString("base64")}`;

interface Heard {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** Has a home tell a receiver of this machine; answers what comes first. */
const tellTo = async ({ home }: Ground): Promise<{ readonly heard: Promise<Heard> }> => {
  const receiver = createServer();
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const address = receiver.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const hook = `webhooks: [{ name: ops, url: "http://127.0.0.1:${address.port}/", secretFile: ops.secret }]`;
  await writeFile(path.join(home, ".cto/ops.secret"), SECRET, { mode: 0o600 });
  await writeFile(path.join(home, ".cto/notify.yaml"), `schema: cto/notify/v1\n${hook}\n`, { mode: 0o600 });
  const heard = new Promise<Heard>((resolve) => {
    receiver.on("request", (request, response) => {
      const pieces: Buffer[] = [];
      request.on("data", (piece: Buffer) => pieces.push(piece));
      request.on("end", () => {
        response.writeHead(204).end();
        receiver.close();
        resolve({ body: Buffer.concat(pieces).toString(), headers: request.headers as Record<string, string> });
      });
    });
  });
  return { heard };
};

test("a port that is none is a mistake of the command line", async () => {
  for (const port of ["65536", "-1", "http", "4049.5"])
    expect((await runCto(["serve", `--port=${port}`], { home: ground.home })).exit).toBe(2);
});
