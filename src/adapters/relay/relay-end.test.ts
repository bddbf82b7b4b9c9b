import { connect } from "node:net";

import { expect, test } from "vitest";

import { openProvider, openWatched, requestText, until, upstreamAt } from "../../../test/fakes/provider.ts";

const words = (at: number): string => Buffer.from(`git\0push\0${at}\0`).toString("hex");

test("R086 what shims had said when the relay was ended is told, however much came at once", async () => {
  const { relay, told } = await openWatched();
  const sockets = Array.from({ length: 100 }, () => connect(relay.socket));
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.once("connect", () => resolve()))));
  // The words are in the kernel, nobody has read them yet, and who wrote them is gone.
  for (const [at, socket] of sockets.entries()) {
    socket.on("error", () => undefined);
    socket.end(requestText("/.cto/attempt", words(at)));
  }
  await relay.close();
  expect(told.map(({ path }) => path).sort()).toEqual(Array.from({ length: 100 }, (_, at) => `git push ${at}`).sort());
});

test("R086 nothing is told after the end, and nothing that was going on is untold", async () => {
  const provider = await openProvider();
  const { relay, told } = await openWatched({ upstream: upstreamAt(provider.port) });
  provider.answer = () => undefined;
  const silent = connect(relay.socket);
  silent.on("error", () => undefined);
  silent.write(requestText("/v1/chat/completions", JSON.stringify({ model: "small" })));
  await until(() => provider.asked.length === 1);
  await relay.close();
  expect(told).toMatchObject([{ n: 1, rule: "relay/no-answer", usage: { estimated: true } }]);
  provider.close();
});

test("to end a relay to which nothing came tells nothing", async () => {
  const { relay, told, dropped } = await openWatched({ hosts: ["model.example:443"] });
  await relay.close();
  expect([told, dropped()]).toEqual([[], 0]);
});
