import { request as httpRequest } from "node:http";
import { connect, createServer } from "node:net";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { TOKEN_HEADER } from "../../src/control-surface/door.ts";
import { serveSurface } from "../../src/control-surface/serve.ts";
import type { Served } from "../../src/harness/home/served.ts";
import type { World } from "../../src/harness/world.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { admit, makeGround, type Ground } from "../journeys/ground.ts";

let ground: Ground;
let world: World;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
});
afterAll(() => ground.close());

const examine = (): Promise<readonly []> => Promise.resolve([]);
const openToWrite = (): Promise<World> => ground.open();

const started: Served[] = [];
const told: string[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((served) => served.close()));
  expect(told).toEqual([]);
});

const start = async (): Promise<Served & { readonly headers: Readonly<Record<string, string>> }> => {
  const served = await serveSurface({ world, openToWrite, examine, port: 0, tell: (line) => void told.push(line) });
  if (!served.ok) throw new Error(served.refusals.map(({ code }) => code).join(", "));
  started.push(served.value);
  return { ...served.value, headers: { [TOKEN_HEADER]: new URL(served.value.url).hash.replace("#token=", "") } };
};

/** What a socket answers to bytes as they are, until the other side ends or the text is there. */
const raw = (port: number, text: string, until?: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
      if (until !== undefined && said.includes(until)) socket.destroy();
    });
    socket.on("close", () => resolve(said));
    socket.on("error", reject);
  });

const HAS_SIX = await new Promise<boolean>((resolve) => {
  const probe = createServer().once("error", () => resolve(false));
  probe.listen(0, "::1", () => probe.close(() => resolve(true)));
});

test("it answers on both loopback addresses of one port, under the one name, and no other address has it", async () => {
  const { port, url, headers } = await start();
  expect(url).toMatch(new RegExp(`^http://localhost:${port}/#token=[\\w-]{43}$`));
  for (const host of ["127.0.0.1", ...(HAS_SIX ? ["::1"] : [])]) {
    const status = await new Promise((resolve, reject) => {
      const asked = { host, port, path: "/api/status", headers: { ...headers, host: `localhost:${port}` } };
      httpRequest(asked, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect([host, status]).toEqual([host, 200]);
  }
  const elsewhere = connect(port, "127.0.0.2");
  const code = await new Promise((resolve) => elsewhere.once("error", (error) => resolve(Object(error).code)));
  expect(code).toBe("ECONNREFUSED");
});

test.each(HAS_SIX ? ["127.0.0.1", "::1"] : ["127.0.0.1"])(
  "it does not start when somebody else holds the port on %s, and holds neither then",
  async (address) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, address, () => resolve()));
    const { port } = holder.address() as { readonly port: number };
    const served = await serveSurface({ world, openToWrite, examine, port, tell: () => undefined });
    expect(served.ok ? [] : served.refusals).toMatchObject([{ code: "surface/port-taken", facts: { port, address } }]);
    await new Promise((resolve) => holder.close(resolve));
    const again = await serveSurface({ world, openToWrite, examine, port, tell: () => undefined });
    if (again.ok) started.push(again.value);
    expect(again.ok).toBe(true);
  },
);

test.each([
  ["a path with dots, as it is", "GET /api/r/../../../../etc/passwd HTTP/1.1", "localhost", 404],
  ["a path with backslashes", "GET /api/r/..\\..\\etc\\passwd HTTP/1.1", "localhost", 400],
  ["an address of another host", "GET http://evil.example/api/status HTTP/1.1", "localhost", 421],
  ["an address as a file", "GET file:///etc/passwd HTTP/1.1", "localhost", 400],
  ["two slashes", "GET //etc/passwd HTTP/1.1", "localhost", 404],
  ["a foreign host", "GET / HTTP/1.1", "evil.example", 421],
  ["a host with a user", "GET / HTTP/1.1", "localhost@evil.example", 400],
  ["a tunnel", "CONNECT evil.example:443 HTTP/1.1", "localhost", 0],
  ["a trace", "TRACE / HTTP/1.1", "localhost", 405],
  ["a method of nobody", "BREW / HTTP/1.1", "localhost", 400],
  ["no http", "hello", "localhost", 400],
])("%s gets nothing", async (_, line, host, status) => {
  const { port, headers } = await start();
  const name = host === "localhost" ? `localhost:${port}` : host;
  const said = await raw(
    port,
    `${line}\r\nHost: ${name}\r\n${TOKEN_HEADER}: ${headers[TOKEN_HEADER] ?? ""}\r\nConnection: close\r\n\r\n`,
  );
  expect(said === "" ? 0 : Number(said.split(" ")[1])).toBe(status);
  expect(said).not.toContain("root:");
});

test("headers without end are refused, and two hosts as well", async () => {
  const { port } = await start();
  const host = `Host: localhost:${port}\r\n`;
  const long = `X-Long: ${"a".repeat(LIMITS.surfaceHeaderBytesMax)}\r\n`;
  expect(await raw(port, `GET / HTTP/1.1\r\n${host}${long}\r\n`)).toContain(" 431 ");
  const two = await raw(port, `GET / HTTP/1.1\r\nHost: evil.example\r\n${host}Connection: close\r\n\r\n`);
  expect(two).toMatch(/^HTTP\/1\.1 4(?:00|21) /);
});

