import { stat } from "node:fs/promises";
import { dirname } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import {
  KEY,
  openProvider,
  openWatched,
  requestText,
  until,
  upstreamAt,
  type Provider,
  type Watched,
} from "../../../test/fakes/provider.ts";
import type { RelayOrder } from "../../seams/relay.ts";

let provider: Provider;
let watched: Watched | undefined;
beforeEach(async () => {
  provider = await openProvider();
});
afterEach(async () => {
  await watched?.relay.close();
  watched = undefined;
  provider.close();
});

const open = async (change: Partial<RelayOrder> = {}): Promise<Watched> => {
  watched = await openWatched({ upstream: upstreamAt(provider.port), ...change });
  return watched;
};

const ASK = { model: "small", messages: [] };
const CHAT = "/v1/chat/completions";

test("R065 a request to the model goes out with the real key and few of the agent's headers, and is told whole", async () => {
  const { post, told, recorded, text } = await open();
  provider.answer = (response) => {
    response.setHeader("set-cookie", "a=b");
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ usage: { prompt_tokens: 5, completion_tokens: 2 } }));
  };
  const answer = await post(CHAT, ASK, [
    "Authorization: Bearer cto-R-001-01",
    "Cookie: c=d",
    "X-Api-Key: mine",
    "X-Odd: 1",
  ]);
  expect(answer).toContain("HTTP/1.1 200");
  expect(answer).not.toMatch(/set-cookie/i);
  const [asked] = provider.asked;
  expect(asked?.headers).toMatchObject({ authorization: `Bearer ${KEY}`, host: `127.0.0.1:${provider.port}` });
  expect(Object.keys(asked?.headers ?? {})).not.toEqual(expect.arrayContaining(["cookie"]));
  expect(asked?.headers).not.toHaveProperty("x-api-key");
  expect(asked?.headers).not.toHaveProperty("x-odd");
  expect(told).toMatchObject([
    { n: 1, channel: "model", verdict: "allowed", rule: "relay/model", model: "small", path: CHAT, status: 200 },
  ]);
  expect(told[0]?.usage).toEqual({ input: 5, output: 2, estimated: false });
  expect(told[0]?.request.bytes).toBe(JSON.stringify(ASK).length);
  expect(recorded).toMatchObject([{ method: "POST", path: CHAT, model: "small", status: 200 }]);
  expect(text()).not.toContain(KEY);
});

test("R065 a provider that gives the key back does not give it to the agent, split as it may be", async () => {
  const { post, text } = await open();
  provider.answer = (response, { headers }) => {
    const said = `Incorrect key: ${String(headers.authorization)}.`;
    response.setHeader("x-request-id", KEY);
    response.write(said.slice(0, 30));
    setImmediate(() => response.end(said.slice(30)));
  };
  const answer = await post(CHAT, ASK);
  expect(answer).toContain("Incorrect key: Bearer ");
  expect(answer).not.toContain(KEY);
  expect(text()).not.toContain(KEY);
});

test("a stream passes piece by piece: the first one is there before the second is sent", async () => {
  const { send, relay, told, recorded } = await open();
  let goOn: (() => void) | undefined;
  provider.answer = (response) => {
    response.setHeader("content-type", "text/event-stream");
    response.write('data: {"part":1}\n\n');
    goOn = () => response.end('data: {"usage":{"prompt_tokens":7,"completion_tokens":3}}\n\ndata: [DONE]\n\n');
  };
  const socket = (await import("node:net")).connect(relay.socket);
  let seen = "";
  socket.on("data", (chunk) => (seen += String(chunk)));
  socket.write(requestText(CHAT, JSON.stringify({ ...ASK, stream: true })));
  await until(() => seen.includes('"part":1'));
  expect(told).toEqual([]);
  goOn?.();
  await until(() => told.length === 1);
  expect(JSON.parse(provider.asked[0]?.body ?? "")).toMatchObject({ stream_options: { include_usage: true } });
  expect(told[0]).toMatchObject({ verdict: "allowed", usage: { input: 7, output: 3, estimated: false } });
  expect(recorded[0]?.chunks.map(({ text }) => text).join("")).toContain("[DONE]");
  expect(send).toBeDefined();
});

