import { connect, createServer } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import {
  exchangeOver,
  openProvider,
  openWatched,
  requestText,
  until,
  upstreamAt,
  type Provider,
  type Watched,
} from "../../../test/fakes/provider.ts";

let provider: Provider;
let watched: Watched;
beforeAll(async () => {
  provider = await openProvider();
  watched = await openWatched(
    { upstream: upstreamAt(provider.port) },
    { headersTimeoutMs: 200, requestTimeoutMs: 400 },
  );
});
afterAll(async () => {
  await watched.relay.close();
  provider.close();
});

const HOST = "Host: 127.0.0.1:8787";
const ASK = JSON.stringify({ model: "small" });
const CHAT = "/v1/chat/completions";
const line = (first: string, ...headers: readonly string[]): string => `${[first, ...headers].join("\r\n")}\r\n\r\n`;

test.each<[string, string, number, string]>([
  ["another path", requestText("/v1/files", ASK), 403, "relay/other-path"],
  ["a path that is tidied elsewhere", requestText(`/x/..${CHAT}`, ASK), 403, "relay/other-path"],
  ["an escaped path", requestText("/v1/chat%2fcompletions", ASK), 403, "relay/other-path"],
  ["a doubled slash", requestText(`/${CHAT}`, ASK), 403, "relay/other-path"],
  ["a path of the shims that there is not", requestText("/.cto/attempts", ASK), 403, "relay/other-path"],
  ["a query", requestText(`${CHAT}?url=http://evil`, ASK), 403, "relay/other-query"],
  ["another method", line(`DELETE ${CHAT} HTTP/1.1`, HOST), 403, "relay/other-method"],
  ["a method whose answer has no body", line(`HEAD ${CHAT} HTTP/1.1`, HOST), 403, "relay/other-method"],
  ["such a method without a path", line("HEAD / HTTP/1.1", HOST), 403, "relay/other-method"],
  ["a get of what is posted", line(`GET ${CHAT} HTTP/1.1`, HOST), 403, "relay/other-path"],
  [
    "a list of models with a body",
    `${line("GET /v1/models HTTP/1.1", HOST, "Content-Length: 1")}x`,
    413,
    "relay/request-too-large",
  ],
  ["another model", requestText(CHAT, '{"model":"large"}'), 403, "relay/other-model"],
  ["no model", requestText(CHAT, "{}"), 403, "relay/other-model"],
  ["a model twice", requestText(CHAT, '{"model":"large","model":"small"}'), 403, "relay/no-plain-json"],
  ["no JSON", requestText(CHAT, "model=small"), 403, "relay/no-plain-json"],
  ["a prototype", requestText(CHAT, '{"__proto__":{"model":"small"}}'), 403, "relay/no-plain-json"],
  ["another host header", line("GET /v1/models HTTP/1.1", "Host: evil.example"), 403, "relay/other-host"],
  ["the metadata host", line("GET /v1/models HTTP/1.1", "Host: 169.254.169.254"), 403, "relay/other-host"],
  ["two host headers", line("GET /v1/models HTTP/1.1", HOST, "Host: evil.example"), 400, "relay/header-twice"],
  ["an absolute URL", line("GET http://169.254.169.254/latest HTTP/1.1", HOST), 403, "relay/absolute-url"],
  ["a URL of another scheme", line("GET file:///etc/passwd HTTP/1.1", HOST), 403, "relay/absolute-url"],
  ["an asterisk", line("OPTIONS * HTTP/1.1", HOST), 403, "relay/absolute-url"],
  ["CONNECT", line("CONNECT allowed.com.evil:443 HTTP/1.1", HOST), 403, "relay/connect"],
  [
    "an upgrade",
    line("GET /v1/models HTTP/1.1", HOST, "Connection: upgrade", "Upgrade: websocket"),
    403,
    "relay/upgrade",
  ],
  [
    "an expectation",
    line(`POST ${CHAT} HTTP/1.1`, HOST, "Expect: 100-continue", "Content-Length: 2"),
    403,
    "relay/expect",
  ],
  ["another expectation", line(`POST ${CHAT} HTTP/1.1`, HOST, "Expect: tea", "Content-Length: 2"), 403, "relay/expect"],
  [
    "a length and chunks",
    `${line(`POST ${CHAT} HTTP/1.1`, HOST, "Content-Length: 4", "Transfer-Encoding: chunked")}0\r\n\r\n`,
    400,
    "relay/no-plain-request",
  ],
  [
    "two lengths",
    `${line(`POST ${CHAT} HTTP/1.1`, HOST, "Content-Length: 4", "Content-Length: 5")}aaaa`,
    400,
    "relay/no-plain-request",
  ],
  ["an odd chunk", `${line(`POST ${CHAT} HTTP/1.1`, HOST, "Transfer-Encoding: chunked")}zz\r\n`, 400, "relay/"],
  [
    "a chunk of a huge size",
    `${line(`POST ${CHAT} HTTP/1.1`, HOST, "Transfer-Encoding: chunked")}fffffffffffffffff\r\n`,
    400,
    "relay/",
  ],
  [
    "another transfer encoding",
    line(`POST ${CHAT} HTTP/1.1`, HOST, "Transfer-Encoding: gzip"),
    400,
    "relay/no-plain-request",
  ],
  ["a line feed alone", `GET /v1/models HTTP/1.1\n${HOST}\n\n`, 400, "relay/no-plain-request"],
  ["a space before the colon", line("GET /v1/models HTTP/1.1", HOST, "X : y"), 400, "relay/no-plain-request"],
  ["no host", line("GET /v1/models HTTP/1.1"), 403, "relay/other-host"],
  ["another protocol", line("PRI * HTTP/2.0"), 408, "relay/too-slow"],
  ["TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "relay/no-plain-request"],
  [
    "headers that are too long",
    line("GET /v1/models HTTP/1.1", HOST, `X: ${"y".repeat(20_000)}`),
    400,
    "relay/no-plain-request",
  ],
  ["words that are no shim's", requestText("/.cto/attempt", "git push"), 403, "policy/cannot-judge"],
  ["a body that never comes", line(`POST ${CHAT} HTTP/1.1`, HOST, "Content-Length: 10"), 408, "relay/"],
  ["headers that never end", `GET /v1/models HTTP/1.1\r\n${HOST}\r\n`, 408, "relay/too-slow"],
  ["nothing at all", "", 408, "relay/too-slow"],
])("R065 %s is refused, with its line, and the provider hears nothing of it", async (_, bytes, status, rule) => {
  const before = watched.told.length;
  const answer = await watched.send(bytes);
  await until(() => watched.told.length > before);
  expect(watched.told.slice(before).map((one) => one.verdict)).toContain("denied");
  expect(watched.told.slice(before).some((one) => one.rule.startsWith(rule))).toBe(true);
  if (answer !== "") expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(provider.asked).toEqual([]);
});

test("a second request behind the first on one connection is judged by itself, and not answered", async () => {
  const before = watched.told.length;
  const answer = await watched.send(requestText("/evil", "{}") + requestText("/evil", "{}"));
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(watched.told.slice(before).map(({ rule }) => rule)).toEqual(["relay/other-path", "relay/other-path"]);
});

test("a thousand connections are more than are let in; the rest is counted, and the relay goes on", async () => {
  const sockets = Array.from({ length: 1000 }, () => connect(watched.relay.socket));
  const ends = sockets.map((socket) => exchangeOver(socket, ""));
  await Promise.all(ends);
  expect(watched.dropped()).toBeGreaterThan(0);
  expect(await watched.send(requestText("/evil", "{}"))).toContain("403");
}, 20_000);

test("CONNECT leads to exactly the granted host, by its own socket; what passes is counted and not seen", async () => {
  const far = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  const address = far.address();
  const granted = `localhost:${typeof address === "object" ? address?.port : 0}`;
  const { relay, told } = await openWatched({ hosts: [granted] });
  const path = relay.connectSocket ?? "";
  const socket = connect(path);
  let seen = "";
  socket.on("data", (chunk) => (seen += String(chunk)));
  socket.write(line(`CONNECT ${granted} HTTP/1.1`, HOST));
  await until(() => seen.includes("200 OK"));
  socket.write("hello");
  await until(() => seen.endsWith("hello"));
  socket.end();
  await until(() => told.length === 1);
  expect(told).toMatchObject([{ channel: "connect", verdict: "allowed", request: { bytes: 5 }, status: 200 }]);
  for (const host of ["evil.example:443", `${granted}.evil:1`, `${granted}\0`, granted.toUpperCase(), "localhost:22"])
    expect(await exchangeOver(connect(path), line(`CONNECT ${host} HTTP/1.1`, HOST))).toMatch(/^HTTP\/1\.1 40[03] /);
  expect(await exchangeOver(connect(path), line("GET / HTTP/1.1", HOST))).toContain("403");
  expect(told.slice(1).every(({ verdict }) => verdict === "denied")).toBe(true);
  await relay.close();
  far.close();
});

test.each(["10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "0.0.0.0"])(
  "a name that leads to %s is not dialled",
  async (address) => {
    const { relay, told } = await openWatched(
      { hosts: ["model.example:443"] },
      { resolve: () => Promise.resolve(["93.184.216.34", address]) },
    );
    const path = relay.connectSocket ?? "";
    expect(await exchangeOver(connect(path), line("CONNECT model.example:443 HTTP/1.1", HOST))).toContain("403");
    expect(told).toMatchObject([{ rule: "relay/address-refused", host: "model.example:443" }]);
    await relay.close();
  },
);