test("1,000 streams of events: as many as there may be are open, the others are refused, and it goes on answering", async () => {
  const { port, headers } = await start();
  const host = `localhost:${port}`;
  let [open, refused, dropped] = [0, 0, 0];
  const left: (() => void)[] = [];
  await Promise.all(
    Array.from(
      { length: 1_000 },
      () =>
        new Promise<void>((resolve) => {
          const path = "/api/events";
          const asked = httpRequest({ host: "127.0.0.1", port, path, headers: { ...headers, host } }, (response) => {
            response.on("error", () => undefined);
            if (response.statusCode === 200) open += 1;
            else if (response.statusCode === 429) refused += 1;
            if (response.statusCode === 200) response.once("data", () => resolve());
            else response.resume().once("close", () => resolve());
          });
          asked.on("error", () => {
            dropped += 1;
            resolve();
          });
          left.push(() => asked.destroy());
          asked.end();
        }),
    ),
  );
  expect(open).toBe(LIMITS.surfaceStreamsMax);
  expect(open + refused + dropped).toBe(1_000);
  expect(refused).toBeGreaterThan(0);
  const answers = await fetch(`http://${host}/api/status`, { headers });
  expect(answers.status).toBe(200);
  // Whoever leaves makes room.
  for (const leave of left) leave();
  await expect
    .poll(async () => {
      const asked = await fetch(`http://${host}/api/events`, { headers });
      await asked.body?.cancel();
      return asked.status;
    })
    .toBe(200);
});

const textOf = async (reader: ReadableStreamDefaultReader<Uint8Array>, until: string): Promise<string> => {
  let text = "";
  while (!text.includes(until)) {
    const { value, done } = await reader.read();
    if (done) return text;
    text += new TextDecoder().decode(value);
  }
  return text;
};

test("a stream tells what is recorded from now on, and from a number on what was missed, each under its number", async () => {
  const { port, headers } = await start();
  const at = `http://localhost:${port}/api/events`;
  const live = (await fetch(at, { headers })).body?.getReader();
  if (live === undefined) throw new Error("there is no stream");
  expect(await textOf(live, ": open")).toBe(": open\n\n");
  await admit(world, ground);
  const leaves = await world.store.leaves(0);
  const admitted = leaves.findLast(({ type }) => type === "target.admitted");
  const text = await textOf(live, "target.admitted");
  expect(text).toContain(`event: target.admitted\nid: ${admitted?.seq}\ndata: {"seq":${admitted?.seq},`);
  await live.cancel();
  const again = (await fetch(at, { headers: { ...headers, "Last-Event-ID": "0" } })).body?.getReader();
  if (again === undefined) throw new Error("there is no stream");
  const missed = await textOf(again, "target.admitted");
  const wanted = leaves.map(({ seq }) => seq);
  expect([...missed.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(wanted);
  await again.cancel();
  const wrong = await fetch(at, { headers: { ...headers, "Last-Event-ID": "../1" } });
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([400, "surface/wrong-parameter"]);
});

test("a client that never ends its headers or its body is let go, and meanwhile others are answered", async () => {
  const { port, headers } = await start();
  const began = performance.now();
  const host = `Host: localhost:${port}\r\n`;
  const sent = `${TOKEN_HEADER}: ${headers[TOKEN_HEADER] ?? ""}\r\nOrigin: http://localhost:${port}\r\nSec-Fetch-Site: same-origin\r\n`;
  const slow = [
    ...Array.from({ length: 100 }, () => raw(port, `GET / HTTP/1.1\r\n${host}X-Slow: `)),
    raw(
      port,
      `POST /api/r/R-049-01/stop HTTP/1.1\r\n${host}${sent}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    ),
  ];
  expect((await fetch(`http://localhost:${port}/api/status`, { headers })).status).toBe(200);
  const said = await Promise.all(slow);
  expect(performance.now() - began).toBeLessThan(LIMITS.surfaceRequestTimeoutMs + 10_000);
  expect(said.filter((text) => /^HTTP\/1\.1 (?!408)/.test(text))).toEqual([]);
});

test("connections that are held and say nothing keep others out for their time only", async () => {
  const { port, headers } = await start();
  const asked = (): Promise<number | "shut out"> =>
    new Promise((resolve) => {
      const order = {
        host: "127.0.0.1",
        port,
        path: "/api/status",
        headers: { ...headers, host: `localhost:${port}` },
      };
      httpRequest(order, (response) => resolve(response.resume().statusCode ?? 0))
        .on("error", () => resolve("shut out"))
        .end();
    });
  const began = performance.now();
  const left: Promise<void>[] = [];
  const held = Array.from({ length: LIMITS.surfaceConnectionsMax }, () => {
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    left.push(new Promise((resolve) => socket.resume().once("close", () => resolve())));
    return new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  });
  await Promise.all(held);
  expect(await asked()).toBe("shut out");
  await Promise.all(left);
  expect(performance.now() - began).toBeLessThan(LIMITS.surfaceHeadersTimeoutMs + 5 * LIMITS.surfaceCheckMs);
  expect(await asked()).toBe(200);
}, 40_000);

test("it ends within its time, whoever still listens, and the port is free then", async () => {
  const { port, headers, close } = await start();
  const stream = await fetch(`http://localhost:${port}/api/events`, { headers });
  const silent = connect(port, "127.0.0.1");
  silent.on("error", () => undefined);
  silent.write("GET / HTTP/1.1\r\n");
  const began = performance.now();
  await close();
  expect(performance.now() - began).toBeLessThan(LIMITS.surfaceEndMs + 1_500);
  expect(await stream.text()).toBe(": open\n\n");
  await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow("fetch failed");
});