test("R135 a budget of tokens ends a stream in its middle, by its name, and nothing goes out afterwards", async () => {
  const budget = { modelRequestsMax: 10, modelTokensMax: 10, modelBytesMax: 1_000_000 };
  const { post, told, relay } = await open({ budget });
  provider.answer = (response) => {
    response.setHeader("content-type", "text/event-stream");
    response.write('data: {"usage":{"prompt_tokens":4,"completion_tokens":1}}\n\n');
    response.write('data: {"usage":{"prompt_tokens":4,"completion_tokens":9}}\n\n');
  };
  const answer = await post(CHAT, { ...ASK, stream: true });
  expect(answer).not.toContain('"completion_tokens":9');
  expect(relay.limit()).toBe("modelTokensMax");
  expect(await post(CHAT, ASK)).toContain("HTTP/1.1 429");
  expect(told).toMatchObject([
    { verdict: "cut", rule: "limit/modelTokensMax" },
    { n: null, verdict: "denied", rule: "limit/modelTokensMax", status: 429 },
  ]);
  expect(provider.asked).toHaveLength(1);
});

test("R135 budgets of bytes and of requests end what is beyond them", async () => {
  const bytes = await open({ budget: { modelRequestsMax: 10, modelTokensMax: 100_000, modelBytesMax: 5_000 } });
  provider.answer = (response) => response.end("x".repeat(20_000));
  await bytes.post(CHAT, ASK);
  expect(bytes.relay.limit()).toBe("modelBytesMax");
  expect(bytes.told[0]).toMatchObject({ verdict: "cut" });
  await bytes.relay.close();
  const requests = await open({ budget: { modelRequestsMax: 1, modelTokensMax: 100_000, modelBytesMax: 50_000 } });
  provider.answer = (response) => response.end("{}");
  expect(await requests.post(CHAT, ASK)).toContain("200 OK");
  expect(requests.relay.limit()).toBeUndefined();
  expect(await requests.post(CHAT, ASK)).toContain('"type":"limit-reached"');
  expect(requests.relay.limit()).toBe("modelRequestsMax");
});

test.each([
  ["a redirect", 302, { location: "http://169.254.169.254/" }, "relay/redirect"],
  ["a packed answer", 200, { "content-encoding": "gzip" }, "relay/packed-answer"],
])("%s of the provider is answered 502", async (_, status, headers, rule) => {
  const { post, told } = await open();
  provider.answer = (response) => {
    response.writeHead(status, headers);
    response.end("x");
  };
  expect(await post(CHAT, ASK)).toContain("HTTP/1.1 502");
  expect(told).toMatchObject([{ n: 1, verdict: "denied", rule, status: 502 }]);
  expect(provider.asked).toHaveLength(1);
});

test("a provider that does not answer is told as such, and costs no attempt", async () => {
  const { post, told } = await open();
  provider.close();
  expect(await post(CHAT, ASK)).toContain("HTTP/1.1 502");
  expect(told).toMatchObject([{ n: 1, rule: "relay/no-answer" }]);
});

test("who breaks a stream off before its usage comes is charged by the bytes", async () => {
  const { relay, told } = await open();
  provider.answer = (response) => {
    response.setHeader("content-type", "text/event-stream");
    response.write(`data: ${"x".repeat(400)}\n\n`);
  };
  const socket = (await import("node:net")).connect(relay.socket);
  socket.once("data", () => socket.destroy());
  socket.write(requestText(CHAT, JSON.stringify({ ...ASK, stream: true })));
  await until(() => told.length === 1);
  expect(told[0]).toMatchObject({ verdict: "cut", usage: { estimated: true } });
  expect(told[0]?.usage?.output).toBeGreaterThan(0);
});

test("the socket lies in a folder that only its owner may enter, and both are gone afterwards", async () => {
  const { relay } = await open();
  expect(Buffer.byteLength(relay.socket)).toBeLessThanOrEqual(80);
  expect((await stat(dirname(relay.socket))).mode & 0o777).toBe(0o700);
  expect((await stat(relay.socket)).mode & 0o777).toBe(0o666);
  await relay.close();
  await expect(stat(dirname(relay.socket))).rejects.toThrow("ENOENT");
});

test("without a key in its variable no relay opens", async () => {
  for (const key of [undefined, "", "short", "with space inside", "line\nbreak-in-it"])
    await expect(openWatched({ upstream: upstreamAt(1) }, { environment: { MODEL_KEY: key } })).rejects.toMatchObject({
      code: "relay/key-absent",
    });
});

test("a relay without an upstream answers the shims and nobody else", async () => {
  const { post, told } = await open({ upstream: "none" });
  expect(await post(CHAT, ASK)).toContain("HTTP/1.1 403");
  const words = Buffer.from("git\0status\0").toString("hex");
  expect(await post("/.cto/attempt", words)).toContain("HTTP/1.1 200");
  expect(told).toMatchObject([
    { verdict: "denied", rule: "relay/no-upstream" },
    { channel: "shim", verdict: "allowed", path: "git status" },
  ]);
});
