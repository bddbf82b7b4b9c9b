import { connect, type Socket } from "node:net";

import { afterEach, beforeEach, expect, test } from "vitest";

import {
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

const open = async (budget: Partial<RelayOrder["budget"]>): Promise<Watched> => {
  watched = await openWatched({
    upstream: upstreamAt(provider.port),
    budget: { modelRequestsMax: 100, modelTokensMax: 1_000_000, modelBytesMax: 50_000_000, ...budget },
  });
  return watched;
};

const CHAT = "/v1/chat/completions";
const asking = (more: object = {}): string =>
  JSON.stringify({ model: "small", stream: true, max_tokens: 1000, ...more });

const send = ({ relay }: Watched, body: string): Socket => {
  const socket = connect(relay.socket);
  socket.on("error", () => undefined);
  socket.on("data", () => undefined);
  socket.write(requestText(CHAT, body));
  return socket;
};

/** A provider that begins each answer and ends it when it is told to, with this many tokens. */
const slowly = (): ((tokens: number) => void)[] => {
  const ends: ((tokens: number) => void)[] = [];
  provider.answer = (response) => {
    response.setHeader("content-type", "text/event-stream");
    response.write('data: {"part":1}\n\n');
    ends.push((tokens) => response.end(`data: {"usage":{"prompt_tokens":0,"completion_tokens":${tokens}}}\n\n`));
  };
  return ends;
};

test("R135 side by side no more goes out than the budget of tokens could pay for", async () => {
  const opened = await open({ modelTokensMax: 2_500 });
  const ends = slowly();
  for (let count = 0; count < 10; count += 1) send(opened, asking());
  await until(() => ends.length === 2);
  // What waits goes out as soon as what it waits for costs less than was held for it.
  for (let next = 0; next < 10; next += 1) {
    await until(() => ends.length > next);
    expect(provider.asked.length - opened.told.length).toBeLessThanOrEqual(2);
    ends[next]?.(100);
    await until(() => opened.told.length === next + 1);
  }
  expect(opened.told.map(({ usage }) => usage?.output)).toEqual(Array.from({ length: 10 }, () => 100));
  expect(opened.relay.limit()).toBeUndefined();
});

test("R135 the first request of an agent goes out although it asks for more than the whole budget", async () => {
  const opened = await open({ modelTokensMax: 2_500 });
  const ends = slowly();
  send(opened, asking({ max_tokens: 64_000 }));
  await until(() => ends.length === 1);
  ends[0]?.(2_000);
  await until(() => opened.told.length === 1);
  expect(opened.told).toMatchObject([{ verdict: "allowed", usage: { output: 2_000, estimated: false } }]);
  expect(opened.relay.limit()).toBeUndefined();
});

test.each<[string, object, number]>([
  ["its own number", { max_tokens: 700 }, 700],
  ["its own number in the other word", { max_tokens: undefined, max_completion_tokens: 600 }, 600],
  ["its own number, for each of its answers", { max_tokens: 700, n: 3 }, 2_100],
  ["the default", { max_tokens: undefined }, 16_384],
])("R135 whoever hangs up at once is charged %s", async (_, more, output) => {
  const opened = await open({});
  provider.answer = () => undefined;
  const socket = send(opened, asking(more));
  await until(() => provider.asked.length === 1);
  socket.destroy();
  await until(() => opened.told.length === 1);
  expect(opened.told).toMatchObject([{ n: 1, rule: "relay/no-answer", usage: { output, estimated: true } }]);
});

test("R135 hanging up again and again uses the budget up, and then nothing goes out any more", async () => {
  const opened = await open({ modelTokensMax: 5_500 });
  provider.answer = () => undefined;
  for (let count = 1; opened.relay.limit() === undefined; count += 1) {
    const socket = send(opened, asking());
    await until(() => provider.asked.length === count);
    socket.destroy();
    await until(() => opened.told.length === count);
  }
  expect(provider.asked).toHaveLength(6);
  expect(opened.relay.limit()).toBe("modelTokensMax");
  send(opened, asking());
  await until(() => opened.told.length === 7);
  expect(opened.told[6]).toMatchObject({ n: null, rule: "limit/modelTokensMax", status: 429 });
  expect(provider.asked).toHaveLength(6);
});

test("R135 who hangs up while it waits goes out never, and costs nothing", async () => {
  const opened = await open({ modelTokensMax: 1_500 });
  const ends = slowly();
  send(opened, asking());
  await until(() => ends.length === 1);
  const waiting = send(opened, asking());
  await until(() => waiting.readyState === "open" && waiting.writableLength === 0);
  send(opened, asking({ max_tokens: 5 }));
  waiting.destroy();
  await until(() => opened.told.some(({ rule }) => rule === "relay/broken-off"));
  ends[0]?.(1);
  await until(() => ends.length === 2);
  ends[1]?.(1);
  await until(() => opened.told.length === 3);
  expect(provider.asked).toHaveLength(2);
});

test("R135 a body that is refused has cost one of the requests and its bytes, before it is read as JSON", async () => {
  const opened = await open({ modelRequestsMax: 2 });
  await opened.post(CHAT, "{");
  await opened.post(CHAT, { model: "large" });
  await opened.post(CHAT, "{");
  expect(opened.told.map(({ rule }) => rule)).toEqual([
    "relay/no-plain-json",
    "relay/other-model",
    "limit/modelRequestsMax",
  ]);
  await opened.relay.close();
  const bytes = await open({ modelBytesMax: 100 });
  await bytes.post(CHAT, `{"x":"${"y".repeat(200)}"`);
  expect(bytes.told.map(({ rule }) => rule)).toEqual(["limit/modelBytesMax"]);
});

test("R065 a body of too many parts is refused before it is read as JSON", async () => {
  const opened = await open({});
  await opened.post(CHAT, `{"model":"small",${Array.from({ length: 600_000 }, (_, at) => `"k${at}":1`).join(",")}}`);
  expect(opened.told).toMatchObject([{ n: null, rule: "relay/body-bounds", status: 403 }]);
  expect(provider.asked).toEqual([]);
});

test("R065 a field that is on no list is told by its name, to the agent and in the line", async () => {
  const opened = await open({});
  const answer = await opened.post(CHAT, { model: "small", tools: [{ type: "web_search" }] });
  expect(answer).toContain("HTTP/1.1 403");
  expect(answer).toContain(String.raw`refused by the relay: relay/body-field: tools.0.type \"web_search\"`);
  expect(opened.told).toMatchObject([{ n: null, rule: "relay/body-field", field: 'tools.0.type "web_search"' }]);
  expect(provider.asked).toEqual([]);
});

test("R135 who asks for more than there are numbers and hangs up breaks nothing and is charged", async () => {
  const opened = await open({});
  const ends = slowly();
  const socket = send(opened, asking({ max_tokens: 1e308, n: 2 }));
  await until(() => ends.length === 1);
  socket.destroy();
  await until(() => opened.told.length === 1);
  expect(opened.told[0]?.usage).toMatchObject({ output: Number.MAX_SAFE_INTEGER, estimated: true });
  expect(opened.relay.limit()).toBe("modelTokensMax");
});
