import { connect } from "node:net";

import { expect, test } from "vitest";

import { handClock } from "../../test/fakes/clock.ts";
import { exchangeOver, LIFE, requestText, until } from "../../test/fakes/provider.ts";
import { CONTRACT, policy } from "../../test/fixtures/governed.ts";
import { relayGround, unixRelay } from "../adapters/relay/unix-relay.ts";
import { openRelayDesk, type RelayDesk } from "./relay-desk.ts";
import { UNKEPT } from "./unkept.ts";

interface Opened {
  readonly desk: RelayDesk;
  /** Details of the attempts that were recorded. */
  readonly attempts: string[];
  readonly lines: string[];
}

const open = async (): Promise<Opened> => {
  const attempts: string[] = [];
  const lines: string[] = [];
  const desk = await openRelayDesk(
    { relay: unixRelay(relayGround({}, LIFE)), clock: handClock() },
    { contract: CONTRACT, authority: policy() },
    {
      recorder: {
        record: ({ type, data }) => void (type === "sandbox.attempt" && attempts.push(String(data["detail"]))),
      },
      redactor: UNKEPT,
      logs: { keep: (_, bytes) => void lines.push(Buffer.from(bytes).toString()) },
    },
  );
  return { desk, attempts, lines };
};

const shim = (words: string): string =>
  requestText("/.cto/attempt", Buffer.from(`${words.replaceAll(" ", "\0")}\0`).toString("hex"));

const canary = (name: string): string => `GET /.cto/canary/${name} HTTP/1.1\r\nHost: 127.0.0.1:8787\r\n\r\n`;

test("R086 what a shim says while the agent ends is an attempt of the agent, whenever it is read", async () => {
  const { desk, attempts, lines } = await open();
  desk.agentRuns(true);
  const last = connect(desk.socket);
  await new Promise<void>((resolve) => last.once("connect", () => resolve()));
  last.end(shim("git push"));
  desk.agentRuns(false);
  await desk.close();
  expect(attempts).toEqual(["git push"]);
  expect(desk.denied.map(({ action }) => action)).toEqual(["push"]);
  expect(lines.join("")).toContain('"path":"git push"');
});

test("R067 a canary's own request is no attempt, before the agent or after it; another such path is one", async () => {
  const { desk, attempts } = await open();
  await exchangeOver(connect(desk.socket), canary("before"));
  await until(() => desk.holds("/.cto/canary/before"));
  desk.agentRuns(true);
  await exchangeOver(connect(desk.socket), canary("before"));
  await until(() => attempts.length === 1);
  desk.agentRuns(false);
  await exchangeOver(connect(desk.socket), canary("forged"));
  await exchangeOver(connect(desk.socket), canary("after"));
  await until(() => desk.holds("/.cto/canary/after"));
  expect(desk.holds("/.cto/canary/aft")).toBe(false);
  await desk.close();
  expect(attempts).toEqual(["before", "forged"].map((name) => `GET 127.0.0.1:8787/.cto/canary/${name}`));
});

test("a desk that is closed twice tells everything once", async () => {
  const { desk, attempts, lines } = await open();
  desk.agentRuns(true);
  await exchangeOver(connect(desk.socket), shim("npm publish"));
  await Promise.all([desk.close(), desk.close()]);
  await desk.close();
  expect(attempts).toEqual(["npm publish"]);
  expect(lines.filter((line) => line.includes("npm publish"))).toHaveLength(1);
});
